"""The magnesium result that decides: which one, how low in mmol/L, how fresh, how far to trust it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from cards.chart.bands import band_of, default_lower_limit, freshness_of
from cards.chart.person import Person
from cards.chart.ranges import own_limit
from cards.chart.results import FINAL, Reading, is_haemolysed
from cards.chart.same_time import latest
from cards.loading import Knowledge
from cards.model import (
    HIGH_BANDS,
    LOW_BANDS,
    Band,
    Doubt,
    Doubtful,
    Freshness,
    Magnesium,
    Unmeasured,
    Unreadable,
)
from cards.units import AS_REPORTED, level, round_half_up

_ANALYTE = "magnesium"
_DOUBTS = tuple(Doubt)
_STRICT = {"<": -0.01, ">": 0.01}
_UNTOLD = {">": LOW_BANDS | {Band.SUBOPTIMAL}, "<": HIGH_BANDS}
_FRESH = frozenset({Freshness.ACTIONABLE, Freshness.REPEAT_FIRST})
MMOL_PER_L, MG_PER_DL = "mmol/L", "mg/dL"


class MagnesiumResults(NamedTuple):
    """The latest confirmed result, a later preliminary one, and what could not be read, newest first."""

    magnesium: Magnesium | None
    preliminary: Magnesium | None
    unreadable_magnesium: tuple[Unreadable, ...]

    def in_doubt(self) -> "MagnesiumResults":
        """The same, where a later result may be unseen."""
        return self._replace(magnesium=_superseded(self.magnesium) if self.magnesium else None)


def read_magnesium(
    readings: Sequence[Reading],
    set_aside: Iterable[Doubtful],
    knowledge: Knowledge,
    now: datetime,
    place: str,
    who: Person,
) -> MagnesiumResults:
    """What is known of magnesium."""
    bounds = [r for r in readings if _is_only_a_bound(r, knowledge, who)]
    left_out = {id(r) for r in bounds}
    readable = [r for r in readings if id(r) not in left_out]
    final = latest([r for r in readable if r.status in FINAL])
    since = next((r.when for r in final), None)
    preliminary = latest([r for r in readable if since is None or r.when > since])  # none of them is final
    # what a correction of the same time replaces is no earlier result
    before = (r for r in readable if r.status in FINAL and since is not None and r.when < since)
    earlier = tuple(sorted({(r.when, _canonical(r)) for r in before}))

    def judged(counting: Sequence[Reading]) -> Magnesium | None:
        return _judge(counting, knowledge, now, place, who, earlier) if counting else None

    set_aside = tuple(set_aside)
    unread = [s for s in set_aside if isinstance(s, Unreadable) and s.what == _ANALYTE]
    unread += [Unreadable(_ANALYTE, Doubt.ONLY_A_LIMIT, r.when, r.shown, r.status) for r in bounds]
    unread += _contradicting(final, knowledge, who)
    magnesium = _doubted(judged(final), unread, knowledge)
    recent = _not_too_old(unread, now, place, knowledge)
    return MagnesiumResults(_with_unmeasured(magnesium, set_aside), judged(preliminary), recent)


def _contradicting(final: Sequence[Reading], knowledge: Knowledge, who: Person) -> list[Unreadable]:
    """A low and a high value of one time: neither is believed."""
    bands = {_band(r, knowledge, who) for r in final} if len(final) > 1 else set()
    if bands.isdisjoint(LOW_BANDS) or bands.isdisjoint(HIGH_BANDS):
        return []
    return [Unreadable(_ANALYTE, Doubt.TWO_VALUES, final[0].when, status="final")]


def _doubted(magnesium: Magnesium | None, unread: Iterable[Unreadable], knowledge: Knowledge) -> Magnesium | None:
    """A result says nothing of now where a later one, or one of its time that denies it, can't be read (s.0.5)."""
    if magnesium is None or not any(_withdraws(s, magnesium, knowledge) for s in unread):
        return magnesium
    return _superseded(magnesium)


def _superseded(magnesium: Magnesium) -> Magnesium:
    freshness = Freshness.REPEAT_FIRST if magnesium.freshness is Freshness.ACTIONABLE else magnesium.freshness
    return replace(magnesium, freshness=freshness, superseded=True)


def _withdraws(unread: Unreadable, magnesium: Magnesium, knowledge: Knowledge) -> bool:
    """Whether a result that could not be read makes an earlier one doubtful: not when a person reads the same band."""
    if unread.why is Doubt.TWO_VALUES:
        return True
    if not unread.withdraws or unread.status not in FINAL or not unread.when or unread.when <= magnesium.when:
        return False
    if unread.value is None:
        return True
    x = round_half_up(unread.value)
    return band_of(x, magnesium.lower_limit, magnesium.upper_limit, knowledge.numbers) is not magnesium.band


def _with_unmeasured(magnesium: Magnesium | None, set_aside: Iterable[Doubtful]) -> Magnesium | None:
    """The result, with the time of a later sample that gave none."""
    if magnesium is None:
        return None
    taken = (s.when for s in set_aside if isinstance(s, Unmeasured) and s.what == _ANALYTE and s.status in FINAL)
    later = max((when for when in taken if when and when > magnesium.when), default=None)
    return replace(magnesium, unmeasured=later) if later else magnesium


def _not_too_old(
    unread: Iterable[Unreadable], now: datetime, place: str, knowledge: Knowledge
) -> tuple[Unreadable, ...]:
    """Newest first; what has no readable date comes last."""
    told = sorted(unread, key=lambda s: (_DOUBTS.index(s.why), s.sent, s.status))
    dated = sorted(((s.when, n, s) for n, s in enumerate(told) if s.when), reverse=True)
    recent = [s for when, _, s in dated if freshness_of(when, now, place, knowledge.numbers) in _FRESH]
    return (*recent, *(s for s in told if s.when is None))


def _is_only_a_bound(reading: Reading, knowledge: Knowledge, who: Person) -> bool:
    """Above some low value, or below some high one: that says neither low nor high (s.0.4: at least, at most)."""
    sides = _UNTOLD.get(reading.comparator[:1])
    return sides is not None and _band(reading, knowledge, who) in sides


def _judge(
    counting: Sequence[Reading],
    knowledge: Knowledge,
    now: datetime,
    place: str,
    who: Person,
    earlier: tuple[tuple[datetime, float], ...],
) -> Magnesium:
    n = knowledge.numbers
    reading, other = _urgent(counting, knowledge, who)
    x = _canonical(reading)
    lower, upper = _limits(reading, knowledge, who)
    return Magnesium(
        x=x,
        shown=both_units(reading, knowledge),
        when=reading.when,
        status=reading.status,
        lower_limit=lower,
        upper_limit=upper,
        band=band_of(x, lower, upper, n),
        freshness=freshness_of(reading.when, now, place, n),
        reference=reading.reference,
        haemolysed=is_haemolysed(reading.resource),
        plausible=n["plausible.min"] <= x <= n["plausible.max"],
        earlier=earlier,
        also=None if _canonical(other) == x else _canonical(other),
        also_shown=both_units(other, knowledge),
    )


def _urgent(counting: Sequence[Reading], knowledge: Knowledge, who: Person) -> tuple[Reading, Reading]:
    """Of contradicting values of one time the more urgent, and the other: the lowest, unless only a high one is ill."""
    lowest, highest = counting[0], counting[-1]
    several, of = lowest is not highest, (knowledge, who)
    only_high = several and _band(highest, *of) in HIGH_BANDS and _band(lowest, *of) not in LOW_BANDS
    return (highest, lowest) if only_high else (lowest, highest)


def _limits(reading: Reading, knowledge: Knowledge, who: Person) -> tuple[float, float]:
    """The lower and upper limit of normal of a result."""
    n = knowledge.numbers
    upper = own_limit(reading, knowledge, "high", n["limit.upper.accepted_min"], n["limit.upper.accepted_max"], who)
    return _lower_limit(reading, knowledge, who), upper or n["limit.upper.default"]


def _band(reading: Reading, knowledge: Knowledge, who: Person) -> Band:
    return band_of(_canonical(reading), *_limits(reading, knowledge, who), knowledge.numbers)


def _canonical(reading: Reading) -> float:
    # clinical rule s.0.4: "<0.5" is at most that value, and strictly below it
    return round(round_half_up(reading.value) + _STRICT.get(reading.comparator, 0.0), 2)


def _lower_limit(reading: Reading, knowledge: Knowledge, who: Person) -> float:
    n = knowledge.numbers
    least = n["limit.lower.accepted_min.pregnancy" if who.pregnant else "limit.lower.accepted_min"]
    own = own_limit(reading, knowledge, "low", least, n["limit.lower.accepted_max"], who)
    return own or n[default_lower_limit(who.age_days, n)]


def both_units(reading: Reading, knowledge: Knowledge) -> str:
    """The value as reported and in the other system, in the order the site asks for."""
    first, came_in = knowledge.site.unit_first, reading.unit.shown
    if knowledge.site.units.alone:
        return (
            reading.shown
            if came_in == first
            else f"{reading.comparator}{level(_ANALYTE, reading.value, first, knowledge.units)}"
        )
    in_moles = f"{reading.comparator}{round_half_up(reading.value):.2f} {MMOL_PER_L}"
    in_mass = f"{reading.comparator}{reading.value / _per_mass(knowledge):.1f} {MG_PER_DL}"
    if (came_in if first == AS_REPORTED else first) == MMOL_PER_L:
        return f"{in_moles} ({in_mass if came_in == MMOL_PER_L else reading.shown})"
    if first in (AS_REPORTED, came_in):
        return f"{reading.shown} ({in_moles})"
    if first == MG_PER_DL:
        return f"{in_mass} ({in_moles})"
    return f"{reading.comparator}{level(_ANALYTE, reading.value, first, knowledge.units)} ({in_moles})"


def _per_mass(knowledge: Knowledge) -> float:
    return knowledge.units.by_analyte[_ANALYTE]["mg/dl"].factor
