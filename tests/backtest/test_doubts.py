"""What makes a forecast doubtful is said at the top of the page, in the summary and on the console."""

import gzip
import html
import json

import pytest
from click.testing import CliRunner

from cds_service.backtest.job import KnowledgeSource
from cds_service.backtest.run import plan
from cds_service.run.cli import main
from tests.backtest.exports import (
    ANYWHEN,
    at,
    backtest,
    condition,
    forecast,
    job_of,
    of_patient,
    order,
    patient,
    result,
    stay,
    write,
)

LAB = "https://lab.example.org/tests"
LOW = [patient(), result("mg", 1.2, at("09:00"))]
LOCAL = [patient(), result("mg", 1.2, at("09:00")) | {"code": {"coding": [{"system": LAB, "code": "MG-SER"}]}}]
OWN_CODES = KnowledgeSource(
    "own.yaml", site=f'codes:\n  labs:\n    - {{system: "{LAB}", code: MG-SER, analyte: magnesium}}\n'
)


def page_of(out):
    """The text of the report."""
    return html.unescape((out / "report.html").read_text(encoding="utf-8"))


def is_said(warning, summary, out):
    """Whether a warning stands in the summary and above the numbers of the page."""
    return any(warning in told for told in summary["warnings"]) and warning in page_of(out).split('class="tiles"')[0]


def test_magnesium_in_codes_that_are_not_known_is_no_forecast_of_silence(tmp_path):
    summary = forecast(tmp_path, LOCAL)
    assert summary["cards"] == 0 and summary["data_quality"]["results_used"]["magnesium"] == 0
    assert is_said("No result in this export is known as magnesium", summary, tmp_path / "report")
    assert "codes.labs" in summary["warnings"][0]
    out = tmp_path / "own"
    known = backtest(plan(tmp_path / "export", out, OWN_CODES, None, ANYWHEN), out)
    assert known["data_quality"]["results_used"]["magnesium"] == 1 and known["warnings"] == []


def test_the_report_opens_with_what_was_understood(tmp_path):
    local = {"coding": [{"system": LAB, "code": "KARD-0417"}]}
    unread = {"resourceType": "Condition", "id": "c", "subject": {"reference": "Patient/p1"}, "code": local}
    summary = forecast(tmp_path, [*LOW, {**unread, "recordedDate": at("08:00")}])
    assert summary["understood"]["problem"] == {"entries": summary["calls"], "understood": 0} != {"entries": 0}
    assert summary["understood"]["magnesium result"]["understood"] == summary["calls"]
    head = page_of(tmp_path / "report").split('class="tiles"')[0]
    assert "Of what the calls brought the service could read" in head and "problems" in head


def test_a_good_export_has_no_warning(tmp_path):
    summary = forecast(tmp_path, [*LOW, result("k", 4.0, at("09:00"), "2823-3", "mmol/L")])
    assert summary["warnings"] == [] and 'class="alarm"' not in page_of(tmp_path / "report")
    used = summary["data_quality"]["results_used"]
    assert used == {"magnesium": 1, "potassium": 1, "creatinine": 0, "egfr": 0, "calcium": 0}
    assert "1 magnesium, 1 potassium, 0 creatinine" in page_of(tmp_path / "report")


def test_warnings_are_said_on_the_console(tmp_path):
    export = write(tmp_path / "export", LOCAL)
    done = CliRunner().invoke(main, ["backtest", str(export), "--out", str(tmp_path / "report"), "--workers", "1"])
    assert done.exit_code == 0 and "Warning: No result in this export is known as magnesium" in done.stdout


@pytest.mark.parametrize("damage", [lambda packed: packed[:-2000], lambda packed: b"no gzip" + packed])
def test_a_damaged_file_is_named_and_is_no_sign_that_there_is_none_of_its_type(damage, tmp_path):
    export, out = write(tmp_path / "export", LOW), tmp_path / "report"
    many = b"".join(json.dumps(condition(f"c{n}", "I10", "2025")).encode() + b"\n" for n in range(3000))
    (export / "Encounter.ndjson.gz").write_bytes(damage(gzip.compress(many)))
    (export / "MedicationRequest.ndjson.gz").write_bytes(gzip.compress(b"\n"))
    summary = backtest(job_of(export, out), out)
    assert summary["data_quality"]["files_ended_early"] == ["Encounter.ndjson.gz"]
    assert is_said("Encounter.ndjson.gz ended early: what follows is missing", summary, out)
    absent = summary["data_quality"]["not_in_export"]
    assert "Encounter" in absent and "MedicationRequest" not in absent


def test_a_file_of_errors_is_no_sign_that_there_is_none_of_its_type(tmp_path):
    export, out = write(tmp_path / "export", LOW), tmp_path / "report"
    (export / "error.Condition.ndjson").write_text('{"resourceType": "OperationOutcome"}\n', encoding="utf-8")
    assert "Condition" in backtest(job_of(export, out), out)["data_quality"]["not_in_export"]


@pytest.mark.parametrize("name", ["Observation.ndjson", "part.NDJSON.GZ"])
def test_compressed_is_what_begins_so_whatever_its_name(name, tmp_path):
    export, out = write(tmp_path / "export", LOW), tmp_path / "report"
    plain = (export / "Observation.ndjson").read_bytes()
    (export / "Observation.ndjson").unlink()
    (export / name).write_bytes(gzip.compress(plain))
    summary = backtest(job_of(export, out), out)
    assert (summary["cards"], summary["skipped_lines"], summary["warnings"]) == (1, 0, [])


def test_a_plain_file_with_the_name_of_a_compressed_one_is_read(tmp_path):
    export, out = write(tmp_path / "export", LOW), tmp_path / "report"
    (export / "Observation.ndjson").rename(export / "Observation.ndjson.gz")
    assert backtest(job_of(export, out), out)["cards"] == 1


@pytest.mark.parametrize("when", ["2190-01-01T08:00:00Z", "1905-01-01T08:00:00Z"])
def test_dates_that_cannot_be_make_no_call_and_do_not_stretch_the_period(when, tmp_path):
    odd = result("odd", 1.0, when, effectiveDateTime=when)
    early = order("early", "7646", "1950-01-01T00:00:00Z")
    late = order("late", "7646", when)
    summary = forecast(tmp_path, [*LOW, odd, early, late])
    assert (summary["calls"], summary["period"]["days"]) == (1, 1)
    assert summary["data_quality"]["impossible_dates"] == {"MedicationRequest": 2, "Observation": 1}
    assert "dates that cannot be" in page_of(tmp_path / "report")


def test_folders_are_named_by_numbers_and_types_only_when_they_are_types(tmp_path):
    export, out = write(tmp_path / "export", LOW), tmp_path / "report"
    for folder in ("doe-jane-1955", "doe-john-1950/more"):
        (export / folder).mkdir(parents=True)
        (export / folder / "x.ndjson").write_text('broken\n{"resourceType": "Smith, Jane"}\n{"resourceType": "Smith"}')
    summary = backtest(job_of(export, out), out)
    assert [item["file"] for item in summary["data_quality"]["skipped"]] == ["folder 1/x.ndjson", "folder 2/x.ndjson"]
    assert summary["data_quality"]["resources"]["of other types"] == 4
    assert not [path.name for path in out.iterdir() if b"doe-j" in path.read_bytes() or b"Smith" in path.read_bytes()]


def nameless(ident, **more):
    told = order(ident, "7646", "2024-01-01T00:00:00Z", medicationReference={"reference": "Medication/m1"}, **more)
    del told["medicationCodeableConcept"]
    return told


def test_orders_of_medicines_that_nobody_can_look_up_are_counted_and_warned_about(tmp_path):
    shown = nameless("shown") | {"medicationReference": {"reference": "Medication/m2", "display": "omeprazole"}}
    contained = nameless("c", contained=[{"resourceType": "Medication", "id": "m", "code": {"text": "omeprazole"}}])
    summary = forecast(tmp_path / "a", [*LOW, nameless("o"), shown, contained])
    quality = summary["data_quality"]
    assert (quality["orders"], quality["orders_without_medicine"]) == (3, 1)
    assert is_said("1 of 3 orders and doses (33 %) do not say which medicine", summary, tmp_path / "a" / "report")
    named = {"resourceType": "Medication", "id": "m1", "code": {"coding": [{"display": "omeprazole"}]}}
    known = forecast(tmp_path / "b", [*LOW, nameless("o"), named])
    assert known["data_quality"]["orders_without_medicine"] == 0 and known["warnings"] == []
    many = forecast(tmp_path / "c", [*LOW, nameless("o"), *(order(f"o{n}", "7646", at("07:00")) for n in range(9))])
    assert many["data_quality"]["orders_without_medicine"] == 1 and many["warnings"] == []


def test_patients_without_a_birth_date_are_warned_about(tmp_path):
    ageless = {"resourceType": "Patient", "id": LOW[0]["id"], "gender": "female"}
    summary = forecast(tmp_path / "a", [ageless, *LOW[1:]])
    assert is_said("1 of 1 patients (100 %) have no birth date", summary, tmp_path / "a" / "report")
    assert forecast(tmp_path / "b", [{**ageless, "birthDate": "1950"}, *LOW[1:]])["warnings"] == []


def test_what_nobody_could_read_is_warned_about_by_its_kind(tmp_path):
    local = {"code": {"coding": [{"system": "https://hospital.example/problems", "code": "77"}]}}
    problem = of_patient("Condition", "c", recordedDate=at("01:00"), **local)
    odd = stay("odd", at("01:00"), None, code="77-X")
    summary = forecast(tmp_path, [*LOW, problem, odd])
    for what in ("problems", "stays"):
        assert is_said(f"{what} (100 %) could not be read", summary, tmp_path / "report")


def test_what_is_guessed_or_left_out_is_counted(tmp_path):
    over = stay("e", at("01:00"), None) | {"status": "finished"}
    dose = of_patient("MedicationAdministration", "d", status="unknown", effectiveDateTime=at("08:00"))
    quality = forecast(tmp_path, [*LOW, over, dose, order("o", "7646", at("07:00"), "unknown")])["data_quality"]
    assert quality["end_not_told"] == {"Encounter": 1}
    assert quality["status_unknown"] == {"MedicationAdministration": 1, "MedicationRequest": 1}
    assert "status “unknown”" in page_of(tmp_path / "report")


def test_a_record_that_nobody_can_cope_with_is_left_out_whole_and_the_others_count(tmp_path, monkeypatch):
    def fails_without_age(decision):
        if decision.trace.chart.age_days is None:
            raise KeyError("Doe, Jane")
        return ()

    monkeypatch.setattr("cds_service.backtest.reduce._unusable", fails_without_age)
    other = [patient("p2", birthDate=None), result("mg2", 1.2, at("09:00")) | {"subject": {"reference": "Patient/p2"}}]
    summary = forecast(tmp_path, [*LOW, *other])
    assert (summary["patients"], summary["calls"], summary["cards"]) == (2, 1, 1)
    assert summary["data_quality"]["patients_failed"] == {"KeyError": 1}
    assert is_said("1 patients were left out", summary, tmp_path / "report")
    assert all(b"Doe" not in path.read_bytes() for path in (tmp_path / "report").iterdir())
