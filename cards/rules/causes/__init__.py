"""Drugs that lowered magnesium. Of two that could title a card, the earlier does."""

from cards.rules.listed import rules_in

_ORDER = ("drugs_cause_low_magnesium",)
RULES = rules_in(__name__, __path__, _ORDER)
