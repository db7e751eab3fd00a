"""The record of a call that a candidate answered too: what it would have said beside what was said."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from cards import Card, Decision, Finding, unit_of_stay
from cds_service.records.became import QUIET, SHOWN, SILENT, SUPPRESSED

Json = dict[str, object]
_ANSWERED = 200


@dataclass(frozen=True, slots=True)
class Told:
    """What one side said: the status of its answer, and the decision behind it."""

    status: int
    decision: Decision

    @property
    def cards(self) -> tuple[Card, ...]:
        """The cards that are told; none where the answer says that it cannot tell."""
        return self.decision.cards if self.status == _ANSWERED else ()

    def rules(self) -> dict[str, tuple[str, str]]:
        """Of each rule that would title a card what became of it, and how urgent it is."""
        trace = self.decision.trace
        found = {rule: (how, indicator) for rule, how, indicator in self._withheld()}
        shown = {card.rules[0]: (SHOWN, card.indicator.word) for card in self.cards}
        return {**{rule: told for rule, told in found.items() if rule in trace.answers}, **shown}

    def _withheld(self) -> Iterator[tuple[str, str, str]]:
        trace = self.decision.trace
        for rule, answer in trace.answers.items():
            if isinstance(answer, Finding) and answer.leads:
                how = QUIET if rule in trace.quiet else SUPPRESSED if rule in trace.suppressed else ""
                if how:
                    yield rule, how, answer.indicator.word


def candidate_entry(
    ident: str, at: datetime, service: str, who: Mapping[str, str], trial: Told, live: Told, milliseconds: float
) -> Json:
    """The record of one call: `id` is that of the record of its answer, which has the rest."""
    return {
        "kind": "candidate",
        "id": ident,
        "at": at.timestamp(),
        "service": service,
        "client": who.get("client", "")[:200].replace("\0", ""),
        "knowledge": trial.decision.trace.knowledge_version,
        "unit": unit_of_stay(live.decision.trace.chart),
        "status": trial.status,
        "live_status": live.status,
        "ms": round(milliseconds, 2),
        "rules": list(_rules(trial, live)),
    }


def _rules(trial: Told, live: Told) -> Iterator[list[str]]:
    """Rule, what became of it on trial, how urgent; the same live."""
    tried, said = trial.rules(), live.rules()
    for rule in sorted({*tried, *said}):
        yield [rule, *tried.get(rule, (SILENT, "")), *said.get(rule, (SILENT, ""))]
