"""The allergy list: what of what may be offered is not tolerated, and which entries nobody can read."""

from collections.abc import Iterable, Iterator

from cards.chart.fhir import child, codings, objects, status_of, text, words_of
from cards.chart.ingredients import Told
from cards.chart.magnesium_orders import salt_of
from cards.chart.sorting import Kind, Unread, What, Why
from cards.chart.understood import Named, understood
from cards.loading import Knowledge
from cards.model import Allergy, JsonObject
from cards.terms.names import fold
from cards.terms.systems import ATC, system_of
from cards.terms.terminology import MAGNESIUM, MAGNESIUM_BESIDES

_NOT_NOW = frozenset({"inactive", "resolved", "refuted", "entered-in-error"})
_OF_DRUGS = frozenset({"medication", "biologic"})
_ALLERGY = "allergy"


def allergies(resources: Iterable[JsonObject], knowledge: Knowledge) -> tuple[Allergy, ...]:
    """What stands against anything that may be offered, by the entries that count."""
    found = (allergy for resource in resources if counts(resource) for allergy in _of_entry(resource, knowledge))
    return tuple(dict.fromkeys(found))


def counts(resource: JsonObject) -> bool:
    """Active or not told, neither refuted nor an error; DSTU2 has one status for all of it."""
    told = {status_of(resource, key) for key in ("clinicalStatus", "verificationStatus", "status")}
    return told.isdisjoint(_NOT_NOW)


def unread_allergies(resources: Iterable[JsonObject], knowledge: Knowledge) -> Iterator[Unread]:
    """The entries that count and of which nobody can say to what they are; food and the like are no matter of ours."""
    for resource in resources:
        told = tuple(_told(resource))
        if counts(resource) and _may_be_of_drug(resource) and not any(n.is_read for n in _named(told, knowledge)):
            codes = tuple(code for each in told for code in each.codes)
            yield Unread(Kind(What.ALLERGY, Why.CODE if codes else Why.SHAPE), codes)


def _may_be_of_drug(resource: JsonObject) -> bool:
    told = resource.get("category")
    categories = {each for each in (told if isinstance(told, list) else [told]) if isinstance(each, str)}
    return not categories or not categories.isdisjoint(_OF_DRUGS)


def _told(resource: JsonObject) -> Iterator[Told]:
    """To what an entry is: as a whole (DSTU2: `substance`), and what each reaction was to."""
    reactions = (child(reaction, "substance") for reaction in objects(resource, "reaction"))
    for concept in (child(resource, "code"), child(resource, "substance"), *reactions):
        if concept:
            yield Told(codings(concept), words_of(concept))


def _named(told: Iterable[Told], knowledge: Knowledge) -> list[Named]:
    return [understood(knowledge.terminology, each.codes, each.words) for each in told]


def _of_entry(resource: JsonObject, knowledge: Knowledge) -> Iterator[Allergy]:
    kind, reactions = text(resource, "type"), tuple(_reactions(resource, knowledge))
    only_gut = kind != _ALLERGY and set(reactions) == {knowledge.allergies.only_gut}
    known = tuple(name for name in knowledge.allergies.reactions if name in reactions)
    for told in _told(resource):
        named = understood(knowledge.terminology, told.codes, told.words)
        for salt in _salts(named, knowledge):
            yield Allergy(MAGNESIUM, salt, kind, known, only_gut)
        for substance in _substances(told, named, knowledge):
            yield Allergy(substance, "", kind, known)


def _salts(named: Named, knowledge: Knowledge) -> Iterator[str]:
    if named.product.kind not in MAGNESIUM_BESIDES:
        yield from (salt_of(role.ingredient) for role in named.drug.roles if role.role == "magnesium_product")
    alone = " ".join(named.words)
    yield from (salt for salt, words in knowledge.allergies.excipients.items() if words.search(alone))


def _substances(told: Told, named: Named, knowledge: Knowledge) -> Iterator[str]:
    """The other substances that an entry is about: by drug or class, by ATC, by words."""
    ingredients = {role.ingredient for role in named.drug.roles} | set(named.product.ingredients)
    classes = {role.drug_class for role in named.drug.roles if role.role == "alternative"}
    atc = [code.upper() for system, code in told.codes if system_of(system) == ATC]
    for name, substance in knowledge.allergies.substances.items():
        grouped = any(code.startswith(substance.atc) for code in atc)
        if grouped or not substance.drugs.isdisjoint(ingredients | classes) or substance.words.search(fold(told.words)):
            yield name


def _reactions(resource: JsonObject, knowledge: Knowledge) -> Iterator[str]:
    """The names of what was seen; "" for each manifestation that has none."""
    patterns = knowledge.allergies.reactions
    for reaction in objects(resource, "reaction"):
        for told in _seen(reaction):
            yield from [name for name, words in patterns.items() if words.search(told)] or [""]
        described = fold(text(reaction, "description"))
        yield from (name for name, words in patterns.items() if words.search(described))


def _seen(reaction: JsonObject) -> Iterator[str]:
    """The manifestations of a reaction in words; R5 keeps each concept under a name of its own."""
    for manifestation in objects(reaction, "manifestation"):
        yield fold(words_of(child(manifestation, "concept") or manifestation))
