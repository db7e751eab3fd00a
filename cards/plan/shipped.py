"""Which rows of the shipped protocol are for a patient (protocol.yaml, clinical rule s.2.4)."""

from collections.abc import Iterator, Mapping, Set
from dataclasses import replace
from functools import lru_cache

from cards.chart import Chart
from cards.loading import Knowledge
from cards.loading.shipped_protocol import key_of
from cards.model import Band, RenalGate, Setting
from cards.model.protocol import Row
from cards.model.protocol_answer import Facts
from cards.plan.protocol_facts import JUDGED, JUDGED_STATES, LEVELS
from cards.protocol import engine


def infusion(band: Band, chart: Chart) -> str:
    """The key of the doses of the first row with an infusion that fits; "" where none does."""
    return _first(band, "iv", chart)


def tablets(band: Band, chart: Chart) -> str:
    """The key of the doses of the first row by mouth that fits; "" where none does."""
    return _first(band, "oral", chart)


def is_no_band_for_tablets(band: Band, chart: Chart) -> bool:
    """Where the patient is not known, tablets are drafted for a moderate or mild level only (s.0.6)."""
    return band is Band.CRITICAL_LOW or (band is Band.SEVERE and chart.setting is Setting.UNKNOWN)


def _first(band: Band, route: str, chart: Chart) -> str:
    knowledge, asked = chart.knowledge, _facts(chart)
    rows = _rows(knowledge, band, route, chart.renal.gate)
    return next((key_of(row) for row in rows if engine.fits(row, asked, knowledge.shipped)), "")


@lru_cache(maxsize=1024)
def _rows(knowledge: Knowledge, band: Band, route: str, gate: RenalGate) -> tuple[Row, ...]:
    """The rows for a level, route and state of the kidneys, whoever the patient is, with what else they ask."""
    rows = (r for r in knowledge.shipped.rows if r.level.band == LEVELS[band] and r.at_kidneys == gate.name)
    return tuple(replace(row, when=row.when[1:]) for row in rows if row.give[0].route == route)


def _facts(chart: Chart) -> Facts:
    """The patient as the shipped protocol asks about him: each thing is read where a row asks for it.

    Made anew: kept, they and the chart would hold each other.
    """
    return Facts(None, states=_States(chart), has=_Words(chart))


class _States(Mapping[str, str]):
    def __init__(self, chart: Chart) -> None:
        self._chart = chart

    def __getitem__(self, name: str) -> str:
        return JUDGED_STATES[name](self._chart)

    def __iter__(self) -> Iterator[str]:
        return iter(JUDGED_STATES)

    def __len__(self) -> int:
        return len(JUDGED_STATES)


class _Words(Set[str]):
    def __init__(self, chart: Chart) -> None:
        self._chart, self._words = chart, chart.knowledge.protocol_words

    def __contains__(self, word: object) -> bool:
        if word in self._words.judged:
            return JUDGED[self._words.judged[str(word)]](self._chart)
        return not self._chart.conditions.keys().isdisjoint(self._words.conditions.get(str(word), ()))

    def __iter__(self) -> Iterator[str]:
        return (word for word in (*self._words.judged, *self._words.conditions) if word in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)
