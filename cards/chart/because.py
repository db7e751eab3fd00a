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
        return f"{self.told} {measured(self.threshold.value, self.threshold.unit)}"

    @property
    def told(self) -> str:
        """The value and how it stands to its limit: "potassium 4.2 mmol/L is not below"."""
        if self.threshold is None or self.value is None:
            return ""
        relation = self.relation if self.holds else _NOT_SO[self.relation]
        return f"{self.threshold.of} {measured(self.value, self.threshold.unit)} is {relation}"


YES = Because(True)


def because(words: str) -> Because:
    """Why a rule is silent, in words."""
    return Because(False, words)


def any_of(*reasons: Because) -> Because:
    """The first that holds; when none does, why each does not."""
    told = "; ".join(dict.fromkeys(reason.why for reason in reasons))
    return next((reason for reason in reasons if reason), because(told))


def measured(value: float, unit: str) -> str:
    """A value with its unit, as a clinician writes it."""
    return shown(value) if unit == _PURE else f"{shown(value)} {unit}"
