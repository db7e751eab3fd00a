"""What a drafted order of magnesium is for (clinical rule s.2.7): the first source that names a reason decides."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from cards.chart import Chart, inputs
from cards.chart.conditions import is_present, since_when
from cards.chart.fhir import child, codings, objects, reference_of, text, words_of
from cards.chart.told_year import in_its_year
from cards.judgements import assess
from cards.loading.indications import NOT_STATED, OTHER, Indication
from cards.model import JsonObject, MagnesiumKind, Medication


@dataclass(frozen=True, slots=True)
class Reason:
    """What an order is for, whether the order itself says so, and a wider reason that a current condition gives."""

    indication: Indication
    stated: bool
    wider: Indication | None = None
    pulseless: bool = False


def raw(draft: Medication, chart: Chart) -> JsonObject:
    """The drafted resource; empty when it cannot be told which it is."""
    return chart.remember(raw, _drafts).get(draft.reference, {})


def _drafts(chart: Chart) -> Mapping[str | None, JsonObject]:
    return _first_of_each(chart.snapshot.drafts)


def _first_of_each(resources: Sequence[JsonObject]) -> Mapping[str | None, JsonObject]:
    """By reference, looked up once for all: drafts and problems may be many."""
    return {reference_of(r): r for r in reversed(resources)}


def reason_of(draft: Medication, chart: Chart) -> Reason:
    """Reason code or reference; words of the order; a current condition; else not stated."""
    return chart.remember((reason_of, draft.reference, draft.name), lambda c: _reason(draft, c))


def _reason(draft: Medication, chart: Chart) -> Reason:
    order, known = raw(draft, chart), chart.knowledge.indications
    by_condition = _widest(_of_conditions(chart))
    told = " ; ".join((*_reason_words(order, chart), *_order_words(order)))
    pulseless = bool(known.by_id["torsades"].pulseless.search(told))
    for found in (_of_reasons(order, chart), _of_words(order, chart)):
        stated = _widest(found)
        if stated:
            wider = by_condition if by_condition and by_condition.rank < stated.rank else None
            return Reason(stated, True, wider, pulseless)
    if by_condition:
        return Reason(by_condition, False, pulseless=pulseless)
    return Reason(known.by_id[NOT_STATED], False)


def _widest(found: Iterable[Indication]) -> Indication | None:
    return min(found, key=lambda i: i.rank, default=None)


def _named(told: str, chart: Chart) -> list[Indication]:
    known = chart.knowledge.indications
    return [i for i in known.listed if known.named(i, told)]


def _of_reasons(order: JsonObject, chart: Chart) -> list[Indication]:
    """By the reasons of the order; one that says something else is another reason."""
    found: list[Indication] = []
    for concept in _reasons(order, chart):
        codes, told = [code for _, code in codings(concept)], words_of(concept)
        own = [i for i in chart.knowledge.indications.listed if i.is_coded(codes)] or _named(told, chart)
        found += own or ([chart.knowledge.indications.by_id[OTHER]] if codes or told else [])
    return found


def _reasons(order: JsonObject, chart: Chart) -> Iterator[JsonObject]:
    """The concepts of reasonCode, and of the conditions that reasonReference names; a result is no reason."""
    yield from objects(order, "reasonCode")
    for reference in (*objects(order, "reasonReference"), *objects(order, "reason")):
        named_as = text(reference, "reference") or text(child(reference, "reference"), "reference")
        target = named_as.partition("/_history/")[0]
        if concept := child(reference, "concept"):
            yield concept
        elif named := chart.snapshot.by_urn.get(target):
            yield child(named, "code") if text(named, "resourceType") == "Condition" else {}
        elif target.rpartition("/")[0].endswith("Condition"):
            yield _condition(target, chart) or {"text": text(reference, "display")}


def _condition(target: str, chart: Chart) -> JsonObject:
    tail = "/".join(target.split("/")[-2:])
    return child(chart.remember(_condition, _conditions).get(tail, {}), "code")


def _conditions(chart: Chart) -> Mapping[str | None, JsonObject]:
    return _first_of_each(chart.snapshot.resources.get(inputs.CONDITIONS, ()))


def _reason_words(order: JsonObject, chart: Chart) -> Iterator[str]:
    return (words_of(concept) for concept in _reasons(order, chart))


def _order_words(order: JsonObject) -> Iterator[str]:
    """Notes, instructions and the name of the product."""
    for key in ("note", "dosageInstruction"):
        for entry in objects(order, key):
            yield " ".join((text(entry, "text"), text(entry, "patientInstruction")))
            yield from (words_of(more) for more in objects(entry, "additionalInstruction"))
            yield words_of(child(entry, "asNeededCodeableConcept"))
    yield words_of(child(order, "medicationCodeableConcept"))


def order_words(draft: Medication, chart: Chart) -> tuple[str, ...]:
    """The notes, instructions and product name of a drafted order."""
    return tuple(_order_words(raw(draft, chart)))


def _of_words(order: JsonObject, chart: Chart) -> list[Indication]:
    return _named(" ; ".join(_order_words(order)), chart)


def _of_conditions(chart: Chart) -> tuple[Indication, ...]:
    return chart.remember(_of_conditions, _current)


def _current(chart: Chart) -> tuple[Indication, ...]:
    """The indications that a condition of now gives."""
    present = (r for r in chart.snapshot.resources.get(inputs.CONDITIONS, ()) if is_present(r, chart.now))
    listed = [in_its_year(r, chart.now.year) for r in present]
    able = [i for i in chart.knowledge.indications.listed if i.current or i.counts_always]
    own = assess.emergency(chart)
    return tuple(i for i in able if own in i.emergencies or any(_gives(r, i, chart) for r in listed))


def _gives(resource: JsonObject, indication: Indication, chart: Chart) -> bool:
    concept = child(resource, "code")
    told, since = words_of(concept), since_when(resource)
    if indication.counts_always:
        return "pre_eclampsia" in chart.conditions and _is(concept, told, indication, chart)
    if since is None or chart.hours_since(since) > chart.numbers[indication.current]:
        return False
    worded = indication.current_words is None or bool(indication.current_words.search(told))
    return worded and _is(concept, told, indication, chart)


def _is(concept: JsonObject, told: str, indication: Indication, chart: Chart) -> bool:
    if indication.is_coded([code for _, code in codings(concept)]):
        return True
    return not (indication.coded_only and codings(concept)) and chart.knowledge.indications.named(indication, told)


def is_wanted(draft: Medication) -> bool:
    """Whether it is an order of magnesium for its own sake."""
    kinds = (MagnesiumKind.REPLACEMENT, MagnesiumKind.OBSTETRIC)
    return draft.magnesium is not None and draft.magnesium.kind in kinds
