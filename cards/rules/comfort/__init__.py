"""What is still said in comfort care. Of two that could title a card, the earlier does."""

from cards.ask import Rule
from cards.rules.comfort.comfort_care_limits_treatment import comfort_care_limits_treatment
from cards.rules.comfort.magnesium_is_toxic_in_comfort_care import magnesium_is_toxic_in_comfort_care

RULES: tuple[Rule, ...] = (comfort_care_limits_treatment, magnesium_is_toxic_in_comfort_care)
