"""A database with the tables of the records, and a service that shows what is in it."""

import shutil
from contextlib import contextmanager
from datetime import UTC, date, datetime

import pytest
from sqlalchemy.engine import make_url

from cds_service.records.engine import database_url, open_engine
from cds_service.records.migrate import migrate
from cds_service.web.app import create_app
from cds_service.web.runtime import NOBODY, Runtime
from tests.conftest import settings_with
from tests.store import conftest as store

database, postgres = store.database, store.postgres  # each kind of database
TOKEN = "a token that nobody guesses".replace(" ", "-")
TODAY = date(2026, 11, 23)


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory):
    """A SQLite file with the tables, to be copied."""
    path = tmp_path_factory.mktemp("empty") / "records.sqlite"
    with opened(path) as engine:
        migrate(engine)
    return path


@contextmanager
def opened(path):
    """The database of a SQLite file."""
    engine = open_engine(make_url(f"sqlite:///{path}"))
    yield engine
    engine.dispose()


@pytest.fixture
def engine(tmp_path, empty_file):
    """A SQLite database without records."""
    with opened(shutil.copy(empty_file, tmp_path / "records.sqlite")) as engine:
        yield engine


@pytest.fixture
def any_engine(database):
    """A database without records, of each kind."""
    engine = open_engine(database_url(settings_with(database_url=database)))
    migrate(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def make_service(runtime):
    """A client of a service with some settings, on TODAY."""

    def make(clients=NOBODY, **changes):
        now = datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=UTC)
        made = Runtime(settings_with(**changes), runtime.knowledge, runtime.keys, clients, now=lambda: now)
        return create_app(made).test_client()

    return make


@pytest.fixture
def url(engine):
    """The database as the settings name it."""
    return engine.url.render_as_string(hide_password=False).replace("+psycopg", "")


@pytest.fixture
def service(make_service, url):
    """A client of a service that shows the records to who has the TOKEN."""
    return make_service(database_url=url, insights_token=TOKEN)
