"""Which of a result's reference ranges holds for this patient (clinical rule s.0.3)."""

import re

from cards.chart.fhir import child, codings, number, objects, text, words_of
from cards.chart.person import Person
from cards.chart.results import Reading
from cards.loading import Knowledge
from cards.loading.result_tables import RangeWords
from cards.model import JsonObject
from cards.units import round_half_up

_WORD = re.compile(r"\w+")


def own_limit(
    reading: Reading, knowledge: Knowledge, side: str, least: float, most: float, who: Person
) -> float | None:
    """The result's own limit ("low" or "high") in mmol/L; None when none holds, or several that differ."""
    if "referenceRange" not in reading.resource:
        return None
    told = [(r, _limit(child(r, side), reading, knowledge)) for r in objects(reading.resource, "referenceRange")]
    holding = [(r, at) for r, at in told if at is not None and _holds(r, who, knowledge.results.ranges)]
    naming = [(r, at) for r, at in holding if objects(r, "age") or objects(r, "appliesTo")]
    limits = {at for _, at in naming or holding}
    limit = limits.pop() if len(limits) == 1 else None
    return limit if limit is not None and least <= limit <= most else None


def _limit(quantity: JsonObject, reading: Reading, knowledge: Knowledge) -> float | None:
    told = number(quantity, "value")
    if told is None:
        return None
    unit = knowledge.units.find(reading.analyte, text(quantity, "code"), text(quantity, "unit")) or reading.unit
    return round_half_up(told * unit.factor)


def _holds(reference: JsonObject, who: Person, words: RangeWords) -> bool:
    return (
        _is_normal(reference, words)
        and _fits_age(child(reference, "age"), who, words)
        and all(_fits(concept, who, words) for concept in objects(reference, "appliesTo"))
    )


def _is_normal(reference: JsonObject, words: RangeWords) -> bool:
    """A range of another type (therapeutic, critical) is no limit of normal."""
    kind = child(reference, "type")
    codes, told = [code for _, code in codings(kind)], words_of(kind).lower()
    return "normal" in codes or bool(words.normal.search(told)) or not (codes or told)


def _fits_age(span: JsonObject, who: Person, words: RangeWords) -> bool:
    """Whole days, months or years of the patient lie within; of an unknown age nobody can say."""
    if not span:
        return True
    return who.age_days is not None and all(_is_within(who.age_days, span, side, words) for side in ("low", "high"))


def _is_within(age_days: int, span: JsonObject, side: str, words: RangeWords) -> bool:
    bound = child(span, side)
    told = number(bound, "value")
    if told is None:
        return True
    days = words.days.get((text(bound, "code") or text(bound, "unit")).strip().lower().removesuffix("s"))
    if days is None:
        return False
    return age_days >= told * days if side == "low" else age_days // days <= told


def _fits(concept: JsonObject, who: Person, words: RangeWords) -> bool:
    """Sex and pregnancy as known; a group that we do not know is not this patient's."""
    told = words_of(concept).lower()
    if words.pregnant.search(told):
        return who.pregnant
    named = (*_WORD.findall(told), *(code.lower() for _, code in codings(concept)))
    return who.sex is not None and who.sex in {words.sexes[word] for word in named if word in words.sexes}
