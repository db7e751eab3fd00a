"""What the server deleted is not replayed: Bundles of an export that ask for DELETE."""

import pytest

from tests.backtest.exports import at, forecast, order, patient, result

LOW = [patient(), result("mg", 1.2, at("09:00")), patient("p2"), result("mg2", 1.2, at("09:00"), subject="p2")]


def deleted(*urls, method="DELETE"):
    entry = [{"request": {"method": method, "url": url}} for url in urls]
    return {"resourceType": "Bundle", "type": "transaction", "entry": entry}


@pytest.mark.parametrize(
    ("url", "calls"),
    [
        ("Observation/mg", 1),
        ("https://fhir.example/r4/Observation/mg", 1),
        ("Patient/p1", 1),
        ("Observation/other", 2),
        ("Observation/mg/more/x1", 2),
        ("", 2),
    ],
)
def test_a_deleted_resource_and_all_of_a_deleted_patient_are_left_out(url, calls, tmp_path):
    told = forecast(tmp_path, [*LOW, deleted(url)])
    assert told["calls"] == calls
    assert told["skipped_lines"] == 0


def test_the_report_counts_them_each_once(tmp_path):
    told = forecast(tmp_path, [*LOW, deleted("Observation/mg", "Observation/mg"), deleted("Patient/p2")])
    assert told["calls"] == 0 and told["data_quality"]["deleted"] == 2
    assert "2 resources were deleted" in (tmp_path / "report" / "report.html").read_text(encoding="utf-8")


def test_only_what_was_deleted(tmp_path):
    told = forecast(tmp_path, [*LOW, deleted("Observation/mg", method="PUT"), {"resourceType": "Bundle", "entry": 1}])
    assert told["calls"] == 2 and told["data_quality"]["deleted"] == 0


def test_a_deleted_medicine_names_no_order(tmp_path):
    medicine = {"resourceType": "Medication", "id": "m1", "code": {"text": "Omeprazole 20 mg"}}
    by_reference = order("o1", "0", at("08:00")) | {"medicationReference": {"reference": "Medication/m1"}}
    by_reference.pop("medicationCodeableConcept")
    whole = forecast(tmp_path / "a", [*LOW, by_reference, medicine])
    without = forecast(tmp_path / "b", [*LOW, by_reference, medicine, deleted("Medication/m1")])
    told = [found["data_quality"]["orders_without_medicine"] for found in (whole, without)]
    assert told == [0, 1]
