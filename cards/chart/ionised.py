"""Ionised magnesium and calcium: scales of their own (clinical rules s.1.3, 3)."""

from collections.abc import Sequence
from datetime import datetime

from cards.chart.bands import freshness_of
from cards.chart.person import Person
from cards.chart.ranges import own_limit
from cards.chart.results import FINAL, Reading
from cards.chart.same_time import latest
from cards.loading import Knowledge
from cards.model import Freshness, Ionised
from cards.units import round_half_up


def read_ionised(
    readings: Sequence[Reading], knowledge: Knowledge, now: datetime, place: str, who: Person
) -> Ionised | None:
    """The latest confirmed result, unless it is too old to say anything."""
    counting = latest([r for r in readings if r.status in FINAL])
    if not counting or freshness_of(counting[0].when, now, place, knowledge.numbers) is Freshness.TOO_OLD:
        return None
    found = counting[0]
    n = knowledge.numbers
    own = own_limit(found, knowledge, "low", n["ionised.lower.neonate"], n["ionised.upper"], who)
    neonate = who.age_days is not None and who.age_days < n["age.neonate_days"]
    usual = n["ionised.lower.neonate" if neonate else "ionised.lower"]
    return Ionised(round_half_up(found.value), found.shown, found.when, own or usual, own is not None)


def calcium_limit(readings: Sequence[Reading], knowledge: Knowledge, who: Person) -> float | None:
    """The lower limit of the latest ionised calcium by its own range, within what can be believed."""
    counting, limit = latest(readings), "calcium.ionised_low.accepted"
    least, most = knowledge.numbers[f"{limit}_min"], knowledge.numbers[f"{limit}_max"]
    return own_limit(counting[0], knowledge, "low", least, most, who) if counting else None
