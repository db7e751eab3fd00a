"""`magnesium-cds insights` and `insights purge`."""

import csv
import json
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from cds_service.records.schema import ANSWERS, BY_DAY
from cds_service.run.cli import main
from tests.insights.made import load, made_entries


@pytest.fixture
def today(standing_clock):
    return datetime.now(UTC).date()


@pytest.fixture
def run(engine, url, today):
    """Runs a command on a database with 40 days of made records up to today."""
    load(engine, made_entries(today, days=40, calls_a_day=50))

    def invoke(*arguments, url=url, **more):
        return CliRunner().invoke(
            main, ["insights", *map(str, arguments)], env={"MAGNESIUM_CDS_DATABASE_URL": url, "COLUMNS": "80"}, **more
        )

    return invoke


def rows(engine):
    with engine.connect() as connection:
        return sum(connection.execute(select(func.count()).select_from(table)).scalar() for table in BY_DAY)


def test_a_table_for_readers_that_fits_a_terminal(run, runtime):
    done = run("--days", 40)
    assert done.exit_code == 0, done.output
    assert "Cards per 100 calls" in done.output and "A bad day" in done.output
    assert "Does the drafted order" in done.output and "New knowledge on" in done.output
    assert max(map(len, done.output.splitlines())) <= 80


def test_json_and_csv(run, tmp_path, today):
    path = tmp_path / "figures.csv"
    done = run("--since", today - timedelta(days=9), "--until", today - timedelta(days=1), "--json", "--csv", path)
    assert done.exit_code == 0, done.output
    assert json.loads(done.output)["period"]["since"] == str(today - timedelta(days=9))
    lines = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    assert len([line for line in lines if line["rule"] == "(all)"]) == 9


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--days", "0"], "days: write a whole number"),
        (["--since", "monday"], "since: write a day like"),
        (["--service", "nowhere"], "service: one of magnesium-patient-view"),
        (["purge"], "--before DATE or --older-than DAYS"),
        (["purge", "--before", "1999-01-01", "--older-than", "3"], "--before DATE or --older-than DAYS"),
        (["purge", "--before", "monday"], "write it like 2026-01-31"),
    ],
)
def test_what_cannot_be_done_is_told(run, arguments, told):
    done = run(*arguments)
    assert done.exit_code and told in done.output and "Traceback" not in done.output


@pytest.mark.parametrize("command", [[], ["purge", "--older-than", "1", "--yes"]], ids=["insights", "purge"])
def test_a_database_that_is_not_there_is_told(run, tmp_path, command):
    done = run(*command, url=f"sqlite:///{tmp_path / 'none.sqlite'}")
    assert done.exit_code == 1 and "There are no records yet" in done.output
    assert not (tmp_path / "none.sqlite").exists()


def test_purge_removes_only_what_is_older(run, engine, today):
    before = rows(engine)
    done = run("purge", "--older-than", 10, "--yes")
    assert (
        done.exit_code == 0
        and done.output == f"Removed {before - rows(engine):,} rows of the days before {today - timedelta(10)}.\n"
    )
    with engine.connect() as connection:
        assert connection.execute(select(func.min(ANSWERS.c.day))).scalar() == today - timedelta(days=10)
        assert connection.execute(select(func.max(ANSWERS.c.day))).scalar() == today
    assert 0 < rows(engine) < before


def test_purge_asks_first(run, engine, today):
    before = rows(engine)
    done = run("purge", "--before", today, input="n\n")
    assert done.exit_code == 1 and "Remove all records of the days before" in done.output
    assert rows(engine) == before
    assert run("purge", "--before", today, input="y\n").exit_code == 0
    assert rows(engine) < before
