"""Magnesium that should be measured. Of two that could title a card, the earlier does."""

from cards.rules.listed import rules_in

_ORDER = ("emergency_needs_level", "low_potassium_needs_magnesium_check", "refeeding_needs_electrolytes")
RULES = rules_in(__name__, __path__, _ORDER)
