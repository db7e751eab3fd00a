"""Cards of low magnesium: what titles them. Of two that could title a card, the earlier does."""

from cards.ask import Rule
from cards.rules.emergency_and_low.child_has_low_magnesium import child_has_low_magnesium
from cards.rules.emergency_and_low.child_has_torsades import child_has_torsades
from cards.rules.emergency_and_low.emergency_needs_magnesium import emergency_needs_magnesium
from cards.rules.emergency_and_low.ionised_magnesium_is_low import ionised_magnesium_is_low
from cards.rules.emergency_and_low.magnesium_is_critically_low import magnesium_is_critically_low
from cards.rules.emergency_and_low.magnesium_is_mildly_low import magnesium_is_mildly_low
from cards.rules.emergency_and_low.magnesium_is_moderately_low import magnesium_is_moderately_low
from cards.rules.emergency_and_low.magnesium_is_severely_low import magnesium_is_severely_low
from cards.rules.emergency_and_low.protocol_orders_magnesium import protocol_orders_magnesium
from cards.rules.emergency_and_low.result_needs_repeat import result_needs_repeat
from cards.rules.emergency_and_low.suboptimal_magnesium_is_risky import suboptimal_magnesium_is_risky

RULES: tuple[Rule, ...] = (
    emergency_needs_magnesium,
    child_has_torsades,
    child_has_low_magnesium,
    magnesium_is_critically_low,
    magnesium_is_severely_low,
    magnesium_is_moderately_low,
    magnesium_is_mildly_low,
    result_needs_repeat,
    suboptimal_magnesium_is_risky,
    ionised_magnesium_is_low,
    protocol_orders_magnesium,
)
