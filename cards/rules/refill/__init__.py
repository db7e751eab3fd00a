"""What is said when prescriptions are renewed. Of two that could title the card, the earlier does."""

from cards.ask import Rule
from cards.rules.refill.child_renews_while_low import child_renews_while_low
from cards.rules.refill.renewal_is_unread import renewal_is_unread
from cards.rules.refill.renewed_diuretic_needs_level import renewed_diuretic_needs_level
from cards.rules.refill.renewed_drug_lowers_low_magnesium import renewed_drug_lowers_low_magnesium
from cards.rules.refill.renewed_magnesium_is_not_enough import renewed_magnesium_is_not_enough
from cards.rules.refill.renewed_magnesium_is_unsafe import renewed_magnesium_is_unsafe
from cards.rules.refill.renewed_magnesium_needs_level import renewed_magnesium_needs_level
from cards.rules.refill.renewed_ppi_needs_level import renewed_ppi_needs_level
from cards.rules.refill.renewed_qt_drug_needs_levels import renewed_qt_drug_needs_levels

RULES: tuple[Rule, ...] = (
    renewed_magnesium_is_unsafe,
    renewed_magnesium_is_not_enough,
    renewed_drug_lowers_low_magnesium,
    child_renews_while_low,
    renewed_magnesium_needs_level,
    renewed_qt_drug_needs_levels,
    renewed_ppi_needs_level,
    renewed_diuretic_needs_level,
    renewal_is_unread,
)
