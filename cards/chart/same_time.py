"""Which of several results of one analyte counts; never by the order in which they came (clinical rules s.0.5, 2.1)."""

from collections.abc import Sequence
from datetime import datetime

from cards.chart.fhir import HOUR, LONG_AGO, child, codings, moment, text
from cards.chart.results import Reading
from cards.loading import Knowledge
from cards.loading.result_tables import CYSTATIN_AND_CREATININE, RACE_BASED
from cards.model import Result

# of two values that contradict each other the safer one: the others by the lower
_SEVERAL = 2
_HIGHER_IS_SAFER = frozenset({"creatinine", "qtc"})


def latest(readings: Sequence[Reading]) -> list[Reading]:
    """The readings that count, from low to high: newest, then corrected, then last updated; several contradict."""
    newest = max((r.when for r in readings), default=None)
    found = [r for r in readings if r.when == newest]
    if len(found) < _SEVERAL:
        return found
    standing = max(map(_standing, found))
    return sorted((r for r in found if _standing(r) == standing), key=_value)


def deciding(analyte: str, readings: Sequence[Reading], knowledge: Knowledge) -> Result | None:
    """The result of an analyte, with the other value of its time where two contradict."""
    if analyte == "egfr":
        return _egfr(readings, knowledge)
    found = latest(readings)
    if not found:
        return None
    lowest, highest = found[0], found[-1]
    chosen, other = (highest, lowest) if analyte in _HIGHER_IS_SAFER else (lowest, highest)
    return chosen.result(None if other.value == chosen.value else other.value)


def _egfr(readings: Sequence[Reading], knowledge: Knowledge) -> Result | None:
    """Of the newest sample creatinine with cystatin C; else the lowest, a race-based one only where it is alone."""
    newest = max((r.when for r in readings), default=None)
    if newest is None:
        return None
    hours = knowledge.numbers["egfr.same_sample"]
    sample = [r for r in readings if (newest - r.when) / HOUR <= hours]
    by_code: dict[str, list[Reading]] = {}
    for reading in sample:
        by_code.setdefault(_code(reading, knowledge), []).append(reading)
    equations = knowledge.results.equations
    counting = [(equations.get(code, ""), r) for code, listed in by_code.items() for r in latest(listed)]
    both = [r for equation, r in counting if equation == CYSTATIN_AND_CREATININE]
    others = [r for equation, r in counting if equation != RACE_BASED]
    return min(both or others or [r for _, r in counting], key=_value)._replace(when=newest).result()


def _code(reading: Reading, knowledge: Knowledge) -> str:
    """The code of an eGFR that tells its equation; else any."""
    codes = {code for _, code in codings(child(reading.resource, "code"))}
    return min(codes & knowledge.results.equations.keys() or codes, default="")


def _value(reading: Reading) -> tuple[float, str, str]:
    return reading.counted, reading.shown, reading.reference or ""


def _standing(reading: Reading) -> tuple[bool, datetime]:
    """What decides between results of one time."""
    updated = moment(text(child(reading.resource, "meta"), "lastUpdated"))
    return reading.status in ("amended", "corrected"), updated or LONG_AGO
