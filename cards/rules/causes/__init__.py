"""Drugs that lowered magnesium. Of two that could title a card, the earlier does."""

from cards.ask import Rule
from cards.rules.causes.drugs_cause_low_magnesium import drugs_cause_low_magnesium

RULES: tuple[Rule, ...] = (drugs_cause_low_magnesium,)
