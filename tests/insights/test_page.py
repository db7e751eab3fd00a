"""The page and the downloads."""

import csv
import io
import re
import shutil

import pytest

from cds_service.insights.export import TABLES
from tests.insights.conftest import TODAY, TOKEN, opened
from tests.insights.made import SELECT, VERSIONS, load, made_entries

ASK = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture(scope="module")
def filled_file(empty_file, tmp_path_factory):
    """60 days of made records, to be copied."""
    path = shutil.copy(empty_file, tmp_path_factory.mktemp("filled"))
    with opened(path) as engine:
        load(engine, made_entries(TODAY, days=60, calls_a_day=60))
    return path


@pytest.fixture
def filled(service, engine, filled_file):
    """The service with 60 days of made records."""
    shutil.copy(filled_file, engine.url.database)
    return service


def test_the_page_says_what_stands_out_in_words(filled, runtime):
    answer = filled.get("/insights?days=60", headers=ASK)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200 and answer.mimetype == "text/html"
    assert runtime.knowledge.advice["ppi_needs_baseline_magnesium"].question in page
    assert "Recommended action is not relevant or a priority in current state of health" in page
    assert "New knowledge since" in page and VERSIONS[1] in page
    assert "A bad day" in page and "mostly overridden" in page
    assert runtime.knowledge.approval in page
    assert page.count("<svg viewBox") == 3 and "<script" not in page and " style=" not in page


def test_the_page_lets_no_script_run_and_is_not_kept(filled):
    headers = filled.get("/insights", headers=ASK).headers
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store"


def test_the_period_before_is_compared_with(filled):
    assert "Changes are against the 30 days before" in filled.get("/insights", headers=ASK).get_data(as_text=True)
    alone = filled.get("/insights?days=60", headers=ASK).get_data(as_text=True)
    assert "no records of the 60 days before" in alone


def test_links_keep_period_and_service(filled):
    page = filled.get(f"/insights?since=2026-11-01&until=2026-11-20&service={SELECT}", headers=ASK).get_data(
        as_text=True
    )
    assert f'href="insights.csv?since=2026-11-01&amp;until=2026-11-20&amp;service={SELECT}"' in page
    assert f'href="insights?service={SELECT}&amp;days=7"' in page
    assert 'href="insights?since=2026-11-01&amp;until=2026-11-20"' in page
    assert page.count('aria-current="page"') == 1


def test_json_holds_everything_with_the_shares_worked_out(filled):
    answer = filled.get("/insights.json?days=7", headers=ASK)
    found = answer.get_json()
    assert answer.headers["Content-Disposition"].endswith('magnesium-insights-2026-11-17-2026-11-23.json"')
    assert found["period"] == {"since": "2026-11-17", "until": "2026-11-23"} and len(found["days"]) == 7
    assert found["totals"]["cards_per_100"]["part"] == found["totals"]["outcomes"]["cards"] > 0
    assert {"acceptance", "acceptance_of_all", "with_feedback"} <= found["totals"]["outcomes"].keys()
    assert sum(day["totals"]["calls"] for day in found["days"]) == found["totals"]["calls"]


def test_csv_has_a_line_a_day_and_one_for_each_rule_that_spoke(filled):
    answer = filled.get("/insights.csv?days=7", headers=ASK)
    assert answer.mimetype == "text/csv" and answer.headers["Content-Disposition"].endswith('.csv"')
    rows = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True))))
    together = [row for row in rows if row["rule"] == "(all)"]
    assert len(together) == 7
    assert sum(int(row["cards"]) for row in rows) == 2 * sum(int(row["cards"]) for row in together) > 0
    assert all(row["question"].endswith("?") for row in rows if row["rule"] != "(all)")


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("days=0", "days"),
        ("days=many", "days"),
        ("days=367", "days"),
        ("days=%C2%B2", "days"),
        ("since=yesterday", "since"),
        ("since=0001-01-01", "since"),
        ("since=2026-11-20&until=2026-11-01", "other way round"),
        ("since=2025-01-01&until=2026-11-01", "fewer"),
        ("since=2026-11-01&days=7", "not both"),
        ("service=nowhere", "service"),
        ("client=%00", "client"),
        ("unit=a%1bb", "unit"),
        ("version=%E2%80%AE", "version"),
    ],
)
def test_what_cannot_be_asked_is_told(service, query, told):
    answer = service.get(f"/insights?{query}", headers=ASK)
    assert answer.status_code == 400 and told in answer.get_json()["issue"][0]["diagnostics"]


def test_an_empty_database_is_told(service):
    answer = service.get("/insights", headers=ASK)
    assert answer.status_code == 200 and "No calls were recorded in these days" in answer.get_data(as_text=True)


@pytest.mark.parametrize("there", ["nothing", "no tables", "no database", "no server"])
def test_records_that_cannot_be_read_are_told_and_nothing_is_created(make_service, tmp_path, there, caplog):
    path = tmp_path / "records.sqlite"
    if there == "no tables":
        path.touch()
    elif there == "no database":
        path.write_text("this is no database at all, but a text" * 50)
    url = "postgresql://someone:password@127.0.0.1:1/x" if there == "no server" else f"sqlite:///{path}"
    service = make_service(database_url=url, insights_token=TOKEN)
    answer = service.get("/insights", headers=ASK)
    assert answer.status_code == 503 and answer.mimetype == "text/html"
    page = answer.get_data(as_text=True)
    assert "No insights now" in page and "password" not in page and str(tmp_path) not in page
    for download in ("/insights.json", "/insights.csv"):
        refused = service.get(download, headers=ASK)
        assert refused.status_code == 503 and refused.get_json()["resourceType"] == "OperationOutcome"
    assert path.exists() is (there in ("no tables", "no database"))
    assert "insights cannot read the records" in caplog.text and "password" not in str(
        [r.fields for r in caplog.records]
    )


def test_the_page_tells_what_is_on_trial(service, engine, runtime):
    assert "On trial" not in service.get("/insights", headers=ASK).get_data(as_text=True)
    told = {"rule": "albumin_is_low", "leads": True, "problem": "low_magnesium", "indicator": "info"}
    entry = next(e for e in made_entries(TODAY, days=1, calls_a_day=5) if e["kind"] == "answer")
    load(engine, [{**entry, "cards": [], "on_trial": [told], "trial_status": 200}])
    page = service.get("/insights", headers=ASK).get_data(as_text=True)
    assert "On trial" in page and runtime.knowledge.advice["albumin_is_low"].question in page
    assert "1 calls were answered silently" in page
    found = service.get("/insights.json", headers=ASK).get_json()
    assert found["on_trial"] == [{"rule": "albumin_is_low", "cards": 1, "added": 0}]


def test_a_rule_has_a_page_of_its_own_with_every_reason_and_the_link_to_its_text(filled):
    page = filled.get("/insights/rule?days=30&rule=magnesium_is_mildly_low", headers=ASK)
    told = page.get_data(as_text=True)
    assert page.status_code == 200 and 'href="../rules/magnesium_is_mildly_low"' in told
    assert 'href="../insights?days=30"' in told and told.count("<tr><th") > 20
    assert "/insights/rule?days=30&amp;rule=magnesium_is_mildly_low".removeprefix("/") in _page(filled, "days=30")
    silent = filled.get("/insights/rule?rule=calcium_is_low_too", headers=ASK).get_data(as_text=True)
    assert "It did not speak in these days." in silent


def _page(service, query):
    return service.get(f"/insights?{query}", headers=ASK).get_data(as_text=True)


def test_a_client_a_unit_and_a_version_are_shown_alone_by_the_address(filled):
    whole = _page(filled, "days=30")
    assert 'href="insights?days=30&amp;client=north-hospital"' in whole and "unit=icu" in whole
    alone = _page(filled, "days=30&client=north-hospital&unit=icu")
    assert 'aria-label="Unit icu: show all again"' in alone
    assert 'href="insights?days=30&amp;client=north-hospital"' in alone  # without the unit
    told = [filled.get(f"/insights.json?days=30&{q}", headers=ASK).get_json() for q in ("", "unit=icu")]
    assert told[1]["unit"] == "icu" and 0 < told[1]["totals"]["calls"] < told[0]["totals"]["calls"]
    assert sum(part["calls"] for part in told[0]["units"]) == told[0]["totals"]["calls"]


IN_JSON = {name: name.split("_", 1) for name in TABLES if name.startswith("candidate_")}  # where it stands there


@pytest.fixture
def tried(filled, engine):
    """The same, with a rule on trial and a candidate."""
    made = (e for e in made_entries(TODAY, days=1, calls_a_day=60, seed=8) if e["kind"] == "answer")
    answer = next(e for e in made if e["cards"])
    told = {"rule": "albumin_is_low", "leads": True, "problem": "low_magnesium", "indicator": "info"}
    same = {key: answer[key] for key in ("id", "at", "service", "client")}
    beside = {"kind": "candidate", **same, "knowledge": "v2", "status": 200, "live_status": 200, "ms": 1.0}
    load(
        engine, [{**answer, "on_trial": [told]}, {**beside, "rules": [["magnesium_is_high", "shown", "info", "", ""]]}]
    )
    return filled


def test_every_table_of_the_pages_names_what_it_can_be_had_as(tried):
    pages = [_page(tried, "days=30"), _page(tried, f"days=30&service={SELECT}")]
    pages.append(tried.get("/insights/rule?days=30&rule=magnesium_is_mildly_low", headers=ASK).get_data(as_text=True))
    tables = [re.search('data-of="([^"]*)"', table) for page in pages for table in re.findall("<table[^>]*>", page)]
    assert all(tables) and {name for found in tables for name in found[1].split()} == set(TABLES)
    assert all(f"table={name}" in pages[0] for name in TABLES)


@pytest.mark.parametrize("name", TABLES)
def test_every_table_can_be_had_as_csv_and_as_json_with_the_same_lines(name, tried):
    found = tried.get("/insights.json?days=30", headers=ASK).get_json()
    for key in IN_JSON.get(name, [name]):
        found = found[key]
    rows = found if isinstance(found, list) else [found]
    answer = tried.get(f"/insights.csv?days=30&table={name}", headers=ASK)
    lines = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True))))
    assert answer.status_code == 200 and len(lines) == len(rows) > 0
    plain = {key for key, value in rows[0].items() if not isinstance(value, dict | list)}
    assert plain <= lines[0].keys()
    wanted = [{key: "" if row[key] is None else str(row[key]) for key in plain} for row in rows]
    assert [{key: line[key] for key in plain} for line in lines] == wanted


def test_the_burden_is_set_against_its_goal(filled):
    found = filled.get("/insights.json?days=30", headers=ASK).get_json()
    chosen = next(service for service in found["services"] if service["service"] == SELECT)
    burden, useful = found["goals"]
    assert burden["value"] == pytest.approx(1000 * chosen["outcomes"]["cards"] / chosen["answered"])
    assert (burden["goal"], burden["told"], burden["met"]) == (10, "at most 10", burden["value"] <= 10)
    assert (useful["value"], useful["met"], useful["told"]) == (None, None, "more than 41")
    page = _page(filled, f"days=30&service={SELECT}")
    assert "Line: the goal, at most 10 for every 1,000." in page and 'class="goal"' in page
    assert 'class="goal"' not in _page(filled, "days=30")


def test_no_name_in_a_table_is_a_formula(service, engine):
    entry = next(e for e in made_entries(TODAY, 1, 10) if e["kind"] == "answer")
    load(engine, [{**entry, "client": "=1+1"}])
    told = service.get("/insights.csv?table=clients", headers=ASK).get_data(as_text=True)
    assert "\r\n'=1+1," in told


@pytest.mark.parametrize("table", ["", "&table=rules", "&table=rule_days"])
@pytest.mark.parametrize("sign", "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
def test_no_words_that_are_joined_in_a_cell_are_a_formula(sign, table, service, engine):
    made = made_entries(TODAY, days=3, calls_a_day=60)
    load(engine, [{**entry, "reason": f"{sign}1+1"} if entry.get("reason") else entry for entry in made])
    told = service.get(f"/insights.csv?days=7{table}", headers=ASK).get_data(as_text=True)
    cells = [cell for row in csv.reader(io.StringIO(told, newline="")) for cell in row]
    assert any(cell.startswith(f"'{sign}1+1: ") for cell in cells)
    assert not any(cell.startswith(sign) for cell in cells)


@pytest.mark.parametrize(
    ("address", "told"), [("/insights.csv?table=cards", "rules, reasons"), ("/insights/rule?rule=none", "name a rule")]
)
def test_what_there_is_not_is_told(service, address, told):
    answer = service.get(address, headers=ASK)
    assert answer.status_code == 400 and told in answer.get_json()["issue"][0]["diagnostics"]
