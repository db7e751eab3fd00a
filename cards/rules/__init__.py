"""A folder a card, a file a rule: each a question about the chart, answered with words or the reason of silence."""

from collections.abc import Mapping

from cards.ask import Rule
from cards.model import About
from cards.rules import (
    beside_low,
    causes,
    comfort,
    discharge,
    doubtful,
    drafts,
    emergency_and_low,
    high,
    incomplete,
    look_for,
    refill,
)
from cards.rules.beside_low.allergy_limits_oral_magnesium import allergy_limits_oral_magnesium
from cards.rules.comfort.magnesium_is_toxic_in_comfort_care import magnesium_is_toxic_in_comfort_care
from cards.rules.doubtful.magnesium_was_not_available import magnesium_was_not_available

_USUAL: tuple[Rule, ...] = (
    *comfort.RULES,
    *emergency_and_low.RULES,
    *high.RULES,
    *doubtful.RULES,
    *drafts.RULES,
    *beside_low.RULES,
    *causes.RULES,
    *look_for.RULES,
    *incomplete.RULES,
)
RULES: tuple[Rule, ...] = (*_USUAL, *discharge.RULES, *refill.RULES)
# of who goes home, and of a renewal, only what clinical rule s.14 names
_BY_MOMENT: Mapping[About, tuple[Rule, ...]] = {
    About.PATIENT: _USUAL,
    About.ORDERS: _USUAL,
    About.DISCHARGE: (
        *discharge.RULES,
        allergy_limits_oral_magnesium,
        magnesium_is_toxic_in_comfort_care,
        magnesium_was_not_available,
        *incomplete.RULES,
    ),
    About.REFILL: (*refill.RULES, magnesium_was_not_available, *incomplete.RULES),
}
# what is asked at each moment, by name, in the order in which it is asked
BY_MOMENT: Mapping[About, Mapping[str, Rule]] = {
    about: {rule.name: rule for rule in rules} for about, rules in _BY_MOMENT.items()
}
