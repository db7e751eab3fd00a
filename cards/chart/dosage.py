"""What a FHIR Dosage asks for: amount, rate, how often. The structure first, the words only where it is silent."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from cards.chart.fhir import child, codings, number, objects, text, words_of
from cards.model import JsonObject

PerUnit = Mapping[str, float]

_HOURS = {"s": 1 / 3600, "sec": 1 / 3600, "min": 1 / 60, "h": 1.0, "hr": 1.0, "hour": 1.0, "d": 24.0, "day": 24.0}
_PLAIN = str.maketrans("", "", "{}[]")
# A text may hold anything: each run of digits or blanks is tried once, from its start, and never given back (++).
NUMBER = r"(?<!\d)(\d{1,9}+(?:\.\d{1,18}+)?+)"
# "2-4 g" is read as 4 g; "4 g/100 mL" is the strength of a bag
_AMOUNT = re.compile(
    NUMBER + r"\s*+(g|mg|meq|mmol|ml|tab(?:let)?|cap(?:sule)?)(?:rams?|ms?|s)?\b(?!\s*+/)", re.IGNORECASE
)
# what a dose is drawn from, read only where no amount is told: "2 g from 1 vial" is 2 g
_CONTAINERS = re.compile(NUMBER + r"\s*+(ampoule|vial|bag|syringe)s?\b", re.IGNORECASE)
_RATE = re.compile(NUMBER + r"\s*+(g|mg|meq|mmol|ml)\s*+/\s*+(h|min)", re.IGNORECASE)
_OVER = re.compile(rf"\bover\s++(?:{NUMBER}\s*+(?:-|to)\s*+)?{NUMBER}\s*+(h|min)", re.IGNORECASE)
_PUSH = re.compile(r"\b(?:push|bolus|ivp)\b", re.IGNORECASE)
_NO_PUSH = re.compile(r"\b(?:no|not|never|avoid|without)\b[^.;]{0,30}?\b(?:push|bolus|ivp)\b", re.IGNORECASE)
_EVERY = re.compile(rf"\b(?:q|every)\s*+{NUMBER}\s*+h", re.IGNORECASE)
_LONGER = re.compile(r"\b(?:week(?:s|ly)?|month(?:s|ly)?|every other)\b", re.IGNORECASE)
# v3-GTSAbbreviation, and the same in words: doses a day
_A_DAY = {"QD": 1, "AM": 1, "PM": 1, "BED": 1, "BID": 2, "TID": 3, "QID": 4, "Q4H": 6, "Q6H": 4, "Q8H": 3, "Q12H": 2}
_A_DAY_WORDS = (
    (2.0, re.compile(r"\b(?:bid|b\.i\.d|bd|twice|(?:two|2) times)\b", re.IGNORECASE)),
    (3.0, re.compile(r"\b(?:tid|t\.i\.d|tds|(?:three|3) times)\b", re.IGNORECASE)),
    (4.0, re.compile(r"\b(?:qid|q\.i\.d|qds|(?:four|4) times)\b", re.IGNORECASE)),
    (1.0, re.compile(r"\b(?:daily|qd|od|once|every (?:day|morning|evening)|at bedtime|nightly)\b", re.IGNORECASE)),
)


_RUNS_ON = re.compile(
    r"\b(?:infusion|infused|infuse|continuous(?:ly)?|drip|gtt)\b|/\s*+(?:min|h|hr|hour)\b|\bper (?:min|hour)",
    re.IGNORECASE,
)
_RATE_KEYS = ("rateQuantity", "rateRange", "rateRatio")


class Given(NamedTuple):
    """One dosage: the amount of a dose and per hour, and whether it is to be pushed in without any time named."""

    amount: float | None
    per_hour: float | None
    is_push: bool


def given(dosage: JsonObject, per_unit: PerUnit) -> Given:
    """One dosage in the unit that `per_unit` turns every unit into; of a range the upper end."""
    words = text(dosage, "text")
    amount = next(_told(dosage, ("doseQuantity", "doseRange"), per_unit), None) or _worded(words, per_unit)
    rate = next(_rates(dosage, per_unit), None) or _worded_rate(words, amount, per_unit) or _by_duration(dosage, amount)
    return Given(amount, rate, rate is None and _is_push(f"{words} ; {words_of(child(dosage, 'method'))}"))


def tells_a_dose(dosage: JsonObject) -> bool:
    """Whether an amount is told for a dose, in a quantity or in containers, whether or not anybody can read it."""
    entries = (*objects(dosage, "doseAndRate"), dosage)
    quantities = [child(entry, key) for entry in entries for key in ("doseQuantity", "doseRange")]
    return any(quantities) or _CONTAINERS.search(text(dosage, "text")) is not None


def runs_on(dosages: Sequence[JsonObject], told: str) -> bool:
    """Whether a medicine is told to run as an infusion: by a rate, or in words of its name or instructions."""
    entries = [entry for dosage in dosages for entry in (*objects(dosage, "doseAndRate"), dosage)]
    words = " ; ".join((told, *(text(dosage, "text") for dosage in dosages)))
    return any(child(entry, key) for entry in entries for key in _RATE_KEYS) or bool(_RUNS_ON.search(words))


def times_a_day(dosage: JsonObject) -> float | None:
    """Doses in 24 hours, as far as timing or words say."""
    timing = child(dosage, "timing")
    repeat = child(timing, "repeat")
    frequency, period = number(repeat, "frequency"), number(repeat, "period")
    hours = _HOURS.get(text(repeat, "periodUnit"))
    if frequency and period and hours:
        return frequency * 24 / (period * hours)
    coded = next((_A_DAY[code] for _, code in codings(child(timing, "code")) if code in _A_DAY), None)
    return coded or _worded_times(f"{words_of(child(timing, 'code'))} {text(dosage, 'text')}")


def _worded_times(words: str) -> float | None:
    if match := _EVERY.search(words):
        hours = float(match.group(1))
        return 24 / hours if hours else None
    if _LONGER.search(words):
        return None
    return next((times for times, pattern in _A_DAY_WORDS if pattern.search(words)), None)


def _is_push(words: str) -> bool:
    return bool(_PUSH.search(_NO_PUSH.sub("", words)))


def _told(dosage: JsonObject, keys: tuple[str, str], per_unit: PerUnit) -> Iterator[float]:
    """What quantity and range say, in each place where a version of FHIR keeps them."""
    for entry in (*objects(dosage, "doseAndRate"), dosage):
        quantity, spread = child(entry, keys[0]), child(entry, keys[1])
        for told in (quantity, child(spread, "high"), child(spread, "low")):
            value, factor = number(told, "value"), _factor(told, per_unit)
            if value is not None and factor:
                yield value * factor


def _rates(dosage: JsonObject, per_unit: PerUnit) -> Iterator[float]:
    hourly = {f"{unit}/{per}": factor / hours for unit, factor in per_unit.items() for per, hours in _HOURS.items()}
    yield from _told(dosage, ("rateQuantity", "rateRange"), hourly)
    for entry in (*objects(dosage, "doseAndRate"), dosage):
        ratio = child(entry, "rateRatio")
        over, under = child(ratio, "numerator"), child(ratio, "denominator")
        value, factor = number(over, "value"), _factor(over, per_unit)
        hours = (number(under, "value") or 1) * (_factor(under, _HOURS) or 0)
        if value is not None and factor and hours:
            yield value * factor / hours


def _factor(quantity: JsonObject, per_unit: PerUnit) -> float | None:
    """The factor of a unit, by its code or, where we do not know that, by its name."""
    named = (text(quantity, key).strip().lower().translate(_PLAIN) for key in ("code", "unit"))
    return next((per_unit[name] for name in named if name in per_unit), None)


def _worded(words: str, per_unit: PerUnit) -> float | None:
    listed = (*_AMOUNT.findall(words), *_CONTAINERS.findall(words))
    found = (float(value) * per_unit.get(unit.lower(), 0) for value, unit in listed)
    return next((amount for amount in found if amount), None)


def _worded_rate(words: str, amount: float | None, per_unit: PerUnit) -> float | None:
    for value, unit, per in _RATE.findall(words):
        if per_unit.get(unit.lower()):
            return float(value) * per_unit[unit.lower()] / _HOURS[per.lower()]
    match = _OVER.search(words)
    hours = float(match.group(2)) * _HOURS[match.group(3).lower()] if match else 0
    return amount / hours if amount is not None and hours else None


def _by_duration(dosage: JsonObject, amount: float | None) -> float | None:
    repeat = child(child(dosage, "timing"), "repeat")
    hours = (number(repeat, "duration") or 0) * _HOURS.get(text(repeat, "durationUnit"), 0)
    return amount / hours if amount is not None and hours else None
