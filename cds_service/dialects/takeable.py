"""The actions of a card sorted into what can be a button in a dialect, and what is told in words."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from cards import Chart
from cds_service.dialects.dialect import WORDS, Dialect
from cds_service.dialects.order_text import product_of
from cds_service.errors import JsonDict
from cds_service.fhir_json import as_dict, as_list

_ANY, _AT_MOST_ONE = "any", "at-most-one"


@dataclass(frozen=True, slots=True)
class Offer:
    """A suggestion to be written: its actions; its label and uuid where it keeps those that it had.

    `replaced`: the orders, by name, in whose place it orders.
    """

    actions: tuple[JsonDict, ...]
    label: str = ""
    uuid: str = ""
    recommended: bool = False
    replaced: tuple[str, ...] = ()


@dataclass(slots=True)
class Parts:
    """What becomes of the suggestions of a card: buttons, and what is told in words.

    `removed` and `stopped`: orders by name; `afterwards`: orders that are safe only once those are gone; `instead`: the
    labels of alternatives; `together`: the buttons that one advice was split into.
    """

    offers: list[Offer] = field(default_factory=list)
    selection: str = _AT_MOST_ONE
    removed: list[str] = field(default_factory=list)
    stopped: list[str] = field(default_factory=list)
    afterwards: list[JsonDict] = field(default_factory=list)
    instead: list[str] = field(default_factory=list)
    together: list[list[Offer]] = field(default_factory=list)


def parts_of(body: JsonDict, dialect: Dialect, chart: Chart) -> Parts:
    """The suggestions of a card, sorted."""
    told = [_offer(as_dict(suggestion)) for suggestion in as_list(body.get("suggestions"))]
    parts = Parts(selection=str(body.get("selectionBehavior", _AT_MOST_ONE)))
    if parts.selection not in dialect.selection:
        told = _without_alternatives(told, parts)
    sorter = _Sorter(dialect, chart, parts)
    kept = [offer for one in told if (offer := sorter.sorted(one)).actions]
    parts.offers = list(_split(kept, parts)) if dialect.one_action else kept
    if parts.selection not in dialect.selection or (dialect.one_action and len(parts.offers) > 1):
        parts.selection = _ANY
    return parts


def _offer(suggestion: JsonDict) -> Offer:
    actions = tuple(as_dict(action) for action in as_list(suggestion["actions"]))
    return Offer(actions, str(suggestion["label"]), str(suggestion["uuid"]), bool(suggestion.get("isRecommended")))


def _without_alternatives(told: list[Offer], parts: Parts) -> list[Offer]:
    """The first of what excludes each other; of the others only their tests, which do no harm beside it."""
    chosen = next((offer for offer in told if not _only_tests(offer)), None)
    kept = []
    for offer in told:
        tests = tuple(action for action in offer.actions if _is_test(action))
        if offer is not chosen and not _only_tests(offer):
            parts.instead.append(offer.label)
            offer = replace(offer, actions=tests, label="", recommended=False)
        kept.append(offer)
    return kept


def salts(chart: Chart) -> frozenset[str]:
    """The products of magnesium, as orders of ours name them."""
    return frozenset(product.display for product in chart.knowledge.products.values() if product.salt)


def _only_tests(offer: Offer) -> bool:
    return all(map(_is_test, offer.actions))


def _is_test(action: JsonDict) -> bool:
    return action["type"] == "create" and as_dict(action["resource"]).get("resourceType") == "ServiceRequest"


@dataclass(frozen=True, slots=True)
class _Sorter:
    """Takes from a suggestion what cannot be a button."""

    dialect: Dialect
    chart: Chart
    parts: Parts

    def sorted(self, offer: Offer) -> Offer:
        """The suggestion with what can be a button; it loses its label with what else it said."""
        removals = [action for action in offer.actions if action["type"] != "create"]
        in_words = [action for action in removals if self._way(action) == WORDS]
        for action in in_words:
            self._tell(action)
        late = [a for a in offer.actions if self._is_unsafe_alone(a, bool(removals), bool(in_words))]
        self.parts.afterwards += [as_dict(action["resource"]) for action in late]
        offer = replace(offer, replaced=self.replaced(offer))
        left = tuple(self._stopping(action) for action in offer.actions if action not in (*in_words, *late))
        return offer if len(left) == len(offer.actions) and left == offer.actions else self._changed(offer, left)

    def _changed(self, offer: Offer, left: tuple[JsonDict, ...]) -> Offer:
        whole = len(left) == len(offer.actions)
        return replace(offer, actions=left, label=offer.label if whole else "")

    def replaced(self, offer: Offer) -> tuple[str, ...]:
        """What a suggestion takes away, by name, where it orders something in its place."""
        names = [self._name(action) for action in offer.actions if action["type"] != "create"]
        orders = any(a["type"] == "create" and not _is_test(a) for a in offer.actions)
        return tuple(dict.fromkeys(names)) if orders else ()

    def _name(self, action: JsonDict) -> str:
        reference = _reference(action)
        return self._names().get(reference, reference)

    def _is_unsafe_alone(self, action: JsonDict, replaces: bool, in_words: bool) -> bool:
        """Magnesium in place of magnesium: accepted without the removal it would come on top."""
        apart = self.dialect.one_action or in_words
        return (
            replaces
            and apart
            and action["type"] == "create"
            and product_of(as_dict(action["resource"])) in salts(self.chart)
        )

    def _way(self, action: JsonDict) -> str:
        return self.dialect.draft_removal if self._is_draft(action) else self.dialect.stop

    def _is_draft(self, action: JsonDict) -> bool:
        return _reference(action) in {f"{d.get('resourceType')}/{d.get('id')}" for d in self.chart.snapshot.drafts}

    def _tell(self, action: JsonDict) -> None:
        name = self._name(action)
        names = self.parts.removed if self._is_draft(action) else self.parts.stopped
        if name not in names:
            names.append(name)

    def _names(self) -> Mapping[str, str]:
        medicines = (*(self.chart.medications or ()), *self.chart.drafts)
        return {medicine.reference: medicine.name for medicine in medicines if medicine.reference}

    def _stopping(self, action: JsonDict) -> JsonDict:
        if action["type"] != "update" or self._way(action) != "delete":
            return action
        return {"type": "delete", "description": action["description"], "resourceId": _reference(action)}


def _reference(action: JsonDict) -> str:
    resource = as_dict(action.get("resource"))
    return str(action.get("resourceId") or f"{resource.get('resourceType')}/{resource.get('id')}")


def _split(told: list[Offer], parts: Parts) -> Iterator[Offer]:
    """One action each: medicines and removals in their order, then every test once."""
    tests: dict[str, Offer] = {}
    for offer in told:
        alone = [_alone(action, offer) for action in offer.actions]
        orders = [one for one in alone if not _is_test(one.actions[0])]
        if len(orders) > 1 and any(one.replaced for one in orders):
            parts.together.append(orders)
        for number, one in enumerate(orders):
            yield replace(one, uuid=offer.uuid, recommended=offer.recommended) if number == 0 else one
        for one in alone:
            if _is_test(one.actions[0]):
                only = replace(one, uuid=offer.uuid) if not orders and one is alone[0] else one
                tests.setdefault(_same_test(one.actions[0]), only)
    yield from tests.values()


def _alone(action: JsonDict, offer: Offer) -> Offer:
    """One action; a suggestion that was no more keeps its label, unless the label names what came apart."""
    replaced = () if _is_test(action) or action["type"] != "create" else offer.replaced
    return Offer((action,), offer.label if len(offer.actions) == 1 else "", replaced=replaced)


def _same_test(action: JsonDict) -> str:
    resource = as_dict(action["resource"])
    return json.dumps([resource.get(key) for key in ("code", "occurrenceDateTime", "occurrencePeriod")], sort_keys=True)
