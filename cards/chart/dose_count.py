"""How many doses are asked for ("x2", "2 doses", "once", Timing.repeat.count), and how long an infusion runs."""

import re
from math import ceil

from cards.chart.dosage import times_a_day
from cards.chart.fhir import HOUR, child, moment, number, objects, text
from cards.chart.repeats import Repeats, bags, repeats
from cards.model import JsonObject

_COUNTS = (
    # not "x 3 days"
    re.compile(r"\bx ?(\d{1,4}+)\b(?! ?(?:d(?:ays?)?\b|h|w|m|g|tab|cap))"),
    re.compile(r"(?<![\d.-])(?<!in )(\d{1,4}+) doses?\b"),
    re.compile(r"\b(?:for|times) (\d{1,4}+) (?:doses?|times)\b"),
)
_ONCE = re.compile(r"\b(?:once|1 time|single dose|one[- ]time|stat)\b(?! ?(?:daily|a |an |per |every |each |in ))")

_FOR = re.compile(r"\b(?:for|over|x) (?<![\d.])(\d{1,4}+(?:\.\d{1,4}+)?+) ?(h|min|d(?:ays?)?)\b")
# behind how often alone: "4 g over 2 h for 1 day" tells how long one dose takes, or not
_SERIES = re.compile(r"\b(?:q|every) ?\d{1,2}+(?:\.\d{1,2}+)?+ ?h(?: i\.?[vm]\.?)?,? (?:for|x) ?(\d{1,3}+) ?h\b")
_HOURS = {"min": 1 / 60, "h": 1.0, "d": 24.0}
_A_DAY = 24.0
_A_MOMENT = 1e-6  # of what divides without a rest nothing is left over


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


def series_bound(dosage: JsonObject) -> float:
    """For how many hours doses go on: by bounds of the timing, else in words behind how often; 0 where none are."""
    repeat = child(child(dosage, "timing"), "repeat")
    told = _SERIES.search(text(dosage, "text"))
    return bounded_hours(repeat) or period_hours(repeat) or (float(told.group(1)) if told else 0.0)


def hours_between(dosage: JsonObject) -> float | None:
    """Hours from one dose to the next, of several a day."""
    times = times_a_day(dosage)
    return _A_DAY / times if times and times > 1 else None


def _in_bounds(dosage: JsonObject) -> float | None:
    """Doses until the bounds of a dosage end: of every hour for three hours three."""
    every, bound = hours_between(dosage), series_bound(dosage)
    return float(ceil(bound / every - _A_MOMENT)) if every and bound > 0 else None


def doses_in_a_day(dosage: JsonObject) -> float | None:
    """How often a dose is given in 24 hours: as timed, but no more than stated; None when nothing tells.

    What is told to be repeated comes again ("may repeat x1" is two); one of several bags counts each.
    """
    more, before = repeated(dosage)
    found = _doses({**dosage, "text": before})
    if more:
        is_timed = found is not None and found > 1 and times_a_day({**dosage, "text": before}) == found
        found = min(found or 1.0, 1 + more) if is_timed else (found or 1.0) * (1 + more)
    of = bags_told(dosage)
    return found if of == 1 else (found or 1.0) * of


def bags_told(dosage: JsonObject) -> float:
    """Of how many bags one dose is in words; one where its amount stands in the structure, which is of all."""
    return 1.0 if objects(dosage, "doseAndRate") or child(dosage, "doseQuantity") else bags(text(dosage, "text"))


def repeated(dosage: JsonObject) -> Repeats:
    """What is told to be repeated in words; nothing where the timing counts several doses, which holds them."""
    told, counted = text(dosage, "text"), number(child(child(dosage, "timing"), "repeat"), "count") or 1.0
    found = repeats(told)
    return found if counted <= 1 else Repeats(0.0, told)


def _doses(dosage: JsonObject) -> float | None:
    count, times, bounded = stated_count(dosage), times_a_day(dosage), _in_bounds(dosage)
    if bounded and times:
        times = min(times, bounded)
    if count is None or times is None:
        return count or times
    return min(count, max(times, 1.0)) if times > 1 or _is_timed(dosage) else count


def _is_timed(dosage: JsonObject) -> bool:
    """Whether a structure says in how long the doses come round: "once a day, five in all" is one a day."""
    repeat = child(child(dosage, "timing"), "repeat")
    return bool(number(repeat, "period") and text(repeat, "periodUnit"))
