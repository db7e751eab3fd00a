"""One pure pass over an answer: the same decision, in the dialect of the record system that asked."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from cards import REQUEST_CATEGORY, Card, Decision, listed, shortened
from cds_service.dialects.dialect import AS_DECIDED, Dialect, dialect_words, standard
from cds_service.dialects.order_text import order_label, product_of, with_dose
from cds_service.dialects.takeable import Offer, Parts, parts_of, salts
from cds_service.errors import JsonDict
from cds_service.fhir_json import as_dict, as_list, as_text

NewId = Callable[[], str]
_MARKS = re.compile(r"\*\*|^- ", re.MULTILINE)
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


def spoken(decision: Decision, dialect: Dialect, new_id: NewId, links: Sequence[str] = ()) -> Decision:
    """The decision with cards that this record system can take; `links`: the beginnings of those it knows.

    Nothing is decided here: indicator, rules and orders stay. What cannot be a button is said on its card.
    """
    if dialect is standard():
        return decision
    return replace(decision, cards=tuple(_Speaker(dialect, decision, new_id, links).card(c) for c in decision.cards))


@dataclass(frozen=True, slots=True)
class _Speaker:
    dialect: Dialect
    decision: Decision
    new_id: NewId
    links: Sequence[str] = field(default=())

    def card(self, card: Card) -> Card:
        """The card as the record system takes it."""
        chart, d = self.decision.trace.chart, self.dialect
        body = dict(card.body)
        parts = parts_of(body, d, chart)
        for key in ("suggestions", "selectionBehavior"):
            body.pop(key, None)
        suggestions = _numbered([self._suggestion(offer) for offer in parts.offers], d.label)
        body["summary"] = self._summary(str(body["summary"]), parts)
        body["detail"] = self._detail(str(body["detail"]), parts)
        if suggestions:
            body |= {"suggestions": suggestions, "selectionBehavior": parts.selection}
        if d.own_topics:
            body["source"] = {**as_dict(body["source"]), "topic": _topic(card)}
        self._link(body)
        self._lead_to(body)
        return replace(card, body=body, suggestion_uuids=tuple(str(s["uuid"]) for s in suggestions))

    def _suggestion(self, offer: Offer) -> JsonDict:
        return {
            "label": shortened(self._label(offer), self.dialect.label),
            "uuid": offer.uuid or self.new_id(),
            **({"isRecommended": True} if offer.recommended else {}),
            "actions": [self._action(action) for action in offer.actions],
        }

    def _label(self, offer: Offer) -> str:
        """As it was told while it is whole; else what its actions do, the dose in full."""
        medicines = [as_dict(a["resource"]) for a in offer.actions if _is_medicine(a)]
        if offer.label and not (medicines and self.dialect.details_ignored):
            return offer.label
        others = [str(a["description"]) for a in offer.actions if not _is_medicine(a)]
        instead = dialect_words().says["in_place_of"].format(names=listed(offer.replaced)) if offer.replaced else ""
        room = self.dialect.label - len(instead)
        return ", ".join([*(f"{order_label(order, room)}{instead}" for order in medicines), *others])

    def _action(self, action: JsonDict) -> JsonDict:
        if action["type"] != "create":
            return action
        resource, d = dict(as_dict(action["resource"])), self.dialect
        if d.intent != AS_DECIDED:
            resource["intent"] = d.intent
        place = _place(self.decision) if d.category else ""
        if place:
            resource["category"] = [
                {"coding": [{"system": REQUEST_CATEGORY, "code": place, "display": place.capitalize()}]}
            ]
        return {**action, "resource": resource}

    def _summary(self, summary: str, parts: Parts) -> str:
        """Where orders may lose their dose it ends with that of magnesium; another's would read as magnesium."""
        orders = [as_dict(a["resource"]) for offer in parts.offers for a in offer.actions if _is_medicine(a)]
        dose = next((order for order in orders if product_of(order) in salts(self.decision.trace.chart)), None)
        if dose and self.dialect.details_ignored:
            return with_dose(summary, dose, dialect_words().says["with_dose"], self.dialect.summary)
        return shortened(summary, self.dialect.summary)

    def _detail(self, detail: str, parts: Parts) -> str:
        lines = list(self._lines(parts))
        heading = dialect_words().heading
        added = [f"- **{heading}:** {text}" if number == 0 else f"- {text}" for number, text in enumerate(lines)]
        whole = "\n".join([*filter(None, [detail]), *added])
        return _ESCAPED.sub(r"\1", _MARKS.sub("", whole)) if self.dialect.plain else whole

    def _lines(self, parts: Parts) -> Iterator[str]:
        """What is told in words: what cannot be a button, what belongs together, and the doses to be signed."""
        says, d = dialect_words().says, self.dialect
        told = {
            "remove": parts.removed,
            "stop": parts.stopped,
            "afterwards": [order_label(order, 999) for order in parts.afterwards],
            "instead": parts.instead,
        }
        if d.details_ignored:
            orders = (as_dict(a["resource"]) for offer in parts.offers for a in offer.actions if _is_medicine(a))
            told["defaults"] = [order_label(order, 999) for order in orders]
        for key, names in told.items():
            if names:
                yield says[key].format(names=listed(names))
        for together in parts.together:
            yield says["together"].format(names=listed(self._label(offer) for offer in together))

    def _link(self, body: JsonDict) -> None:
        kept = [link for link in as_list(body.pop("links", None)) if self._may(as_text(as_dict(link).get("url")) or "")]
        if kept:
            body["links"] = kept

    def _lead_to(self, body: JsonDict) -> None:
        """The address of the source is a link like any other."""
        source = as_dict(body["source"])
        if not self._may(as_text(source.get("url")) or ""):
            body["source"] = {key: value for key, value in source.items() if key != "url"}

    def _may(self, url: str) -> bool:
        allowed = {
            "any": True,
            "https": url.startswith("https://"),
            "listed": url.startswith(tuple(self.links)),
            "none": False,
        }
        return allowed[self.dialect.links]


def _is_medicine(action: JsonDict) -> bool:
    return action["type"] == "create" and as_dict(action["resource"]).get("resourceType") == "MedicationRequest"


def _numbered(suggestions: list[JsonDict], limit: int) -> list[JsonDict]:
    """The suggestions; those that are called alike are told apart by number."""
    times, seen = Counter(str(s["label"]) for s in suggestions), Counter[str]()
    for suggestion in suggestions:
        label = str(suggestion["label"])
        seen[label] += 1
        if times[label] > 1:
            number = dialect_words().says["number"].format(number=seen[label], all=times[label])
            suggestion["label"] = f"{shortened(label, limit - len(number))}{number}"
    return suggestions


def _place(decision: Decision) -> str:
    """Where the order is for; "" where nobody knows."""
    setting = decision.trace.chart.setting
    if setting.acts_as_inpatient:
        return "inpatient"
    return "outpatient" if setting.value == "ambulatory" else ""


def _topic(card: Card) -> JsonDict:
    known = dialect_words()
    return {"system": known.system, **known.topics[card.problem.name.lower()]}
