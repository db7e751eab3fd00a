"""Exports as they come: broken lines, compressed files, odd ends of lines, missing files, several versions."""

import gzip
import json
import os
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cds_service.backtest import buckets, ndjson
from cds_service.backtest.job import BacktestError
from cds_service.backtest.ndjson import ExportFile, export_files, lines, other_files, shards
from cds_service.backtest.state import content_key
from tests.backtest.exports import (
    at,
    backtest,
    condition,
    forecast,
    job_of,
    order,
    patient,
    result,
    write,
)

LOW = [patient(), result("mg", 1.2, at("09:00"))]


def test_a_low_result_is_one_call_and_one_card(tmp_path):
    summary = forecast(tmp_path, LOW)
    assert (summary["patients"], summary["calls"], summary["cards"]) == (1, 1, 1)
    assert summary["by_rule"]["magnesium_is_severely_low"] == 1
    assert summary["skipped_lines"] == 0


def test_two_units_mean_the_same(tmp_path):
    moles = result("m", 0.49, at("09:00"), "2601-3", "mmol/L")
    in_moles = forecast(tmp_path / "a", [patient(), moles])
    in_mass = forecast(tmp_path / "b", [patient(), result("m", 1.2, at("09:00"))])
    assert in_moles["by_rule"] == in_mass["by_rule"]
    odd = forecast(tmp_path / "c", [patient(), result("m", 1.2, at("09:00"), unit="furlong")])
    assert odd["data_quality"]["patients_with_unusable_results"] == {"magnesium has no unit we know": 1}


def test_broken_lines_are_counted_and_named_by_file_and_line_without_their_content(tmp_path):
    export, out = write(tmp_path / "export", LOW), tmp_path / "report"
    good = (export / "Observation.ndjson").read_bytes()
    secret = b'{"resourceType": "Observation", "note": "Doe, Jane'
    broken = [b"\xef\xbb\xbf" + good.strip(), b"", secret, b"no json", b"[1, 2]", b"\xff\xfe", b'{"id": "x"}', b"  "]
    (export / "Observation.ndjson").write_bytes(b"\r\n".join(broken))
    summary = backtest(job_of(export, out), out)
    assert summary["skipped_lines"] == 5 and summary["cards"] == 1
    told = [(item["file"], item["line"], item["reason"]) for item in summary["data_quality"]["skipped"]]
    assert [line for _, line, _ in told] == [3, 4, 5, 6, 7]
    assert {name for name, _, _ in told} == {"Observation.ndjson"}
    assert {why for _, _, why in told} == {"not valid JSON", "JSON, but not a FHIR resource"}
    assert all(b"Doe" not in path.read_bytes() for path in out.iterdir())
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "5 lines could not be read" in page


def test_line_numbers_count_from_the_start_of_the_file_however_it_is_cut(tmp_path, monkeypatch):
    export, out = write(tmp_path / "export", LOW), tmp_path / "report"
    with (export / "Condition.ndjson").open("wb") as opened:
        for number in range(1, 201):
            opened.write(
                b"broken\n"
                if number in (3, 150, 200)
                else json.dumps(condition(f"c{number}", "I10", "2025")).encode() + b"\n"
            )
    monkeypatch.setattr("cds_service.backtest.run.SHARD_BYTES", 1000)
    job = job_of(export, out)
    assert len(job.shards) > 20
    assert [item["line"] for item in backtest(job, out)["data_quality"]["skipped"]] == [3, 150, 200]


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.binary(max_size=12).filter(lambda line: b"\n" not in line), max_size=30),
    st.integers(1, 60),
    st.booleans(),
)
def test_however_a_file_is_cut_every_line_is_read_once(tmp_path_factory, content, most, ended):
    folder = tmp_path_factory.mktemp("cut")
    whole = b"\n".join(content) + (b"\n" if ended else b"")
    assume(not whole.startswith(b"\x1f\x8b"))
    (folder / "x.ndjson").write_bytes(whole)
    told = [line for shard in shards(export_files(folder), most) for line in lines(folder, shard)]
    assert b"".join(told) == whole.removeprefix(b"\xef\xbb\xbf")
    assert [line.rstrip(b"\n") for line in told] == whole.removeprefix(b"\xef\xbb\xbf").split(b"\n")[: len(told)]


def test_an_endless_line_is_skipped_and_the_next_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(ndjson, "LONGEST_LINE", 100)
    (tmp_path / "x.ndjson").write_bytes(b"a\n" + b"x" * 1050 + b"\n" + b"y" * 98 + b"\n" + b"z" * 100 + b"\nlast")
    [shard] = shards(export_files(tmp_path))
    assert list(lines(tmp_path, shard)) == [b"a\n", ndjson.TOO_LONG, b"y" * 98 + b"\n", ndjson.TOO_LONG, b"last"]


def test_compressed_files_read_the_same(tmp_path):
    plain = forecast(tmp_path / "a", LOW)
    export, out = write(tmp_path / "b" / "export", LOW, packed=True), tmp_path / "b" / "report"
    packed = backtest(job_of(export, out), out)
    assert packed == plain


def test_a_damaged_compressed_file_is_read_as_far_as_it_goes(tmp_path):
    export, out = write(tmp_path / "export", LOW), tmp_path / "report"
    many = b"".join(json.dumps(condition(f"c{n}", "I10", "2025")).encode() + b"\n" for n in range(3000))
    (export / "Condition.ndjson.gz").write_bytes(gzip.compress(many)[:-2000])
    (export / "Encounter.ndjson.gz").write_bytes(b"this is no gzip file at all")
    summary = backtest(job_of(export, out), out)
    reasons = {item["file"]: item["reason"] for item in summary["data_quality"]["skipped"]}
    assert reasons == {"Condition.ndjson.gz": ndjson.ENDS_EARLY, "Encounter.ndjson.gz": "not valid JSON"}
    assert summary["cards"] == 1 and summary["data_quality"]["resources"]["Condition"] > 100


def test_a_compressed_file_that_unpacks_without_end_is_read_up_to_a_bound_and_told(tmp_path, monkeypatch):
    monkeypatch.setattr(ndjson, "LONGEST_LINE", 1000)
    export, out = write(tmp_path / "export", LOW), tmp_path / "report"
    packed = gzip.compress(json.dumps(condition("c1", "I10", "2025")).encode().ljust(999) + b"\n" * 10_000_000)
    (export / "Condition.ndjson.gz").write_bytes(packed)
    summary = backtest(job_of(export, out), out)
    [told] = summary["data_quality"]["skipped"]
    assert told["reason"] == ndjson.TOO_FAR and told["line"] < 101 * len(packed)
    assert summary["data_quality"]["files_ended_early"] == ["Condition.ndjson.gz"] and summary["cards"] == 1


def test_a_part_of_the_patients_that_no_memory_should_hold_is_refused_and_says_what_to_do(tmp_path, monkeypatch):
    """It had no bound: all of an export that is about one id was held at once."""
    monkeypatch.setattr(buckets, "MOST_BYTES", 3 * 2**20)
    many = [result(f"mg{n}", 1.2, at("09:00"), note=[{"text": "x" * 2**16}]) for n in range(64)]
    with pytest.raises(BacktestError, match=r"more than 3 MB of resources that are read\. .*Leave it out"):
        forecast(tmp_path, [patient(), *many])
    assert not (tmp_path / "report" / "report.html").exists()


def test_files_in_folders_with_any_name_and_mixed_content_are_read(tmp_path):
    export, out = tmp_path / "export", tmp_path / "report"
    (export / "part-1").mkdir(parents=True)
    (export / "part-1" / "0001.NDJSON").write_text("\n".join(map(json.dumps, LOW)), encoding="utf-8")
    (export / "notes.txt").write_text("not read", encoding="utf-8")
    assert backtest(job_of(export, out), out)["cards"] == 1


def missing(tmp_path, name, *resources):
    forecast(tmp_path / name, [*LOW, *resources])
    return (tmp_path / name / "report" / "report.html").read_text(encoding="utf-8")


def test_a_type_that_is_not_in_the_export_is_not_known_an_empty_file_means_none(tmp_path):
    page = missing(tmp_path, "a")
    types = [
        "MedicationRequest",
        "MedicationAdministration",
        "MedicationStatement",
        "Condition",
        "Encounter",
        "ServiceRequest",
        "AllergyIntolerance",
    ]
    absent = f"Not in the export: {', '.join(types)}."
    told = "administrations, allergies, conditions, encounters, medications, ordered tests, statements"
    assert absent in page and f"<dt>Not known</dt><dd>{told}</dd>" in page
    export, out = write(tmp_path / "b", LOW), tmp_path / "out"
    for kind in types:
        (export / f"1.{kind}.ndjson").write_bytes(b"")
    assert backtest(job_of(export, out), out)["data_quality"]["not_in_export"] == []
    known = (out / "report.html").read_text(encoding="utf-8")
    assert "Not in the export" not in known and "<dt>Not known</dt>" not in known


def test_without_results_nothing_can_be_told(tmp_path):
    summary = forecast(tmp_path, [patient(), order("o", "6585", at("10:00"))])
    assert (summary["calls"], summary["cannot_tell"], summary["cards"]) == (1, 1, 0)


def test_the_newest_version_of_a_resource_counts_whichever_file_it_is_in(tmp_path):
    old = result("mg", 1.2, at("09:00"), meta={"lastUpdated": "2025-03-10T09:00:00Z"})
    new = result("mg", 2.1, at("09:00"), meta={"lastUpdated": "2025-03-10T10:00:00+00:00"})
    for name, first, second in (("a", old, new), ("b", new, old)):
        export, out = write(tmp_path / name, [patient(), first]), tmp_path / f"out-{name}"
        (export / "more.ndjson").write_text(json.dumps(second), encoding="utf-8")
        summary = backtest(job_of(export, out), out)
        assert (summary["cards"], summary["data_quality"]["older_versions"]) == (0, 1)


def test_versions_count_by_their_number_when_they_do_not_say_when(tmp_path):
    old = result("mg", 2.1, at("09:00"), meta={"versionId": "9"})
    new = result("mg", 1.2, at("09:00"), meta={"versionId": "10"})
    for name, first, second in (("a", old, new), ("b", new, old)):
        export, out = write(tmp_path / name, [patient(), first]), tmp_path / f"out-{name}"
        (export / "more.ndjson").write_text(json.dumps(second), encoding="utf-8")
        assert backtest(job_of(export, out), out)["cards"] == 1


def test_orders_that_refer_to_a_medication_are_known_by_it(tmp_path):
    concept = {"coding": [{"system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": "7646"}]}
    medication = {"resourceType": "Medication", "id": "m1", "code": concept}
    outdated = {**medication, "code": {"text": "?"}, "meta": {"lastUpdated": "2020-01-01T00:00:00Z"}}
    taken = order("o", "x", "2024-01-01T00:00:00Z", medicationReference={"reference": "Medication/m1"})
    del taken["medicationCodeableConcept"]
    newest = {**medication, "meta": {"lastUpdated": "2021-01-01T00:00:00Z"}}
    summary = forecast(tmp_path, [*LOW, taken, newest, outdated])
    assert summary["culprits"] == {"omeprazole": 1}


def test_what_cannot_be_placed_is_left_out_and_told(tmp_path):
    nobody = {**condition("c1", "I10", "2025-01-01"), "subject": {"display": "someone"}}
    undated = condition("c2", "I10", "")
    odd = [patient("no id"), {**result("x", 1.0, at("09:00")), "subject": {"reference": "Patient/no id"}}]
    alone = result("y", 2.0, at("09:00")) | {"subject": {"reference": "Patient/p9"}}
    quality = forecast(tmp_path, [*LOW, nobody, undated, *odd, alone])["data_quality"]
    assert quality["without_patient"] == {"Condition": 1}
    assert quality["undated"] == {"Condition": 1}
    assert quality["patients_left_out"] == 1
    assert quality["patients_without_patient_resource"] == 1


def test_orders_from_before_the_first_result_are_no_calls(tmp_path):
    summary = forecast(tmp_path, [*LOW, order("old", "7646", "2020-01-01T08:00:00Z")])
    assert summary["calls"] == 1 and summary["culprits"] == {"omeprazole": 1}


def test_a_copy_of_an_export_has_the_same_key_and_another_export_has_not(tmp_path):
    first, copy, other = (write(tmp_path / name, LOW) for name in ("a", "b", "c"))
    (other / "Patient.ndjson").write_text(json.dumps(patient("p2")), encoding="utf-8")
    keys = [content_key(folder, export_files(folder)) for folder in (first, copy, other)]
    assert keys[0] == keys[1] != keys[2]


@pytest.mark.parametrize(("size", "expected"), [(0, 0), (1, 1), (10, 1), (11, 2)])
def test_an_empty_file_has_no_shard(size, expected):
    assert len(shards((ExportFile("x.ndjson", size),), 10)) == expected


@pytest.mark.parametrize(
    ("name", "content", "named"),
    [
        ("Observation.json", b'{"resourceType": "Observation"}\n', True),
        ("bundle", b'\xef\xbb\xbf [\n {"resourceType": "Bundle"', True),
        ("Observation.ndjson.gzip", gzip.compress(b'{"resourceType": "Observation"}\n', mtime=0), True),
        ("manifest.json", b'{"transactionTime": "2026-01-01", "output": []}', False),
        ("readme.txt", b'about "resourceType"', False),
        ("half.gzip", b"\x1f\x8b\x08 cut", False),
    ],
)
def test_what_holds_resources_under_another_name_is_told(name, content, named, tmp_path):
    export = write(tmp_path / "export", LOW)
    (export / name).write_bytes(content)
    told = backtest(job_of(export, tmp_path / "report"), tmp_path / "report")
    assert [name in warning for warning in told["warnings"] if "were not read" in warning] == [True] * named


def test_an_export_with_other_names_alone_says_to_rename_them(tmp_path):
    (tmp_path / "Observation.json").write_bytes(b'{"resourceType": "Observation"}')
    with pytest.raises(BacktestError, match=r"\(Observation.json\): rename them"):
        job_of(tmp_path, tmp_path / "report")


def test_what_says_that_it_is_empty_is_not_opened(tmp_path, monkeypatch):
    """A link in an export may lead to /proc/kmsg, which says so, and whose end is waited for."""
    for name in ("Observation.ndjson", "notes.txt"):
        (tmp_path / name).touch()
    (tmp_path / "Patient.ndjson").write_text(json.dumps(patient()), encoding="utf-8")
    opened, usual = set(), Path.open
    monkeypatch.setattr(Path, "open", lambda path, *told: opened.add(path.name) or usual(path, *told))
    files = export_files(tmp_path)
    assert content_key(tmp_path, files) and other_files(tmp_path) == ()
    assert opened == {"Patient.ndjson"} and {file.name for file in files} == {"Patient.ndjson", "Observation.ndjson"}


@pytest.mark.skipif(os.name != "posix", reason="rights of files are told otherwise there")
def test_only_who_made_a_report_may_read_it(tmp_path):
    forecast(tmp_path, LOW)
    (out,) = (path.parent for path in tmp_path.rglob("alerts.csv"))
    assert out.stat().st_mode & 0o777 == 0o700
