"""Magnesium that should be measured. Of two that could title a card, the earlier does."""

from cards.ask import Rule
from cards.rules.look_for.low_potassium_needs_magnesium_check import low_potassium_needs_magnesium_check

RULES: tuple[Rule, ...] = (low_potassium_needs_magnesium_check,)
