"""What is said when prescriptions are renewed. Of two that could title the card, the earlier does."""

from cards.rules.listed import rules_in

_ORDER = (
    "renewed_magnesium_is_unsafe",
    "renewed_magnesium_is_not_enough",
    "renewed_drug_lowers_low_magnesium",
    "child_renews_while_low",
    "renewed_magnesium_needs_level",
    "renewed_qt_drug_needs_levels",
    "renewed_ppi_needs_level",
    "renewed_diuretic_needs_level",
    "renewal_is_unread",
)
RULES = rules_in(__name__, __path__, _ORDER)
