"""Databases for the tests of the store: SQLite, and a real PostgreSQL where its binaries are (in CI always)."""

import os
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.engine import make_url

from cds_service.records.engine import database_url, open_engine
from cds_service.records.migrate import migrate
from cds_service.records.schema import ANSWERS, METADATA
from cds_service.records.shipping import Shipping
from cds_service.run.settings import Settings
from tests.conftest import settings_with
from tests.services import postgres_binaries
from tests.store.postgres import Postgres


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A running server."""
    if postgres_binaries() is None:
        assert not os.environ.get("CI"), "in CI PostgreSQL must be installed"
        pytest.skip("no PostgreSQL on this machine: install Debian's package postgresql")
    server = Postgres()
    server.start()
    yield server
    server.remove()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path) -> Iterator[str]:
    """The URL of an empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'mg.sqlite'}"
        return
    server = request.getfixturevalue("postgres")
    server.start()  # a test may have ended while it was down
    empty_database(server.url)
    yield server.url


@pytest.fixture
def settings(database: str, tmp_path) -> Settings:
    """Settings of a service with that database and a state folder of its own."""
    return settings_with(database_url=database, state_dir=tmp_path / "state")


@pytest.fixture
def new_engine(settings: Settings) -> Iterator[Engine]:
    """The empty database."""
    engine = open_engine(database_url(settings))
    yield engine
    engine.dispose()


@pytest.fixture
def engine(new_engine: Engine) -> Engine:
    """The migrated database."""
    migrate(new_engine)
    return new_engine


@pytest.fixture
def shipping(settings: Settings) -> Iterator[Shipping]:
    made = Shipping(settings)
    yield made
    made._engine.dispose()


def recorded(shipping: Shipping) -> int:
    """How many answers are in the database that is shipped to."""
    with shipping._engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(ANSWERS)).scalar_one()


def empty_database(url: str) -> None:
    """Take every table away, whatever wrote them."""
    engine = open_engine(make_url(url).set(drivername="postgresql+psycopg"))
    METADATA.drop_all(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE IF EXISTS alembic_version")
    engine.dispose()
