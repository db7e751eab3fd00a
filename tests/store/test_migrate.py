"""The schema: made by migrations, the same as the code's, by any number of processes at once."""

import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import insert, select, text

from cds_service.records.engine import database_url, open_engine
from cds_service.records.migrate import NewerSchemaError, migrate, revision
from cds_service.records.rolled_tables import ROLLED_DAYS
from cds_service.records.rollups import roll_up, rolled_days
from cds_service.records.schema import ANSWERS, HEAD, METADATA
from cds_service.trust.used_token_stores import SqliteSeen
from tests.conftest import settings_with

_MIGRATE = "import sys; from sqlalchemy.engine import make_url; from cds_service.records.engine import open_engine; "
_MIGRATE += "from cds_service.records.migrate import migrate; migrate(open_engine(make_url(sys.argv[1])))"

LATER = time.time() + 3600


def test_the_migrations_make_the_tables_of_the_code(engine):
    with engine.connect() as connection:
        assert revision(connection) == HEAD
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def test_migrating_again_changes_nothing(engine):
    migrate(engine)
    with engine.connect() as connection:
        assert connection.execute(select(ANSWERS)).all() == []


def test_several_processes_migrate_at_once(settings, new_engine):
    url = database_url(settings).render_as_string(hide_password=False)
    processes = [subprocess.Popen([sys.executable, "-c", _MIGRATE, url], stderr=subprocess.PIPE) for _ in range(4)]
    said = [process.communicate(timeout=60)[1].decode() for process in processes]
    assert [process.returncode for process in processes] == [0] * 4, said
    with new_engine.connect() as connection:
        assert revision(connection) == HEAD


def test_a_table_that_the_look_up_of_tokens_made_before_is_taken_over(tmp_path):
    path = tmp_path / "mg.sqlite"
    seen = SqliteSeen(path)
    assert seen.first_time(b"a" * 32, LATER)
    engine = open_engine(database_url(settings_with(database_url=f"sqlite:///{path}")))
    migrate(engine)
    engine.dispose()
    assert not seen.first_time(b"a" * 32, LATER)
    seen.close()


def test_a_database_of_a_newer_version_is_left_alone(engine):
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(NewerSchemaError, match="newer version"):
        migrate(engine)


def test_days_that_an_earlier_version_counted_are_counted_anew_at_once(new_engine, monkeypatch):
    day = datetime.now(UTC).date() - timedelta(days=7)
    monkeypatch.setattr("cds_service.records.migrate.HEAD", "0006")
    migrate(new_engine)
    with new_engine.begin() as connection:
        connection.execute(insert(ROLLED_DAYS), [{"day": day, "ready": True}])
    monkeypatch.undo()
    migrate(new_engine)
    with new_engine.connect() as connection:
        assert revision(connection) == HEAD and rolled_days(connection, day, day) == set()
    assert roll_up(new_engine, day) == 1
    with new_engine.connect() as connection:
        assert rolled_days(connection, day, day) == {day}
