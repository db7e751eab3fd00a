"""The buttons of a card: orders that fit each other, each test on one of them."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from cards.answer import orders
from cards.answer.orders import Occasion
from cards.answer.recommendation import Recommendation
from cards.chart import Chart
from cards.model import DraftMedication, DraftTest, Finding, Offer, Problem, RemoveOrder, Suggestion
from cards.wording import shortened

_LABEL_LIMIT = 100
# of whose drafted drug either the order is removed, or it is kept and looked after
_KEPT_OR_REMOVED = frozenset({Problem.DRAFT_QT, Problem.DRAFT_DEPLETES})

Json = dict[str, object]
Values = Mapping[str, object]
NewId = Callable[[], str]


@dataclass(frozen=True, slots=True)
class Buttons:
    """What the suggestions of one card are written with: `occasion` is what the orders are suggested on."""

    card: Recommendation
    occasion: Occasion
    told: Mapping[str, Values]
    chart: Chart
    new_id: NewId

    def written(self) -> list[Json]:
        """The suggestions; the tests come with the first that adds to what is ordered, else on their own."""
        alternatives, left, carried, made = are_alternatives(self.card), set(self.card.own_tests), False, []
        for finding, suggestion in _each(self.card.findings):
            own = [o for o in suggestion.offers if not isinstance(o, DraftTest) or o in left]
            left -= set() if alternatives else {o for o in own if isinstance(o, DraftTest)}
            carries = (alternatives or not carried) and not _removes(suggestion)
            carried = carried or carries
            made.append(self._suggestion(finding, suggestion, (*own, *(self.card.tests if carries else ()))))
        if self.card.tests and not carried:
            made.append(self._tests_only())
        return _one_recommended(made) if alternatives else made

    def _suggestion(self, finding: Finding, suggestion: Suggestion, offers: Iterable[Offer]) -> Json:
        knowledge = self.chart.knowledge
        told = {**self.told[finding.rule], **knowledge.voice.values(suggestion.values)}
        label = knowledge.advice[finding.rule].suggestions[suggestion.label].format_map(told)
        listed = _medication_first(offers)
        recommended = suggestion.recommended and (suggestion.alternative or finding is self.card.lead)
        return {
            "label": shortened(knowledge.voice.finished(", ".join((label, *self._named(listed)))), _LABEL_LIMIT),
            "uuid": self.new_id(),
            **({"isRecommended": True} if recommended else {}),
            "actions": [self._action(offer) for offer in listed],
        }

    def _named(self, offers: Iterable[Offer]) -> Iterator[str]:
        """What a button calls the tests that it orders beside a dose."""
        tests = (self.chart.knowledge.tests[o.test] for o in offers if isinstance(o, DraftTest))
        return (test.beside for test in tests if test.beside)

    def _tests_only(self) -> Json:
        """One suggestion whatever rule asked first: in the order of the tests' table, so that it counts as the same."""
        known = self.chart.knowledge.tests
        tests = sorted(self.card.tests, key=lambda t: list(known).index(t.test))
        label = self.chart.knowledge.words.say("labels.tests", tests=", ".join(known[t.test].short for t in tests))
        return {
            "label": shortened(label, _LABEL_LIMIT),
            "uuid": self.new_id(),
            "actions": [self._action(test) for test in tests],
        }

    def _action(self, offer: Offer) -> Json:
        if isinstance(offer, RemoveOrder):
            return orders.removal(offer, self.chart)
        if isinstance(offer, DraftMedication):
            description, resource = orders.medication_request(offer, self.chart, self.occasion)
        else:
            description, resource = orders.service_request(offer, self.chart, self.occasion)
        return {"type": "create", "description": description, "resource": resource}


def are_alternatives(card: Recommendation) -> bool:
    """Whether one suggestion of a card contradicts another: to remove a draft and to keep it, or two of one kind."""
    each = [suggestion for _, suggestion in _each(card.findings)]
    if sum(suggestion.alternative for suggestion in each) > 1:
        return True
    removing = any(map(_only_removes, each))
    kept = card.tests or not all(map(_only_removes, each))
    if card.problem in _KEPT_OR_REMOVED and removing and kept:
        return True
    return any(times > 1 for times in Counter(name for s in each for name in _once_only(s)).values())


def _once_only(suggestion: Suggestion) -> set[str]:
    """What a card may do once: remove an order, add a product."""
    removed = {o.reference for o in suggestion.offers if isinstance(o, RemoveOrder)}
    return removed | {o.product for o in suggestion.offers if isinstance(o, DraftMedication)}


def _one_recommended(made: list[Json]) -> list[Json]:
    """Of suggestions of which one is taken the first recommended one stays so: two drafts of a drug offer it twice."""
    first = next((one for one in made if "isRecommended" in one), None)
    return [one if one is first else {k: v for k, v in one.items() if k != "isRecommended"} for one in made]


def _each(findings: Iterable[Finding]) -> Iterator[tuple[Finding, Suggestion]]:
    return ((finding, suggestion) for finding in findings for suggestion in finding.suggestions)


def _removes(suggestion: Suggestion) -> bool:
    """Who removes an order takes no tests for it; who keeps it takes them alone (s.5)."""
    return any(isinstance(offer, RemoveOrder) for offer in suggestion.offers)


def _only_removes(suggestion: Suggestion) -> bool:
    return all(isinstance(offer, RemoveOrder) for offer in suggestion.offers)


def _medication_first(offers: Iterable[Offer]) -> list[Offer]:
    """Clients that take one action take the first."""
    return sorted(offers, key=lambda o: not isinstance(o, DraftMedication))
