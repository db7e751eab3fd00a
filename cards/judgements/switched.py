"""What the site's switches do to one call: whom and where it is from decides; what is critical is always said."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from cards.chart import Chart, once
from cards.chart.encounter_setting import places_now
from cards.chart.fhir import bare_id, child, codings, objects, text
from cards.loading.switches import Switch
from cards.model import Finding, Indicator, Silence

_LAY = frozenset({"Patient", "RelatedPerson"})
_FOR_CLINICIANS = Silence("the user is no clinician: cards name doses")
_OFF_HERE = Silence("the whole service is switched off here by the site file")
_OFF = Silence("switched off by the site file")
_OFF_UNLESS_CRITICAL = Silence("switched off by the site file, as it is not critical")


@once
def fitting(chart: Chart) -> tuple[Switch, ...]:
    """The switches whose scopes all fit the call; a place that nobody tells fits none."""
    switches = chart.knowledge.site.switches
    return tuple(s for s in switches if all(not told.isdisjoint(_TOLD[kind](chart)) for kind, told in s.scopes.items()))


def why_silent(chart: Chart) -> Silence | None:
    """Why no rule at all is asked: the user is a patient, or the service is off for this unit or client."""
    if not _LAY.isdisjoint(_user(chart)):
        return _FOR_CLINICIANS
    return _OFF_HERE if any(s.off and not s.rules for s in fitting(chart)) else None


def rules_off(chart: Chart) -> Mapping[str, Silence]:
    """The rules that are not asked."""
    here = (rule for s in fitting(chart) if s.off for rule in s.rules)
    return dict.fromkeys((*chart.knowledge.site.rules_off, *here), _OFF)


def settled(answer: Finding, chart: Chart) -> Finding | Silence:
    """What a rule says as it may be said here: not louder than its switch lets it be, or nothing."""
    if answer.indicator is Indicator.CRITICAL:
        return answer
    of_rule = [s for s in fitting(chart) if answer.rule in s.rules]
    if any(s.only_quiet for s in of_rule):
        return _OFF_UNLESS_CRITICAL
    most = min((s.most_urgent for s in of_rule), default=answer.indicator)
    return replace(answer, indicator=most) if most < answer.indicator else answer


def most_cards(chart: Chart) -> int:
    """Most cards of this answer, but for critical ones."""
    return min((chart.knowledge.site.maximum_cards, *(s.most_cards for s in fitting(chart))))


def _user(chart: Chart) -> Iterator[str]:
    """Who calls, by kind, and by kind and id."""
    kind, *ident = chart.snapshot.user.split("/")[-2:]
    yield from (kind, "/".join((kind, *ident)))


def _units(chart: Chart) -> Iterator[str]:
    """Where the patient is now: names, ids and identifiers of the locations of the stay."""
    for entry in places_now(chart.encounter or {}, chart.knowledge, chart.now):
        place = child(entry, "location")
        yield from _words(text(place, "display"), bare_id(text(place, "reference"), "Location"))
        yield from _words(text(place, "reference"), text(child(place, "identifier"), "value"))


def _specialties(chart: Chart) -> Iterator[str]:
    """Codes and words of the service that the stay belongs to; R5 has a list of references with a concept."""
    for told in objects(chart.encounter or {}, "serviceType"):
        for concept in (told, child(told, "concept")):
            yield from _words(*(code for _, code in codings(concept)), text(concept, "text"))
            yield from _words(*(text(coding, "display") for coding in objects(concept, "coding")))


def _words(*told: str) -> Iterator[str]:
    return (word.strip().casefold() for word in told if word.strip())


_TOLD: Mapping[str, Callable[[Chart], Iterator[str]]] = {
    "hook": lambda chart: iter((chart.hook.casefold(),)),
    "unit": _units,
    "specialty": _specialties,
    "role": _user,
    "client": lambda chart: _words(chart.snapshot.client),
}
