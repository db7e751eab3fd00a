"""Records, what still waits and what was answered: kept by the first edition, migrated and read by the present code."""

import json
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from cds_service.insights.period import Period
from cds_service.insights.read import read_insights
from cds_service.records.engine import database_url, open_engine
from cds_service.records.migrate import migrate, revision
from cds_service.records.schema import HEAD
from cds_service.records.ship import Shipper
from cds_service.run.start import runtime_of, with_records
from cds_service.web.app import create_app
from tests.conftest import settings_with
from tests.machine import wait_for
from tests.store.conftest import empty_database, postgres
from tests.store.postgres import Postgres
from tests.store.serving import Serving
from tests.upgrade.conftest import FROZEN, WRITTEN

__all__ = ["postgres"]
TABLES = ("answers", "cards", "feedback")
FILES = {"sqlite": "records.sqlite", "postgresql": "records.postgresql.sql"}


def before() -> dict[str, int]:
    """Rows that the first edition had, by table, as its own file says."""
    connection = sqlite3.connect(f"file:{FROZEN / 'records.sqlite'}?mode=ro&immutable=1", uri=True)
    found = {table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in TABLES}
    connection.close()
    return found


def still_waiting() -> list[dict[str, object]]:
    """The records that no database had yet."""
    (path,) = (FROZEN / "state").glob("*.jsonl")
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def rows(engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        return {table: connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() for table in TABLES}


@pytest.fixture(params=sorted(FILES))
def url(request: pytest.FixtureRequest, first_edition: Path) -> str:
    """The database of the first edition."""
    if request.param == "sqlite":
        return f"sqlite:///{first_edition / FILES['sqlite']}"
    server: Postgres = request.getfixturevalue("postgres")
    server.start()
    empty_database(server.url)
    engine = open_engine(database_url(settings_with(database_url=server.url)))
    with engine.begin() as connection:
        connection.exec_driver_sql((FROZEN / FILES["postgresql"]).read_text(encoding="utf-8"))
    engine.dispose()
    return server.url


@pytest.fixture
def engine(url: str) -> Engine:
    """The same, migrated."""
    found = open_engine(database_url(settings_with(database_url=url)))
    migrate(found)
    return found


def test_the_database_is_migrated_and_loses_nothing(engine: Engine) -> None:
    assert min(before().values()) > 0 and rows(engine) == before()
    with engine.connect() as connection:
        assert revision(connection) == HEAD
    engine.dispose()


def test_insights_read_what_was_recorded_before(engine: Engine) -> None:
    with engine.connect() as connection:
        totals = read_insights(connection, Period(WRITTEN.date(), WRITTEN.date())).totals
    assert totals.calls == before()["answers"]
    assert (totals.outcomes.accepted, totals.outcomes.overridden) == (1, 1)
    engine.dispose()


def test_what_still_waits_arrives_once(engine: Engine, first_edition: Path) -> None:
    waiting = still_waiting()
    assert len(waiting) == 3 and Shipper(first_edition / "state", engine).ship() == len(waiting)
    answers = [record for record in waiting if record["kind"] == "answer"]
    assert rows(engine)["answers"] == before()["answers"] + len(answers)
    assert rows(engine)["feedback"] == before()["feedback"] + len(waiting) - len(answers)
    engine.dispose()


def test_a_service_started_on_it_migrates_and_ships_by_itself(url: str, first_edition: Path) -> None:
    serving = Serving(url, first_edition / "state", RETENTION_DAYS="36500", WORKERS="1")
    engine = open_engine(database_url(settings_with(database_url=url)))
    try:
        answers = sum(record["kind"] == "answer" for record in still_waiting())
        wait_for(lambda: rows(engine)["answers"] == before()["answers"] + answers, "what waited arrives")
        assert serving.get("/cds-services")
    finally:
        serving.stop()
        engine.dispose()


@pytest.fixture
def summaries(first_edition: Path) -> Callable[[Path], list[str]]:
    """What is said at the opening of the chart by a service with a state folder, at the time of the fixture."""

    def said(state: Path) -> list[str]:
        settings = settings_with(database_url=f"sqlite:///{first_edition}/records.sqlite", state_dir=state)
        app = create_app(with_records(replace(runtime_of(settings), now=lambda: WRITTEN)))
        body = json.loads((FROZEN / "requests" / "patient-view.json").read_text(encoding="utf-8"))
        told = app.test_client().post("/cds-services/magnesium-patient-view", json=body).get_json()
        return [card["summary"] for card in told["cards"]]

    return said


def test_advice_that_was_answered_stays_quiet(
    summaries: Callable[[Path], list[str]], first_edition: Path, tmp_path: Path
) -> None:
    everything, after = summaries(tmp_path / "new"), summaries(first_edition / "state")
    assert len(after) < len(everything) and set(after) <= set(everything)
