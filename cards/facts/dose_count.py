"""How many doses are asked for where that is said: "x2", "2 doses", "once", Timing.repeat.count."""

import re

from cards.facts.dosage import times_a_day
from cards.facts.fhir import child, number, text
from cards.model import JsonObject

_COUNTS = (
    # not "x 3 days"
    re.compile(r"\bx ?(\d{1,4}+)\b(?! ?(?:d(?:ays?)?\b|h|w|m|g|tab|cap))"),
    re.compile(r"(?<![\d.-])(?<!in )(\d{1,4}+) doses?\b"),
    re.compile(r"\b(?:for|times) (\d{1,4}+) (?:doses?|times)\b"),
)
_ONCE = re.compile(r"\b(?:once|1 time|single dose|one[- ]time|stat)\b(?! ?(?:daily|a |an |per |every |each |in ))")


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
    return min(count, times) if times > 1 else count
