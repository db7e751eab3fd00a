"""A comparison that tells itself: why a rule spoke, or why it is silent."""

from dataclasses import dataclass

from cards.loading.thresholds import Threshold
from cards.units import shown

_NOT_SO = {"below": "not below", "at most": "above", "at least": "below", "above": "not above"}


@dataclass(frozen=True, slots=True)
class Because:
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
        of, unit = self.threshold.of, self.threshold.unit
        if self.value is None:
            return f"{of} is not known"
        relation = self.relation if self.holds else _NOT_SO[self.relation]
        return f"{of} {shown(self.value)} {unit} is {relation} {shown(self.threshold.value)} {unit}"


def because(words: str) -> Because:
    """Why a rule is silent, in words."""
    return Because(False, words)
