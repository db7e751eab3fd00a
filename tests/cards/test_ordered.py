"""What is ordered already is known by its code or words, and for the time that is asked for."""

from dataclasses import replace
from typing import Any

import pytest

from cards.chart import Chart
from cards.model import DraftTest
from cards.plan.ordered import is_ordered
from tests.cards import answer
from tests.cards.chart import LOINC, SNOMED, Json, ago, decide, knowledge, snapshot
from tests.cards.chart import NOW as CALLED

LOW = {"magnesium": 1.4, "setting": "inpatient", "labs": {"egfr": 90, "potassium": 4.2}}
MAGNESIUM = {"coding": [{"system": LOINC, "code": "2601-3"}]}


def request(code: Json | None = None, **more: Any) -> Json:
    """An order of a test, signed an hour ago."""
    told = {"status": "active", "intent": "order", "authoredOn": ago(1), "code": code or MAGNESIUM, **more}
    return {"resourceType": "ServiceRequest", "id": "s1", "subject": {"reference": "Patient/p1"}, **told}


def chart_with(told: Json, chart: Json = LOW) -> Chart:
    """A chart with an order of a test."""
    shot = snapshot(chart)
    return Chart(replace(shot, resources={**shot.resources, "ordered_tests": [told]}), knowledge(), CALLED)


def counts(told: Json, test: str = "magnesium", when: str = "next_morning") -> bool:
    """Whether the order makes the test unnecessary."""
    return is_ordered(DraftTest(test, when), chart_with(told))


@pytest.mark.parametrize(
    ("test", "code"),
    [
        ("magnesium", MAGNESIUM),
        ("magnesium", {"text": "Magnesium"}),
        ("bmp", {"coding": [{"system": LOINC, "code": "51990-0"}]}),
        ("bmp", {"text": "Basic Metabolic Panel"}),
        ("ecg", {"coding": [{"system": SNOMED, "code": "29303009"}]}),
        ("ecg", {"text": "12-lead ECG"}),
    ],
)
def test_a_test_is_known_by_code_or_words(test: str, code: Json) -> None:
    assert counts(request(code), test)


@pytest.mark.parametrize(
    "code", [{"text": "Magnesium, urine"}, {"coding": [{"system": LOINC, "code": "2823-3"}]}, {"text": "X-ray"}, {}]
)
def test_another_test_is_another(code: Json) -> None:
    assert not counts(request(code or {"coding": []}))


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, True),
        ({"authoredOn": ago(25)}, False),
        ({"authoredOn": ago(3)}, False),  # it gave the result of two hours ago
        ({"authoredOn": None}, False),
        ({"status": "completed"}, False),
        ({"status": "on-hold"}, False),
        ({"status": "revoked"}, False),
        ({"doNotPerform": True}, False),
        ({"authoredOn": ago(200), "occurrenceDateTime": ago(-18)}, True),
        ({"occurrenceDateTime": ago(-200)}, False),
        ({"occurrenceDateTime": ago(30)}, False),
        ({"occurrencePeriod": {"start": ago(-12), "end": ago(-24)}}, True),
        (
            {"authoredOn": ago(90), "occurrenceTiming": {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}}},
            True,
        ),
        ({"occurrenceTiming": {"repeat": {"boundsPeriod": {"start": ago(90), "end": ago(20)}}}}, False),
        ({"occurrencePeriod": "soon", "occurrenceDateTime": 7}, True),
    ],
)
def test_an_order_counts_for_its_time(more: Json, expected: bool) -> None:
    assert counts(request(**more)) is expected


def test_what_is_needed_now_does_not_wait_for_tomorrow() -> None:
    tomorrow = request(occurrenceDateTime=ago(-18))
    assert counts(tomorrow) and not counts(tomorrow, when="now")
    assert counts(request(occurrenceDateTime=ago(-100)), when="oral_week")  # what comes sooner tells more


@pytest.mark.parametrize(
    ("hours", "measured", "expected"),
    [(0, False, True), (0.9, False, True), (1.1, False, False), (20, False, False), (0, True, False)],
)
def test_before_the_first_result_the_next_draw_is_not_ordered(hours: float, measured: bool, expected: bool) -> None:
    """The window begins in an hour: a draw of longer ago without a result got lost."""
    never = {"setting": "inpatient", "labs": {"egfr": 90}}
    chart = chart_with(request(occurrenceDateTime=ago(hours)), LOW if measured else never)
    assert is_ordered(DraftTest("magnesium", "after_emergency"), chart) is expected


@pytest.mark.parametrize("status", ["draft", "active"])
def test_a_card_tells_what_is_ordered_and_orders_the_rest(status: str) -> None:
    shot, told = snapshot(LOW), request(status=status)
    more = {"drafts": [told]} if status == "draft" else {"resources": {**shot.resources, "ordered_tests": [told]}}
    [before], [after] = decide(shot).cards, decide(replace(shot, **more)).cards
    assert "test:magnesium" in answer.offers([before])
    assert answer.offers([after]) == answer.offers([before]) - {"test:magnesium"}
    assert "Already ordered: magnesium." in answer.text_of(after)
    assert not any("recheck" in s["label"] for s in answer.suggestions(after))


@pytest.mark.parametrize("garbled", [{"code": "x"}, {"code": [7]}, {"authoredOn": {}}, {"occurrenceTiming": []}])
def test_an_order_that_cannot_be_read_withholds_nothing(garbled: Json) -> None:
    told = {**request(authoredOn=ago(90)), **garbled}
    shot = snapshot(LOW)
    found = decide(replace(shot, resources={**shot.resources, "ordered_tests": [told]})).cards
    assert answer.offers(found) == answer.offers(decide(shot).cards)
