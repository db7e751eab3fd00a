"""How little a service should ask of clinicians: goals of this project, compared with what was counted.

They are aims of its design, not limits of a study, and no decision compares with them.
"""

from dataclasses import dataclass

CARDS_PER_1000_SELECTS = 10.0  # at most
ACTIONABLE_PER_100 = 41.0  # more than


@dataclass(frozen=True, slots=True)
class Against:
    """One figure and its goal; None where it is not known. `most`: it is to be at most that, else more than that."""

    name: str
    value: float | None
    goal: float
    most: bool

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None where the figure is not known."""
        if self.value is None:
            return None
        return self.value <= self.goal if self.most else self.value > self.goal

    @property
    def told(self) -> str:
        """The goal in words."""
        return f"{'at most' if self.most else 'more than'} {self.goal:g}"


def goals(cards_per_1000_selects: float | None, actionable_per_100: float | None) -> tuple[Against, ...]:
    """The figures of which there are goals."""
    return (
        Against("Cards per 1,000 order-select calls", cards_per_1000_selects, CARDS_PER_1000_SELECTS, most=True),
        Against("Cards that can be acted on, of 100", actionable_per_100, ACTIONABLE_PER_100, most=False),
    )
