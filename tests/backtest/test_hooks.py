"""The hooks that are replayed when they are asked for: an order chosen, a patient going home, a renewal."""

import pytest

from cds_service.backtest.moments import HOOKS
from tests.backtest.exports import (
    at,
    backtest,
    calls,
    job_of,
    order,
    patient,
    prefetched,
    requests,
    result,
    stay,
    utc,
    write,
)

PPI, FUROSEMIDE, PARACETAMOL = "7646", "4603", "161"
IN_STAY = {"encounter": {"reference": "Encounter/e"}}
HOME, SELECT, REFILL = "encounter-discharge", "order-select", "medication-refill"
LONG_AGO = order("old", PPI, "2023-01-01T08:00:00Z")
AGAIN = order("again", PPI, at("15:00"))
ONE_OF_EACH = [
    patient(),
    stay("e", at("01:00"), at("14:00")),
    result("mg", 1.2, at("09:00")),
    order("o1", FUROSEMIDE, at("10:00"), **IN_STAY),
    order("o2", PPI, at("10:00"), **IN_STAY),
    LONG_AGO,
    AGAIN,
]


def at_hook(hook, resources):
    return requests(resources, hooks=[hook])


def ids(request, member):
    return [entry["resource"]["id"] for entry in request["context"][member]["entry"]]


def test_orders_are_chosen_one_after_the_other():
    found = [request["context"] for _, request in at_hook(SELECT, ONE_OF_EACH[:5])]
    assert [context["selections"] for context in found] == [["MedicationRequest/o1"], ["MedicationRequest/o2"]]
    assert [len(context["draftOrders"]["entry"]) for context in found] == [1, 2]


def test_a_patient_goes_home_a_minute_before_the_stay_ends():
    over = stay("before", "2025-01-01T00:00:00Z", "2025-01-05T00:00:00Z")
    ((first, _), (moment, request)) = at_hook(HOME, [*ONE_OF_EACH[:3], over])
    assert (first.when, moment.when) == (utc("2025-01-04T23:59:00Z"), utc(at("13:59")))
    assert request["context"]["encounterId"] == "e" and "draftOrders" not in request["context"]
    assert {told["id"]: told["status"] for told in prefetched(request, "encounters")} == {
        "e": "in-progress",
        "before": "finished",
    }


@pytest.mark.parametrize(
    "other",
    [
        stay("e", at("01:00"), None),
        stay("e", at("01:00"), at("14:00"), code="AMB"),
        stay("e", at("01:00"), None) | {"status": "finished"},
        stay("e", at("01:00"), at("14:00")) | {"status": "in-progress"},
        stay("e", at("01:00"), "2190-01-01T00:00:00Z"),
    ],
    ids=["runs", "a visit", "no end told", "end is planned", "end to come"],
)
def test_no_other_stay_ends_at_home(other, tmp_path):
    told = [patient(), other, result("mg", 1.2, at("09:00"))]
    export = write(tmp_path / "export", told)
    assert backtest(job_of(export, tmp_path / "out", hooks=[HOME]), tmp_path / "out")["calls"] == 0


def test_a_renewal_brings_what_is_renewed_and_nothing_else():
    ((moment, request),) = at_hook(REFILL, ONE_OF_EACH)
    assert moment.when == utc(at("15:00")) and ids(request, "medications") == ["again"]
    assert "draftOrders" not in request["context"]
    assert "old" in [told["id"] for told in prefetched(request, "medications")]


@pytest.mark.parametrize(
    ("orders", "renewed"),
    [
        ([LONG_AGO], []),
        ([LONG_AGO, order("other", PARACETAMOL, at("15:00"))], []),
        ([order("a", PPI, at("08:00")), order("b", PPI, at("15:00"))], []),
        ([LONG_AGO, AGAIN | {"category": [{"coding": [{"code": "inpatient"}]}]}], []),
        ([LONG_AGO, AGAIN | IN_STAY, ONE_OF_EACH[1]], []),
        ([LONG_AGO, AGAIN | {"intent": "plan"}], []),
        ([AGAIN | {"priorPrescription": {"reference": "MedicationRequest/x"}}], ["again"]),
        ([LONG_AGO, AGAIN, order("more", PPI, at("15:00"))], ["again", "more"]),
    ],
    ids=["first", "another drug", "same day", "hospital", "in a stay", "a plan", "names the one before", "two at once"],
)
def test_which_order_is_a_renewal(orders, renewed):
    found = [request for _, request in at_hook(REFILL, [patient(), *orders])]
    assert [ident for request in found for ident in ids(request, "medications")] == renewed


def test_a_ppi_of_years_without_a_level_is_told_at_its_renewal():
    (call,) = calls([patient(), LONG_AGO, AGAIN, order("f", FUROSEMIDE, at("08:00"))], hooks=[REFILL])
    assert [card.rules[0] for card in call.cards] == ["renewed_ppi_needs_level"]


def test_the_hooks_that_were_asked_for_are_told_with_their_rates(tmp_path):
    export = write(tmp_path / "export", ONE_OF_EACH)
    told = backtest(job_of(export, tmp_path / "out", hooks=HOOKS), tmp_path / "out")
    assert {hook: n["calls"] for hook, n in told["by_hook"].items()} == {
        "patient-view": 1,
        "order-select": 3,
        "order-sign": 2,
        "encounter-discharge": 1,
        "medication-refill": 1,
    }
    assert sum(n["calls"] for n in told["by_hook"].values()) == told["calls"]
    for n in told["by_hook"].values():
        assert n["cards_per_1000_calls"] == round(1000 * n["cards"] / n["calls"], 2)
    chosen = told["by_hook"]["order-select"]
    assert told["burden"]["orders"] == 3 and told["burden"]["cards_at_orders"] == chosen["cards"] > 0
    assert told["burden"]["cards_per_1000_orders"] == chosen["cards_per_1000_calls"]
    report = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert all(f"({hook})" in report for hook in HOOKS) and "that is not counted" not in report
