"""Cards of low magnesium: what titles them. Of two that could title a card, the earlier does."""

from cards.rules.listed import rules_in

_ORDER = (
    "emergency_needs_magnesium",
    "child_has_torsades",
    "child_has_low_magnesium",
    "magnesium_is_critically_low",
    "magnesium_is_severely_low",
    "magnesium_is_moderately_low",
    "magnesium_is_mildly_low",
    "result_needs_repeat",
    "suboptimal_magnesium_is_risky",
    "ionised_magnesium_is_low",
    "protocol_orders_magnesium",
)
RULES = rules_in(__name__, __path__, _ORDER)
