"""A comparison that tells itself: why a rule spoke, or why it is silent."""

from typing import NamedTuple

from cards.loading.thresholds import Threshold
from cards.units import shown

_NOT_SO = {
    "below": "not below",
    "at most": "above",
    "at least": "below",
    "above": "not above",
}
_PURE = "1"  # the unit of a pure number
_SPELLED = {"a": ("year", "years"), "d": ("day", "days"), "wk": ("week", "weeks")}
_HOUR, _DAY, _LONG_H = "h", "d", 72  # limits from so many hours on are read in days
_HOURS_A_DAY = 24


class Because(NamedTuple):
    """Whether something holds, and why: in words, or as a value beside a threshold (then `number` is its id)."""

    holds: bool
    words: str = ""
    threshold: Threshold | None = None
    value: float | None = None
    relation: str = ""

    def __bool__(self) -> bool:
        return self.holds

    @property
    def number(self) -> str:
        """The id of the threshold that decided; "" when none did."""
        return self.threshold.id if self.threshold else ""

    @property
    def why(self) -> str:
        """The reason in words: "potassium 4.2 mmol/L is not below 3.5 mmol/L"."""
        if self.threshold is None:
            return self.words
        if self.value is None:
            return f"{self.threshold.of} is not known"
        return f"{self.told} {self.limit}"

    @property
    def told(self) -> str:
        """The value and how it stands to its limit: "potassium 4.2 mmol/L is not below"."""
        if self.threshold is None or self.value is None:
            return ""
        relation = self.relation if self.holds else _NOT_SO[self.relation]
        return f"{self.threshold.of} {measured(self.value, self.threshold)} is {relation}"

    @property
    def limit(self) -> str:
        """The limit as a clinician writes it: "3.5 mmol/L", "7 days"; "" when none decided."""
        return measured(self.threshold.value, self.threshold) if self.threshold else ""


YES = Because(True)


def because(words: str) -> Because:
    """Why a rule is silent, in words."""
    return Because(False, words)


def any_of(*reasons: Because) -> Because:
    """The first that holds; when none does, why each does not."""
    told = "; ".join(dict.fromkeys(reason.why for reason in reasons))
    return next((reason for reason in reasons if reason), because(told))


def measured(value: float, limit: Threshold) -> str:
    """A value in the unit of its limit, as a clinician writes it; of long limits in days."""
    in_days = limit.unit == _HOUR and limit.value >= _LONG_H
    text, unit = shown(value / _HOURS_A_DAY if in_days else value), _DAY if in_days else limit.unit
    one, many = _SPELLED.get(unit, (unit, unit))
    return text if unit == _PURE else f"{text} {one if text == '1' else many}"
