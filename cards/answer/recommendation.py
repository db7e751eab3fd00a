"""All that will be said about one problem."""

from dataclasses import dataclass

from cards.model import DraftMedication, DraftTest, Finding, Indicator, Problem


@dataclass(frozen=True, slots=True)
class Recommendation:
    """All that will be said about one problem: the finding that titles it, then the others.

    `tests` are ordered by the card, `own_tests` by the suggestion that they belong to; `ordered` are the ids of those
    that would be, were they not ordered already.
    """

    problem: Problem
    indicator: Indicator
    findings: tuple[Finding, ...]
    tests: tuple[DraftTest, ...] = ()
    own_tests: tuple[DraftTest, ...] = ()
    ordered: tuple[str, ...] = ()

    @property
    def lead(self) -> Finding:
        """The finding that titles the card."""
        return self.findings[0]

    @property
    def drafts(self) -> tuple[DraftMedication, ...]:
        """The medicines that the card drafts."""
        offers = (o for f in self.findings for s in f.suggestions for o in s.offers)
        return tuple(o for o in offers if isinstance(o, DraftMedication))

    @property
    def infusion(self) -> DraftMedication | None:
        """The infusion that the card drafts."""
        return next((d for d in self.drafts if any(step.minutes for step in d.steps)), None)
