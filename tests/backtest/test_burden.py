"""How much the cards ask of clinicians: the figures against a count of the same calls by hand."""

import json
from datetime import timedelta

import pytest

from cds_service.backtest.job import KnowledgeSource
from cds_service.backtest.times import point
from tests.backtest.exports import RXNORM, at, calls, forecast, of_patient, order, patient, result

SULFATE, POTASSIUM = "6585", "8591"
LOW = [patient(), result("mg", 1.2, at("09:00"))]
AGAIN = result("mg2", 1.1, at("09:00", "2025-03-12"), effectiveDateTime=at("08:00", "2025-03-12"))
MILD = [patient(), result("mg", 1.6, at("09:00"))]
SILENT = "rules:\n  off: [magnesium_is_mildly_low]\n"


def given(when, status="completed", code=SULFATE):
    """A dose that was given; at a moment, or over a period."""
    time = {"effectiveDateTime": when} if isinstance(when, str) else {"effectivePeriod": when}
    medicine = {"coding": [{"system": RXNORM, "code": code}]}
    return of_patient("MedicationAdministration", "a", status=status, medicationCodeableConcept=medicine, **time)


def burden(tmp_path, resources, **more):
    return forecast(tmp_path, resources, **more)["burden"]


def test_one_low_result_is_one_card_of_use(tmp_path):
    other = given(at("09:00"), code=POTASSIUM)
    assert burden(tmp_path, [*LOW, other]) == {
        "cards_per_1000_calls": 1000.0,
        "cards_per_1000_orders": None,
        "calls": 1,
        "cards": 1,
        "orders": 0,
        "cards_at_orders": 0,
        "low": 1,
        "not_given": 1,
        "low_and_not_given": 1,
        "repeats": 0,
    }


@pytest.mark.parametrize(
    ("dose", "is_given"),
    [
        (given(at("09:15", "2025-03-09")), True),  # the card comes at 09:15, a quarter after the result
        (given(at("09:14", "2025-03-09")), False),
        (given(at("09:15", "2025-03-11")), True),
        (given(at("09:16", "2025-03-11")), False),
        (given({"start": at("04:00", "2025-03-08"), "end": at("09:20", "2025-03-09")}), True),
        (given({"start": at("04:00", "2025-03-08")}), False),
        (given({"start": at("04:00", "2025-03-08")}, status="in-progress"), True),
        (given(at("10:00"), status="not-done"), False),
        (given(at("10:00"), code=POTASSIUM), False),
    ],
)
def test_magnesium_counts_as_given_24_h_before_and_after(dose, is_given, tmp_path):
    told = burden(tmp_path, [*LOW, dose])
    assert (told["cards"] - told["not_given"]) == (told["cards"] if is_given else 0)
    assert told["low_and_not_given"] <= min(told["low"], told["not_given"])


def test_without_doses_in_the_export_nobody_knows_whether_magnesium_was_given(tmp_path):
    told = burden(tmp_path, LOW)
    assert told["not_given"] is None and told["low_and_not_given"] is None and told["cards"] == 1
    report = (tmp_path / "report" / "report.html").read_text(encoding="utf-8")
    assert "not known" in report and "holds no MedicationAdministration" in report


def test_a_repeat_is_the_same_rule_on_the_same_result_and_a_new_result_is_none(tmp_path):
    potassium = result("k", 3.0, at("12:00"), code="2823-3", unit="mmol/L", effectiveDateTime=at("11:00"))
    told = burden(tmp_path, [*LOW, potassium, AGAIN])
    assert (told["calls"], told["low"], told["repeats"]) == (3, told["cards"], 1)


def test_cards_at_orders_are_counted_by_the_order(tmp_path):
    orders = [order("o1", "7646", at("10:00")), order("o2", "4603", at("10:00")), order("o3", "161", at("11:00"))]
    summary = forecast(tmp_path, [*LOW, *orders])
    told, signed = summary["burden"], summary["by_hook"]["order-sign"]
    assert told["orders"] == 3 and signed["calls"] == 2 and signed["cards"] > 0
    assert told["cards_at_orders"] == signed["cards"]
    assert told["cards_per_1000_orders"] == round(1000 * signed["cards"] / 3, 2)
    assert told["cards_per_1000_calls"] == round(1000 * told["cards"] / told["calls"], 2)


def test_both_sides_of_a_comparison_are_told(tmp_path):
    summary = forecast(tmp_path, [*MILD, given(at("10:00"))], baseline=KnowledgeSource("quiet.yaml", SILENT))
    here, there = summary["burden"], summary["compare"]["burden"]
    assert here["cards"] == 1 and there["calls"] == 1 and there["cards"] < here["cards"]
    report = (tmp_path / "report" / "report.html").read_text(encoding="utf-8")
    assert report.count('class="n">quiet.yaml</th>') == 1


def records(folder):
    """The resources of every patient of an export, as they stand in its files."""
    found = {}
    for path in folder.glob("*.ndjson"):
        for line in path.read_bytes().splitlines():
            try:
                told = json.loads(line)
            except ValueError:
                continue
            if isinstance(told, dict) and told.get("resourceType"):
                whose = told.get("subject", {}).get("reference", f"Patient/{told['id']}")
                found.setdefault(whose.removeprefix("Patient/"), []).append(told)
    return found


def doses(record):
    """From when to when magnesium sulfate was given, read from the codes alone."""
    for told in record:
        if told["resourceType"] == "MedicationAdministration":
            assert told["status"] == "completed"
            if SULFATE in [c["code"] for c in told["medicationCodeableConcept"]["coding"]]:
                period = told["effectivePeriod"]
                yield point(period["start"]), point(period["end"])


def test_the_figures_are_those_of_a_direct_count(reported, synthetic):
    """Every patient replayed in memory, and counted from the raw resources and cards."""
    counted = dict.fromkeys(("calls", "cards", "orders", "cards_at_orders", "low", "not_given", "repeats"), 0)
    every = records(synthetic[0])
    first = min(point(r["issued"]) for record in every.values() for r in record if r["resourceType"] == "Observation")
    day = timedelta(hours=24)
    for ident, record in every.items():
        seen, given_here = [], list(doses(record))
        for call in (call for call in calls(record, ident) if call.moment.when >= first):
            when, magnesium = call.moment.when, call.decision.trace.chart.magnesium
            drafts = call.request["context"].get("draftOrders", {"entry": []})["entry"]
            counted["calls"] += 1
            counted["orders"] += len(drafts)
            for card in call.decision.cards:
                key = card.rules[0], magnesium and magnesium.reference
                counted["cards"] += 1
                counted["cards_at_orders"] += bool(drafts)
                counted["low"] += bool(call.decision.trace.chart.is_low)
                counted["not_given"] += all(end < when - day or start > when + day for start, end in given_here)
                counted["repeats"] += key in seen
                seen.append(key)
    told = reported[1]["burden"]
    assert {name: told[name] for name in counted} == counted
    assert 0 < counted["not_given"] < counted["cards"] and counted["low"] and counted["orders"] and counted["repeats"]
