"""What is new and what is gone, call by call, against another knowledge."""

from cards import Card
from cds_service.backtest.replay import Call, Pair
from cds_service.backtest.tally import Tally
from cds_service.errors import JsonDict
from cds_service.fhir_json import as_dict, as_list

CHANGES = ("new", "gone", "louder", "quieter", "other_suggestions")


def compare(pair: Pair, patient: int, tally: Tally) -> None:
    """Count the cards, by their leading rule, that only one of two calls brings, or that changed in urgency."""
    now, before = _by_rule(pair.tried), _by_rule(pair.compared)
    tally.count("totals", "compared_calls", pair.compared is not None)
    tally.count("totals", "compared_cards", len(before))
    tally.count("totals", "calls_that_begin_to_speak", bool(now) and not before)
    tally.count("totals", "calls_that_fall_silent", bool(before) and not now)
    tally.count_all("compared_by_leading_rule", before)
    for rule in sorted(now.keys() | before.keys()):
        if kind := _change(now.get(rule), before.get(rule)):
            tally.count(kind, rule)
            tally.change(f"{kind} {rule}", patient)


def _by_rule(call: Call | None) -> dict[str, Card]:
    """The cards by their leading rule; none where there is no call."""
    return {card.rules[0]: card for card in call.cards} if call else {}


def _change(now: Card | None, before: Card | None) -> str:
    if before is None or now is None:
        return "new" if before is None else "gone"
    if now.indicator != before.indicator:
        return "louder" if now.indicator > before.indicator else "quieter"
    return "" if suggestion_labels(now.body) == suggestion_labels(before.body) else "other_suggestions"


def suggestion_labels(card: JsonDict) -> list[str]:
    """What the buttons of a card say."""
    return [str(as_dict(suggestion).get("label")) for suggestion in as_list(card.get("suggestions"))]
