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
_NAMED: Mapping[str, Rule] = {rule.name: rule for rule in _USUAL}
# of who goes home, and of a renewal, only what clinical rule s.14 names
_BY_MOMENT: Mapping[About, tuple[Rule, ...]] = {
    About.PATIENT: _USUAL,
    About.ORDERS: _USUAL,
    About.DISCHARGE: (
        *discharge.RULES,
        _NAMED["allergy_limits_oral_magnesium"],
        _NAMED["magnesium_is_toxic_in_comfort_care"],
        _NAMED["magnesium_was_not_available"],
        *incomplete.RULES,
    ),
    About.REFILL: (*refill.RULES, _NAMED["magnesium_was_not_available"], *incomplete.RULES),
}
# what is asked at each moment, by name, in the order in which it is asked
BY_MOMENT: Mapping[About, Mapping[str, Rule]] = {
    about: {rule.name: rule for rule in rules} for about, rules in _BY_MOMENT.items()
}
