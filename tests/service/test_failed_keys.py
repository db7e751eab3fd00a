"""A query that failed is not an empty one: for each key of each worked case, on every hook."""

from dataclasses import replace
from itertools import count

import pytest

from cards import BY_KEY, INPUTS, SERVICES
from cds_service.answer_call import Means, answer_call
from cds_service.run.settings import MissingData
from tests.calls import outcome, searchset
from tests.cards.chart import NOW, decide, knowledge, snapshot
from tests.cards.each_case import ask_each, of_every_rule
from tests.service.test_vignettes import CASES, request_of

KEYS = tuple(asked.key for asked in INPUTS)
BY_HOOK = {service.hook: service for service in SERVICES}
QUIET = [
    {"setting": "inpatient", "magnesium": 2.0, "labs": {"egfr": 85, "potassium": 4.2}},
    {"setting": "ambulatory", "labs": {"egfr": 85}},
]
# what stands where a query failed, or where something else than its answer came
NO_ANSWERS = [
    outcome(),
    outcome("warning"),
    {},
    {"response": {"status": "500"}, "resource": searchset()},
    {"response": {"status": "404"}, "resource": outcome("information")},
    searchset(searchset(total=4)),
    *[searchset(outcome("warning", code)) for code in ("incomplete", "throttled", "exception", "suppressed")],
    *[searchset(total=total) for total in (3, "3", 3.0, -1, "many")],
    *[searchset(link=[{"relation": relation}]) for relation in ("next", ["next"], "Next")],
    *[{**searchset(), "type": kind} for kind in ("batch-response", "batch", "history", "document", "message", "")],
    {**searchset(), "type": "batch-response", "entry": [{"response": {"status": "500"}, "resource": searchset()}]},
    {**searchset(), "entry": [{"response": {"status": "500"}, "resource": searchset()}]},
]


def failed(shot, key):
    """The snapshot with a key whose query failed."""
    lost = {**shot.resources, key: []}
    return replace(shot, resources=lost, missing=shot.missing | {key}, failed=shot.failed | {key})


def answered(body, missing_data=MissingData.PRECONDITION_FAILED):
    """The answer to a request."""
    numbers = count(1)
    means = Means(knowledge(), NOW, lambda: f"{next(numbers)}", KEYS, missing_data)
    return answer_call(body, BY_HOOK[body["hook"]], means)


@of_every_rule
def test_where_the_full_data_give_a_card_a_failed_key_is_never_silence(rule):
    def is_never_silent(case):
        shot = snapshot(case.chart)
        assert [key for key in KEYS if case.as_shipped.cards and not decide(failed(shot, key)).cards] == []

    ask_each(rule, is_never_silent)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['id']} {case['name']}")
def test_a_worked_case_with_what_is_no_answer_in_place_of_a_key(case):
    body = request_of(case["chart"])
    if not answered(body).payload["cards"]:
        return
    for number, key in enumerate(body["prefetch"], CASES.index(case)):  # over the cases each way meets each key
        broken = {**body, "prefetch": {**body["prefetch"], key: NO_ANSWERS[number % len(NO_ANSWERS)]}}
        answer = answered(broken)
        assert answer.status == 412 or (answer.status == 200 and answer.payload["cards"]), key
        assert answered(broken, MissingData.CARD).payload["cards"], key


@pytest.mark.parametrize("missing_data", MissingData)
def test_what_cannot_be_told_is_told_by_a_412_or_a_card(missing_data):
    body = request_of({"setting": "inpatient", "magnesium": 2.0, "labs": {"egfr": 85}, "hook": "patient-view"})
    body["prefetch"]["conditions"] = outcome()
    answer = answered(body, missing_data)
    if missing_data is MissingData.CARD:
        (card,) = answer.payload["cards"]
        assert "problem list" in card["summary"] and "not an all-clear" in card["detail"]
    else:
        assert answer.status == 412 and "prefetch conditions" in answer.payload["issue"][0]["diagnostics"]


@pytest.mark.parametrize("chart", QUIET)
@pytest.mark.parametrize("key", ["conditions", "medications", "magnesium"])
def test_orders_and_conditions_are_indispensable_even_where_nobody_offers_them(chart, key):
    shot = snapshot(chart)
    assert decide(replace(shot, missing=frozenset({key}))).cannot_tell == (key,)


@pytest.mark.parametrize("chart", QUIET)
@pytest.mark.parametrize("key", sorted(set(KEYS) - {"conditions", "medications", "magnesium", "patient"}))
def test_what_a_record_system_does_not_offer_is_no_failure(chart, key):
    assert not decide(replace(snapshot(chart), missing=frozenset({key}))).cards


@pytest.mark.parametrize("key", KEYS)
def test_an_order_that_has_nothing_to_do_with_magnesium_needs_no_key(key):
    shot = snapshot({**QUIET[0], "drafts": ["paracetamol 500 mg tablets"]})
    assert not decide(failed(shot, key)).cards


@pytest.mark.parametrize("key", ["medications", "administrations"])
def test_a_list_that_was_cut_or_failed_withholds_iv_magnesium_and_is_named(key):
    shot = snapshot({"setting": "inpatient", "magnesium": 1.1, "labs": {"egfr": 85, "potassium": 4.2}})
    offers_iv = lambda shot: "IV" in str([card.body.get("suggestions") for card in decide(shot).cards])  # noqa: E731
    assert offers_iv(shot)
    for unseen in (replace(shot, partial=frozenset({key})), failed(shot, key)):
        assert not offers_iv(unseen)
        name = BY_KEY[key].missed_as(knowledge().words)
        assert any(name in str(card.body["detail"]) for card in decide(unseen).cards)


def test_administrations_that_nobody_offers_withhold_nothing():
    shot = snapshot({"setting": "inpatient", "magnesium": 1.1, "labs": {"egfr": 85, "potassium": 4.2}})
    absent = replace(shot, missing=frozenset({"administrations"}))
    assert [card.body for card in decide(absent).cards] == [card.body for card in decide(shot).cards]
