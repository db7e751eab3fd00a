"""Magnesium that should be measured. Of two that could title a card, the earlier does."""

from cards.ask import Rule
from cards.rules.look_for.emergency_needs_level import emergency_needs_level
from cards.rules.look_for.low_potassium_needs_magnesium_check import low_potassium_needs_magnesium_check
from cards.rules.look_for.refeeding_needs_electrolytes import refeeding_needs_electrolytes

RULES: tuple[Rule, ...] = (
    emergency_needs_level,
    low_potassium_needs_magnesium_check,
    refeeding_needs_electrolytes,
)
