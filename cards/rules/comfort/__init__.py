"""What is still said in comfort care. Of two that could title a card, the earlier does."""

from cards.rules.listed import rules_in

_ORDER = ("comfort_care_limits_treatment", "magnesium_is_toxic_in_comfort_care")
RULES = rules_in(__name__, __path__, _ORDER)
