"""What became of the patients of a card: magnesium given, measured again, at goal, too high; potassium corrected.

Counted per leading rule from the first card on a magnesium result, at calls whose magnesium is low. How, and what it
cannot show: docs/outcomes.md.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cards import Card, Chart, Finding, Knowledge
from cds_service.backtest.replay import Call
from cds_service.backtest.tally import Tally

OUTCOMES = "outcomes"
ALL, BEFORE, AFTER = "all", "before", "after"
GIVEN_HOURS, LEVEL_HOURS = (4, 12, 24), (24, 72)
GRACE_HOURS = 4  # a recheck so much later than it is due counts as in time
_LONGEST = 72
_DAY = 24
Given = Sequence[tuple[datetime, datetime]]


@dataclass(frozen=True, slots=True)
class _Episode:
    """The first card of a rule on a low magnesium result, and when magnesium is to be measured again (h, or None)."""

    rule: str
    at: datetime
    due: float | None
    after_infusion: bool
    low_potassium: bool


@dataclass
class OutcomesOfPatient:
    """Follows the cards of one knowledge at one patient; what is counted is known when all calls were seen."""

    knowledge: Knowledge
    given: Given
    split: datetime | None = None
    _episodes: list[_Episode] = field(default_factory=list)
    _repeats: list[tuple[str, datetime]] = field(default_factory=list)
    _levels: dict[datetime, float] = field(default_factory=dict)
    _potassium: dict[datetime, float] = field(default_factory=dict)
    _known: set[tuple[str, datetime, float]] = field(default_factory=set)

    def see(self, call: Call) -> None:
        """Take in a call, in order of time."""
        chart = call.decision.trace.chart
        if m := chart.magnesium:
            self._levels[m.when] = m.x
        if potassium := chart.results.get("potassium"):
            self._potassium[potassium.when] = potassium.value
        for card in call.cards if chart.is_low else ():
            self._card(card, call, chart)

    def _card(self, card: Card, call: Call, chart: Chart) -> None:
        rule, when, m = card.rules[0], call.moment.when, chart.magnesium
        known = (rule, m.when, m.x) if m else None
        if known is None:
            return
        if known in self._known:
            self._repeats.append((rule, when))
            return
        self._known.add(known)
        due, after = self._due(card, call)
        potassium = chart.results.get("potassium")
        low = potassium is not None and potassium.value < self.knowledge.numbers["potassium.low"]
        self._episodes.append(_Episode(rule, when, due, after, low))

    def _due(self, card: Card, call: Call) -> tuple[float | None, bool]:
        """By when the card asks for magnesium, in hours from the call or from the end of the infusion; the earliest."""
        answers = (call.decision.trace.answers[rule] for rule in card.rules)
        asked = (t.when for a in answers if isinstance(a, Finding) for t in a.tests if t.test == "magnesium")
        windows = [w for name in asked if (w := self.knowledge.windows.get(name)) and not w.undated]
        found = [((_DAY if w.until is None else w.until), bool(w.after)) for w in windows]
        return min(found, default=(None, False))

    def count(self, tally: Tally) -> None:
        """Count all that was seen."""
        for rule, when in self._repeats:
            tally.count(self._name(rule, when), "repeats")
        for episode in self._episodes:
            for key, number in self._counted(episode):
                tally.count(self._name(episode.rule, episode.at), key, number)

    def _name(self, rule: str, when: datetime) -> str:
        period = ALL if self.split is None else BEFORE if when < self.split else AFTER
        return f"{OUTCOMES} {period} {rule}"

    def _counted(self, episode: _Episode) -> Iterator[tuple[str, bool]]:
        yield "cards", True
        starts = [start for start, _ in self.given if start > episode.at]
        for hours in GIVEN_HOURS:
            yield f"given_{hours}", any(start <= episode.at + timedelta(hours=hours) for start in starts)
        yield from self._rechecked(episode)
        yield from self._levels_after(episode)
        if episode.low_potassium:
            values = _within(self._potassium, episode.at, _LONGEST)
            yield "potassium_low", True
            yield "potassium_measured", bool(values)
            yield "potassium_corrected", any(v >= self.knowledge.numbers["potassium.low"] for v in values)

    def _rechecked(self, episode: _Episode) -> Iterator[tuple[str, bool]]:
        """Whether magnesium was measured by when the card asks for it."""
        if episode.due is None:
            return
        ends = [end for start, end in self.given if episode.at < start <= episode.at + timedelta(hours=_DAY)]
        begin = min(ends, default=episode.at) if episode.after_infusion else episode.at
        last = begin + timedelta(hours=episode.due + GRACE_HOURS)
        yield "recheck_asked", True
        yield "recheck_in_time", any(episode.at < when <= last for when in self._levels)

    def _levels_after(self, episode: _Episode) -> Iterator[tuple[str, bool]]:
        """The last level within some hours against the goal; any above normal within the longest."""
        for hours in LEVEL_HOURS:
            values = _within(self._levels, episode.at, hours)
            yield f"measured_{hours}", bool(values)
            yield f"at_goal_{hours}", bool(values) and values[-1] >= self.knowledge.numbers["target.stable"]
        values = _within(self._levels, episode.at, _LONGEST)
        yield "too_high", any(value > self.knowledge.numbers["limit.upper.default"] for value in values)


def _within(values: Mapping[datetime, float], begin: datetime, hours: int) -> list[float]:
    """The values drawn after a moment, within some hours, in order of time."""
    end = begin + timedelta(hours=hours)
    return [value for when, value in sorted(values.items()) if begin < when <= end]
