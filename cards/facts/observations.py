"""Observations as results in canonical units, and as set aside with a reason when they cannot be read."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from cards.facts.fhir import child, codings, is_day_only, moment, number, objects, reference_of, text, words_of
from cards.knowledge import Knowledge
from cards.model import JsonObject, Result, Unreadable
from cards.units import Unit, shown_result

FINAL = frozenset({"final", "amended", "corrected"})
_READ = FINAL | {"preliminary"}
_HAEMOLYSED = re.compile(r"ha?emoly", re.IGNORECASE)
_NOT_HAEMOLYSED = re.compile(
    r"\b(no|not|non|without|nil|negative for|absence of|free (of|from))\b[^.;]{0,20}ha?emoly"
    r"|ha?emolysis[^.;]{0,12}(absent|none|negative)",
    re.I,
)
# of the patient, not of the sample
_HAEMOLYTIC_DISEASE = re.compile(r"ha?emolytic[ -](ana?emia|ura?emic|disease|crisis|disorder)", re.I)
_HAEMOLYSED_CODE = "HEM"
_WORDED_EGFR = re.compile(r"\A\s*+([<>]?=?)\s*+(\d{1,3})\b")
_JUST_BELOW = 0.1
# FHIR's quantity-comparator as it is shown ("ad": at least); no other is
_COMPARATORS = {"": "", "<": "<", "<=": "<=", ">=": ">=", ">": ">", "ad": ">="}
# of what was sent only a number and a unit are shown, never words
_PLAIN = re.compile(r"[<>]?=? ?\d{1,6}(\.\d{1,6})?( ?([mnuµ]?(mol|g|eq|val|m)(/[dmuµ]?l)?|mg%))?", re.I)


class Reading(NamedTuple):
    """One Observation of a known analyte, before any judgement: value in canonical units, comparator, time.

    A request may hold hundreds: a tuple is made in a third of the time of a dataclass.
    """

    analyte: str
    value: float
    comparator: str
    unit: Unit
    told: float
    when: datetime
    status: str
    resource: JsonObject

    @property
    def reference(self) -> str | None:
        """`Type/id` of the Observation."""
        return reference_of(self.resource)

    @property
    def shown(self) -> str:
        """The value as reported, in our spelling of its unit."""
        return f"{self.comparator}{shown_result(self.told)} {self.unit.shown}"

    def result(self) -> Result:
        """The value alone."""
        value = self.value - _JUST_BELOW if self.analyte == "egfr" and self.comparator == "<" else self.value
        return Result(self.analyte, value, self.when, self.shown, self.reference)


def read(observation: JsonObject, knowledge: Knowledge, now: datetime) -> Reading | Unreadable | None:
    """A reading, the reason why it is none, or None when the observation is not for us (analyte, status)."""
    analyte = knowledge.terminology.analyte_of(codings(child(observation, "code")))
    status = text(observation, "status")
    if analyte is None or status not in _READ or "dataAbsentReason" in observation:
        return None
    when = observed_at(observation)
    if when is None:
        return _unreadable(analyte, "has no readable date", observation)
    if when > now and (when - now).total_seconds() > knowledge.numbers["fresh.future_tolerance"] * 3600:
        return _unreadable(analyte, "is dated in the future", observation)
    return _quantity(observation, analyte, status, when, knowledge)


def _unreadable(analyte: str, why: str, observation: JsonObject, when: datetime | None = None) -> Unreadable:
    quantity = child(observation, "valueQuantity")
    told, unit = number(quantity, "value"), text(quantity, "unit") or text(quantity, "code")
    sent = (
        text(observation, "valueString") if told is None else f"{_sign(quantity) or ''}{_as_sent(told)} {unit}".strip()
    )
    sent = sent if _PLAIN.fullmatch(sent) else ""
    return Unreadable(analyte, why, when, sent, text(observation, "status"))


def _sign(quantity: JsonObject) -> str | None:
    """The comparator of a quantity as it is shown, "" when it has none; None when it is none of FHIR's."""
    told = quantity.get("comparator") or ""
    return _COMPARATORS.get(told.strip()) if isinstance(told, str) else None


def _as_sent(value: float) -> str:
    """As results are printed, unless that would round it."""
    usual = shown_result(value)
    return usual if float(usual) == value else f"{value:.6g}"


def _quantity(
    observation: JsonObject, analyte: str, status: str, when: datetime, knowledge: Knowledge
) -> Reading | Unreadable:
    quantity = child(observation, "valueQuantity")
    told = number(quantity, "value")
    if told is None and analyte == "egfr":
        return _worded_egfr(observation, status, when, knowledge)
    if told is None:
        why = "came as text only" if text(observation, "valueString") else "has no readable value"
        return _unreadable(analyte, why, observation, when)
    unit = knowledge.units.find(analyte, text(quantity, "code"), text(quantity, "unit"))
    if unit is None:
        return _unreadable(analyte, _no_unit(analyte, quantity, knowledge), observation, when)
    sign = _sign(quantity)
    if sign is None:
        return _unreadable(analyte, "came with a sign that we do not know", observation, when)
    return Reading(analyte, told * unit.factor, sign, unit, told, when, status, observation)


def _no_unit(analyte: str, quantity: JsonObject, knowledge: Knowledge) -> str:
    """Why the unit of a quantity is none."""
    each = [knowledge.units.find(analyte, told, "") for key in ("code", "unit") if (told := text(quantity, key))]
    return "has two different units" if len(each) > 1 and all(each) else "has no unit we know"


def _worded_egfr(observation: JsonObject, status: str, when: datetime, knowledge: Knowledge) -> Reading | Unreadable:
    """ ">60" or "> 90 mL/min" as laboratories report it in words; "<15" counts as just below."""
    match = _WORDED_EGFR.match(text(observation, "valueString"))
    if match is None:
        return _unreadable("egfr", "has no readable value", observation, when)
    told, comparator = float(match.group(2)), _COMPARATORS.get(match.group(1), "")
    unit = next(iter(knowledge.units.by_analyte["egfr"].values()))
    return Reading("egfr", told, comparator, unit, told, when, status, observation)


def observed_at(observation: JsonObject) -> datetime | None:
    """When a result was true: effective, else issued; a bare day gives way to an issue time on the same day."""
    effective = text(observation, "effectiveDateTime") or text(observation, "effectiveInstant")
    period = child(observation, "effectivePeriod")
    effective = effective or text(period, "end") or text(period, "start")
    found = moment(effective)
    if found is not None and not is_day_only(effective):
        return found
    issued = moment(text(observation, "issued"))
    return issued if found is None or (issued and issued.date() == found.date()) else found


def is_haemolysed(observation: JsonObject) -> bool:
    """Whether specimen, note or interpretation says that red cells broke."""
    specimens = [r for r in objects(observation, "contained") if text(r, "resourceType") == "Specimen"]
    codes = {code for s in specimens for c in objects(s, "condition") for _, code in codings(c)}
    if _HAEMOLYSED_CODE in codes:
        return True
    told = [text(note, "text") for note in objects(observation, "note")]
    told += [words_of(i) for i in objects(observation, "interpretation")]
    told += [words_of(c) for s in specimens for c in objects(s, "condition")]
    return any(_says_haemolysed(_HAEMOLYTIC_DISEASE.sub("", t)) for t in told)


def _says_haemolysed(told: str) -> bool:
    return bool(_HAEMOLYSED.search(told)) and not _NOT_HAEMOLYSED.search(told)


def latest(readings: Iterable[Reading]) -> Reading | None:
    """The reading that counts: newest, then corrected before final, then last updated."""
    listed = list(readings)
    newest = max((r.when for r in listed), default=None)
    return max((r for r in listed if r.when == newest), key=_standing, default=None)


def _standing(reading: Reading) -> tuple[bool, str]:
    """What decides between results of one time."""
    return reading.status in ("amended", "corrected"), text(child(reading.resource, "meta"), "lastUpdated")
