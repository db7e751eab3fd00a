"""Observations as results in canonical units, and as set aside with a reason when they cannot be read."""

import re
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from typing import NamedTuple

from cards.chart.fhir import (
    HOUR,
    amount,
    child,
    codings,
    end_of,
    is_day_only,
    moment,
    number,
    objects,
    reference_of,
    text,
    words_of,
)
from cards.chart.result_names import name_of
from cards.chart.specimen import contradicts
from cards.chart.worded import Worded, is_no_information, sign_of, worded, words_told
from cards.loading import Knowledge
from cards.model import Doubt, Doubtful, JsonObject, Result, Unmeasured, Unreadable
from cards.units import AS_REPORTED, Unit, level, shown_result

FINAL = frozenset({"final", "amended", "corrected"})
_READ = FINAL | {"preliminary"}
# no result, or none yet, or none that counts (s.0.5)
_IGNORED = frozenset({"registered", "cancelled", "entered-in-error", "unknown"})
# no quantities: cards/chart/pregnancy.py and ventilation.py read them
OF_PREGNANCY = frozenset({"pregnancy_status", "pregnancy_test", "delivery_date", "gestational_age"})
VENTILATION_MODE = "ventilation_mode"
_NO_QUANTITIES = OF_PREGNANCY | {VENTILATION_MODE}
_HAEMOLYSED = re.compile(r"ha?emoly", re.IGNORECASE)
_NOT_HAEMOLYSED = re.compile(
    r"\b(no|not|non|without|nil|negative for|absence of|free (of|from))\b[^.;]{0,20}ha?emoly"
    r"|ha?emolysis[^.;]{0,12}(absent|none|negative)",
    re.I,
)
# of the patient, not of the sample
_HAEMOLYTIC_DISEASE = re.compile(r"ha?emolytic[ -](ana?emia|ura?emic|disease|crisis|disorder)", re.I)
_HAEMOLYSED_CODE = "HEM"
_JUST_BELOW = 0.1
# no dose comes from a magnesium result that came as text (s.0.1)
_NEVER_IN_WORDS = frozenset({"magnesium", "magnesium_ionised"})
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

    @property
    def counted(self) -> float:
        """The value that counts: of an eGFR "<15" just below."""
        return self.value - _JUST_BELOW if self.analyte == "egfr" and self.comparator == "<" else self.value

    def result(self, also: float | None = None) -> Result:
        """The value alone; `also` is another one of the same time."""
        return Result(self.analyte, self.counted, self.when, self.shown, self.reference, also)


def shown_in(result: Result, knowledge: Knowledge) -> str:
    """A result in the unit that the site reads; as reported where it names none."""
    unit = knowledge.site.units.of(result.analyte)
    if unit == AS_REPORTED or result.analyte not in knowledge.units.by_analyte:
        return result.shown
    comparator = result.shown[: len(result.shown) - len(result.shown.lstrip("<>="))]
    return f"{comparator}{level(result.analyte, result.value, unit, knowledge.units)}"


def read(observation: JsonObject, knowledge: Knowledge, now: datetime) -> Reading | Doubtful | None:
    """A reading, the reason why it is none, or None when the observation is not for us (analyte, status)."""
    name, status = name_of(observation, knowledge), observation.get("status")
    if not isinstance(status, str) or status not in FINAL:
        status = text(observation, "status").strip().lower()
    analyte = name.analyte
    if analyte is None or analyte in _NO_QUANTITIES or status in _IGNORED:
        return None
    when = observed_at(observation, knowledge.site.zone)
    if status not in _READ:
        return _unreadable(analyte, Doubt.STATUS, observation, when)
    if "dataAbsentReason" in observation:
        return Unmeasured(analyte, Doubt.UNMEASURED, when, status)
    if when is None:
        return _unreadable(analyte, Doubt.NO_DATE, observation)
    when = when if knowledge.site.zone is UTC else when.astimezone(knowledge.site.zone)
    if when > now and _is_future(observation, when, now, knowledge):
        return _unreadable(analyte, Doubt.FUTURE, observation)
    if contradicts(observation, name, knowledge):
        return Unreadable(analyte, Doubt.SPECIMEN, when, status=status, withdraws=False)
    return _value(observation, analyte, status, when, knowledge)


def _is_future(observation: JsonObject, when: datetime, now: datetime, knowledge: Knowledge) -> bool:
    """A bare day counts to its end, so that today is never the future."""
    if is_day_only(_effective(observation)) and when.date() <= now.astimezone(knowledge.site.zone).date():
        return False
    return (when - now) / HOUR > knowledge.numbers["fresh.future_tolerance"]


def _unreadable(analyte: str, why: Doubt, observation: JsonObject, when: datetime | None = None) -> Unreadable:
    quantity = child(observation, "valueQuantity")
    told, unit = number(quantity, "value"), text(quantity, "unit") or text(quantity, "code")
    sent = f"{sign_of(quantity) or ''}{_as_sent(told)} {unit}".strip() if told is not None else ""
    sent = sent if _PLAIN.fullmatch(sent) else ""
    return Unreadable(analyte, why, when, sent, text(observation, "status"))


def _as_sent(value: float) -> str:
    """As results are printed, unless that would round it."""
    usual = shown_result(value)
    return usual if float(usual) == value else f"{value:.6g}"


def _value(
    observation: JsonObject, analyte: str, status: str, when: datetime, knowledge: Knowledge
) -> Reading | Doubtful:
    plain = observation.get("valueQuantity")
    quantity = plain if isinstance(plain, dict) else child(observation, "valueQuantity")
    told, code, name = amount(quantity)
    if told is None:
        return _in_words(observation, analyte, status, when, knowledge)
    comparator = sign_of(quantity) if "comparator" in quantity else ""
    if comparator is None:
        # a value without its comparator would be another value: none is shown
        return Unreadable(analyte, Doubt.COMPARATOR, when, status=status)
    unit = knowledge.units.find(analyte, code, name)
    if unit is None:
        found = _unreadable(analyte, _no_unit(analyte, quantity, knowledge), observation, when)
        return replace(found, unit=code or name)
    value = told * unit.factor
    if not knowledge.results.is_possible(analyte, value):
        return _impossible(analyte, when, status)
    return Reading(analyte, value, comparator, unit, told, when, status, observation)


def _impossible(analyte: str, when: datetime, status: str) -> Unreadable:
    """What no patient can have is set aside, and never shown."""
    return Unreadable(analyte, Doubt.IMPOSSIBLE, when, status=status, withdraws=False)


def _no_unit(analyte: str, quantity: JsonObject, knowledge: Knowledge) -> Doubt:
    """Why the unit of a quantity is none."""
    each = [knowledge.units.find(analyte, told, "") for key in ("code", "unit") if (told := text(quantity, key))]
    return Doubt.TWO_UNITS if each and all(each) else Doubt.NO_UNIT


def _in_words(
    observation: JsonObject, analyte: str, status: str, when: datetime, knowledge: Knowledge
) -> Reading | Doubtful:
    """A number in words counts where a unit follows, or as an eGFR; of magnesium it is only for a person to verify."""
    words = words_told(observation)
    if not words:
        return Unreadable(analyte, Doubt.NO_VALUE, when, status=status, withdraws=False)
    found = worded(analyte, words, knowledge)
    if found is None and is_no_information(words, knowledge):
        return Unmeasured(analyte, Doubt.UNMEASURED, when, status)
    if found is None:
        return Unreadable(analyte, Doubt.TEXT_ONLY, when, status=status)
    unit = found.unit or (next(iter(knowledge.units.by_analyte["egfr"].values())) if analyte == "egfr" else None)
    if unit and analyte not in _NEVER_IN_WORDS:
        value = found.told * unit.factor
        if not knowledge.results.is_possible(analyte, value):
            return _impossible(analyte, when, status)
        return Reading(analyte, value, found.comparator, unit, found.told, when, status, observation)
    return Unreadable(analyte, Doubt.TEXT_ONLY, when, found.sent, status, _in_unit(found))


def _in_unit(found: Worded) -> float | None:
    """The value of a text with a unit; a mere limit may stand for any value."""
    return found.told * found.unit.factor if found.unit and not found.comparator else None


def observed_at(observation: JsonObject, zone: tzinfo = UTC) -> datetime | None:
    """When a result was true: effective, else issued; a bare day gives way to an issue time on the same day."""
    told = observation.get("effectiveDateTime")
    effective = told if isinstance(told, str) and "T" in told else _effective(observation)
    if "T" in effective and (found := moment(effective, zone)):
        return found
    day, issued = end_of(effective, zone), end_of(text(observation, "issued"), zone)
    return issued if day is None or (issued and issued.astimezone(zone).date() == day.date()) else day


def _effective(observation: JsonObject) -> str:
    """The effective time as written."""
    told = text(observation, "effectiveDateTime") or text(observation, "effectiveInstant")
    period = child(observation, "effectivePeriod") if not told else {}
    return told or text(period, "end") or text(period, "start")


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
