"""How many doses are asked for ("x2", "2 doses", "once", Timing.repeat.count), and how long an infusion runs."""

import re

from cards.chart.dosage import times_a_day
from cards.chart.fhir import HOUR, child, moment, number, text
from cards.model import JsonObject

_COUNTS = (
    # not "x 3 days"
    re.compile(r"\bx ?(\d{1,4}+)\b(?! ?(?:d(?:ays?)?\b|h|w|m|g|tab|cap))"),
    re.compile(r"(?<![\d.-])(?<!in )(\d{1,4}+) doses?\b"),
    re.compile(r"\b(?:for|times) (\d{1,4}+) (?:doses?|times)\b"),
)
_ONCE = re.compile(r"\b(?:once|1 time|single dose|one[- ]time|stat)\b(?! ?(?:daily|a |an |per |every |each |in ))")

_FOR = re.compile(r"\b(?:for|over|x) (?<![\d.])(\d{1,4}+(?:\.\d{1,4}+)?+) ?(h|min|d(?:ays?)?)\b")
_HOURS = {"min": 1 / 60, "h": 1.0, "d": 24.0}
_A_DAY = 24.0


def hours_running(dosage: JsonObject) -> float:
    """For how many hours of a day an infusion runs: by its duration, bounds or words; without an end all 24."""
    repeat = child(child(dosage, "timing"), "repeat")
    told = [_quantity(repeat, "duration", "durationUnit"), bounded_hours(repeat), period_hours(repeat)]
    if match := _FOR.search(text(dosage, "text")):
        told.append(float(match.group(1)) * _HOURS["d" if match.group(2).startswith("d") else match.group(2)])
    return min([hours for hours in told if hours > 0] + [_A_DAY])


def bounded_hours(repeat: JsonObject) -> float:
    """The duration that bounds a Timing.repeat, in hours; 0 where it names none."""
    bounds = child(repeat, "boundsDuration")
    return _quantity(bounds, "value", "code") or _quantity(bounds, "value", "unit")


def period_hours(repeat: JsonObject) -> float:
    """From the begin to the end of the period that bounds a Timing.repeat, in hours; 0 where it lacks one of them."""
    span = child(repeat, "boundsPeriod")
    start, end = moment(text(span, "start")), moment(text(span, "end"))
    return (end - start) / HOUR if start and end else 0.0


def series_hours(repeat: JsonObject) -> float:
    """From the begin of the first to the end of the last of several counted doses, in hours; 0 where none are timed."""
    count, often = number(repeat, "count"), number(repeat, "frequency") or 1.0
    period = _quantity(repeat, "period", "periodUnit")
    if not count or not period or count <= 1:
        return 0.0
    return (count - 1) * period / often + _quantity(repeat, "duration", "durationUnit")


def _quantity(node: JsonObject, value: str, unit: str) -> float:
    return (number(node, value) or 0.0) * _HOURS.get(text(node, unit), 0.0)


def stated_count(dosage: JsonObject) -> float | None:
    """The number of doses of a dosage with its text in plain form; None when none is stated."""
    counted = number(child(child(dosage, "timing"), "repeat"), "count")
    if counted:
        return counted
    told = text(dosage, "text")
    found = next((match.group(1) for pattern in _COUNTS if (match := pattern.search(told))), None)
    return float(found) if found and float(found) else 1.0 if _ONCE.search(told) else None


def doses_in_a_day(dosage: JsonObject) -> float | None:
    """How often a dose is given in 24 hours: as timed, but no more than stated; None when nothing tells."""
    count, times = stated_count(dosage), times_a_day(dosage)
    if count is None or times is None:
        return count or times
    return min(count, max(times, 1.0)) if times > 1 or _is_timed(dosage) else count


def _is_timed(dosage: JsonObject) -> bool:
    """Whether a structure says in how long the doses come round: "once a day, five in all" is one a day."""
    repeat = child(child(dosage, "timing"), "repeat")
    return bool(number(repeat, "period") and text(repeat, "periodUnit"))
