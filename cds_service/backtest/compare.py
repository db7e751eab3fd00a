"""What is new and what is gone, call by call, against another knowledge."""

from cds_service.backtest.replay import is_told
from cds_service.backtest.tally import Tally
from cds_service.evaluate import Answer

CHANGES = ("new", "gone", "louder", "quieter")


def compare(answer: Answer, compared: Answer, patient: int, tally: Tally) -> None:
    """Count the cards, by their leading rule, that only one of two answers has, or that changed in urgency."""
    now, before = _urgencies(answer), _urgencies(compared)
    tally.count("totals", "compared_cards", len(before))
    tally.count("totals", "calls_that_begin_to_speak", bool(now) and not before)
    tally.count("totals", "calls_that_fall_silent", bool(before) and not now)
    tally.count_all("compared_by_leading_rule", before)
    for rule in now.keys() | before.keys():
        if kind := _change(now.get(rule), before.get(rule)):
            tally.count(kind, rule)
            tally.change(f"{kind} {rule}", patient)


def _urgencies(answer: Answer) -> dict[str, int]:
    """The urgency of each card by its leading rule."""
    return {card.rules[0]: card.indicator for card in answer.decision.cards} if is_told(answer) else {}


def _change(now: int | None, before: int | None) -> str:
    if before is None:
        return "new"
    if now is None:
        return "gone"
    return "" if now == before else "louder" if now > before else "quieter"
