"""All that will be said about one problem."""

from dataclasses import dataclass

from cards.model import DraftMedication, DraftTest, Finding, Indicator, Problem, Suggestion


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
        """The infusion that the card drafts; of several of one suggestion that which ends last."""
        each = (s for finding in self.findings for s in finding.suggestions)
        return max(next(filter(None, map(_infused, each)), ()), key=_end, default=None)


def _infused(suggestion: Suggestion) -> list[DraftMedication]:
    drafts = (offer for offer in suggestion.offers if isinstance(offer, DraftMedication))
    return [draft for draft in drafts if any(step.minutes for step in draft.steps)]


def _end(infusion: DraftMedication) -> float:
    return sum(step.ends_after for step in infusion.steps)
