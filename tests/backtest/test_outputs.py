"""The files of a report: the same numbers everywhere, no identifiers, nothing from elsewhere."""

import csv
import re
from html.parser import HTMLParser

import pyarrow.parquet as pq
import pytest

from cds_service.backtest.job import KnowledgeSource
from cds_service.backtest.report_page import columns_of
from cds_service.backtest.run import plan
from cds_service.backtest.tables import NAMES
from cds_service.backtest.tally import Tally
from tests.backtest.conftest import PATIENTS
from tests.backtest.exports import (
    FILES,
    SHIPPED,
    Period,
    at,
    backtest,
    forecast,
    order,
    patient,
    result,
    stay,
    utc,
    write,
)

LOW = [patient(), result("mg", 1.2, at("09:00"))]


def rows_of(out):
    with (out / "alerts.csv").open(newline="", encoding="utf-8") as opened:
        return list(csv.DictReader(opened))


def test_the_summary_counts_what_the_generator_wrote(reported, synthetic):
    _, summary = reported
    written = synthetic[1]
    assert summary["patients"] == written.patients == PATIENTS
    assert summary["skipped_lines"] == written.broken == 3
    assert summary["data_quality"]["lines"] == written.lines
    assert written.low <= summary["patients_with_cards"] <= PATIENTS
    assert list(summary)[:4] == ["patients", "calls", "cards", "skipped_lines"]


def test_every_count_adds_up_and_the_tables_hold_each_card(reported):
    out, summary = reported
    rows = rows_of(out)
    assert len(rows) == summary["cards"] > 20
    for counts in (summary["by_indicator"], summary["by_leading_rule"]):
        assert sum(counts.values()) == summary["cards"]
    for by in ("by_hook", "by_unit", "by_day"):
        for what in ("calls", "cards"):
            assert sum(told[what] for told in summary[by].values()) == summary[what]
    assert sum(rule in row["rules"].split(";") for row in rows for rule in summary["by_rule"]) == sum(
        summary["by_rule"].values()
    )
    assert len({row["patient"] for row in rows}) == summary["patients_with_cards"]
    table = pq.read_table(out / "alerts.parquet")
    assert table.column_names == list(NAMES)
    assert [{name: str(value) for name, value in row.items()} for row in table.to_pylist()] == rows


def test_no_identifier_name_or_date_leaves(reported):
    out, _ = reported
    assert sorted(path.name for path in out.iterdir()) == sorted(FILES)
    for name in FILES:
        content = (out / name).read_bytes()
        assert not re.search(rb"s3-\d|Invented|Number|Patient/|Encounter/", content), name
        assert not re.search(rb"20\d\d-\d\d-\d\d|\d\d? [A-Z][a-z]{2} 20\d\d", content), name


def test_free_text_of_the_export_does_not_leave(tmp_path):
    said = {"note": [{"text": "MARKED"}], "performer": [{"display": "MARKED"}]}
    taken = order("o", "7646", "2024-01-01T00:00:00Z", dosageInstruction=[{"text": "MARKED"}])
    taken["medicationCodeableConcept"]["text"] = "MARKED omeprazole"
    forecast(tmp_path, [patient(name=[{"text": "MARKED"}]), LOW[1] | said, taken])
    assert all(b"MARKED" not in path.read_bytes() for path in (tmp_path / "report").iterdir())


def test_the_numbers_of_patients_are_the_same_on_every_run_and_not_in_the_order_of_ids(tmp_path):
    many = [r for n in range(40) for r in (patient(f"p{n}"),
            {**result(f"m{n}", 1.0 + n / 100, at("09:00")), "subject": {"reference": f"Patient/p{n}"}})]  # fmt: skip
    forecast(tmp_path / "a", many)
    forecast(tmp_path / "b", many)
    first, second = (rows_of(tmp_path / name / "report") for name in ("a", "b"))
    assert first == second
    other = [*many, patient("another")]
    forecast(tmp_path / "c", other)
    assert [row["rules"] for row in rows_of(tmp_path / "c" / "report")] != [row["rules"] for row in first]


def test_days_count_from_the_first_call(tmp_path):
    later = result("mg2", 1.2, at("09:00", "2025-03-12"), effectiveDateTime=at("08:00", "2025-03-12"))
    forecast(tmp_path, [*LOW, later])
    assert [(row["day"], row["hour"]) for row in rows_of(tmp_path / "report")] == [("0", "9"), ("2", "9")]


@pytest.mark.parametrize(
    ("period", "calls"),
    [
        (Period(), 2),
        (Period(since=utc("2025-03-11T00:00:00Z")), 1),
        (Period(since=utc("2000-01-01T00:00:00Z")), 2),
        (Period(until=utc("2025-03-11T00:00:00Z")), 1),
        (Period(since=utc(at("09:15")), until=utc(at("09:15", "2025-03-12"))), 1),
    ],
)
def test_only_calls_of_the_period_count_and_none_before_the_first_result(period, calls, tmp_path):
    later = result("mg2", 1.2, at("09:00", "2025-03-12"), effectiveDateTime=at("08:00", "2025-03-12"))
    early = order("early", "7646", "2024-01-01T00:00:00Z")
    summary = forecast(tmp_path, [*LOW, later, early], period=period)
    assert summary["calls"] == calls and summary["period"]["bounded"] is (period != Period())


def in_ward(name, patients, **more):
    """A result each of some patients in a ward."""
    place = {"location": {"display": name, "reference": f"Location/{name}"}}
    bed = {"location": {"display": "Bed 3"}, "physicalType": {"coding": [{"code": "bd"}]}}
    for n in patients:
        ident = f"{re.sub(r'[^a-zA-Z0-9]', '', name)}{n}"
        owner = f"p{ident}"
        whose = {"subject": {"reference": f"Patient/{owner}"}}
        yield patient(owner)
        yield stay(f"e{ident}", at("01:00"), None, **({"location": [bed, place]} | more)) | whose
        yield result(f"m{ident}", 2.0, at("09:00"), encounter={"reference": f"Encounter/e{ident}"}) | whose


def test_units_are_named_and_those_of_few_patients_are_added_up(tmp_path):
    again = [result(f"x{n}", 2.0, at(f"{n}:00"), encounter={"reference": "Encounter/eWard91"}) for n in range(10, 20)]
    again = [told | {"subject": {"reference": "Patient/pWard91"}} for told in again]
    told = forecast(tmp_path, [*in_ward("Ward 7", range(5)), *in_ward("Ward 9", range(4)), *again])["by_unit"]
    assert told == {"Ward 7": {"calls": 5, "cards": 0}, "Other units": {"calls": 14, "cards": 0}}


@pytest.mark.parametrize(
    "unnamed",
    [
        {"location": [{"location": {"reference": "Location/MARKED"}}]},
        {"serviceType": {"text": "MARKED"}},
        {"serviceType": {"coding": [{"code": "MARKED"}]}},
    ],
)
def test_units_are_not_named_by_ids_or_free_text(unnamed, tmp_path):
    told = forecast(tmp_path, [*in_ward("Ward 7", range(6), **({"location": []} | unnamed))])["by_unit"]
    assert list(told) == ["Inpatient"]


def test_repeats_of_a_day_are_counted(tmp_path):
    again = result("mg2", 1.2, at("15:00"), effectiveDateTime=at("14:00"))
    next_week = result("mg3", 1.2, at("09:00", "2025-03-20"), effectiveDateTime=at("08:00", "2025-03-20"))
    assert forecast(tmp_path, [*LOW, again, next_week])["cards_repeated_within_24_h"] == 1


STRICT = KnowledgeSource(
    "strict.yaml",
    site="thresholds:\n  fresh.ambulatory.actionable: {value: 168, unit: h}\n"
    "switches:\n  - {rules: [magnesium_is_mildly_low, drugs_cause_low_magnesium], off: true}\n",
)


def test_what_is_new_and_gone_is_told_by_rule_with_patients(tmp_path):
    resources = [patient(), result("mg", 1.6, at("09:00")), order("o", "7646", "2024-01-01T00:00:00Z")]
    compared = forecast(tmp_path / "a", resources, baseline=STRICT)["compare"]
    assert compared["new"] == {"magnesium_is_mildly_low": {"cards": 1, "patients": [1]}}
    assert (compared["cards"], compared["calls_that_begin_to_speak"]) == (0, 1)
    same = forecast(tmp_path / "b", resources, baseline=SHIPPED)["compare"]
    assert not any(same[kind] for kind in ("new", "gone", "louder", "quieter", "other_suggestions"))
    page = (tmp_path / "a" / "report" / "report.html").read_text(encoding="utf-8")
    assert "New: cards that only shipped brings" in page and "Is magnesium mildly low?" in page


LAB = "https://lab.example.org/tests"
MORE_CODES = KnowledgeSource(
    "more.yaml", site=f'codes:\n  labs:\n    - {{system: "{LAB}", code: MG-SER, analyte: magnesium}}\n'
)


def test_comparing_does_not_change_the_numbers_of_what_is_tried(tmp_path):
    own = {"code": {"coding": [{"system": LAB, "code": "MG-SER"}]}}
    local = [result(f"x{month}", 1.2, at("09:00", f"2025-0{month}-20")) | own for month in range(1, 6)]
    nobodys = result("y", 1.2, at("09:00")) | own | {"subject": {"display": "someone"}}
    others = result("z", 1.2, at("09:00")) | own | {"subject": {"reference": "Patient/unknown"}}
    visit = stay("visit", "2025-01-01T00:00:00Z", None, code="AMB")
    resources = [*LOW, visit, *local, nobodys, others, order("o", "7646", "2025-02-03T00:00:00Z")]
    alone = forecast(tmp_path / "a", resources)
    beside = forecast(tmp_path / "b", resources, baseline=MORE_CODES)
    compared = beside["compare"]
    assert alone == beside | {"compare": None} and alone["calls"] == 1
    assert (compared["calls"], compared["calls_that_fall_silent"]) == (4, 3)
    assert compared["gone"] and not compared["new"]


def test_where_the_other_knowledge_is_not_called_it_brings_no_card(tmp_path):
    own = {"code": {"coding": [{"system": LAB, "code": "MG-SER"}]}}
    export = write(tmp_path / "export", [*LOW, result("x", 1.2, at("09:00", "2025-03-20")) | own])
    summary = backtest(plan(export, tmp_path / "out", MORE_CODES, SHIPPED, Period()), tmp_path / "out")
    compared = summary["compare"]
    assert (summary["calls"], compared["calls"], compared["calls_that_begin_to_speak"]) == (2, 1, 1)


def test_without_pyarrow_the_csv_is_written_all_the_same(tmp_path, monkeypatch):
    monkeypatch.setattr("cds_service.backtest.outputs.can_write_parquet", lambda: False)
    forecast(tmp_path, LOW)
    assert sorted(path.name for path in (tmp_path / "report").iterdir()) == sorted(set(FILES) - {"alerts.parquet"})


class Page(HTMLParser):
    """Notes everything that a page would fetch or run, and its tables without headings."""

    def __init__(self):
        super().__init__()
        self.outside, self.tags = [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.outside += [value for name, value in attrs if name in ("src", "href") and not value.startswith("#")]
        self.outside += [name for name, _ in attrs if name.startswith("on")]


def test_the_report_is_one_page_without_scripts_or_anything_from_elsewhere(reported):
    page = Page()
    page.feed((reported[0] / "report.html").read_text(encoding="utf-8"))
    assert not page.outside and not {"script", "link", "img", "iframe"} & set(page.tags)
    assert page.tags.count("table") > 5 and "svg" in page.tags


def test_the_report_says_what_it_rests_on(reported):
    out, summary = reported
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "Status: draft, not clinically approved." in page
    assert summary["knowledge"]["version"] in page
    assert "15 minutes after a magnesium or potassium result was filed" in page
    assert "Is magnesium mildly low?" in page and "Ward" not in page


def test_names_of_units_are_escaped(tmp_path):
    forecast(tmp_path, in_ward("<script>alert(1)</script>", range(6)))
    page = (tmp_path / "report" / "report.html").read_text(encoding="utf-8")
    assert "<script" not in page and "&lt;script&gt;" in page


def test_an_export_without_calls_makes_a_report_all_the_same(tmp_path):
    summary = forecast(tmp_path, [patient()])
    assert (summary["patients"], summary["calls"], summary["rates"]["cards_per_day"]) == (1, 0, None)
    assert "<h1>" in (tmp_path / "report" / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("days", "span"), [(1, 1), (60, 1), (61, 7), (420, 7), (421, 30), (20000, 365), (30000, 30000)]
)
def test_the_chart_over_time_keeps_to_sixty_columns_and_loses_no_card(days, span):
    told, columns = columns_of({str(day): {"cards": 2} for day in range(days)})
    assert told == span and len(columns) <= 60
    assert sum(column.cards for column in columns) == 2 * days


def test_tallies_add_up_in_the_order_of_patients():
    first, second = Tally(patients=2), Tally(patients=1)
    for tally in (first, second):
        tally.count("totals", "cards", 3)
        tally.example("rule", 0, {})
        tally.change("new rule", 0)
    second.example("other", 0, {})
    first.add(second)
    assert first.patients == 3 and first.total("cards") == 6
    assert first.examples == {"rule": (0, {}), "other": (2, {})}
    assert first.changed == {"new rule": [0, 2]}
