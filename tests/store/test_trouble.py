"""A database that cannot be used is told in words, and never with its password."""

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from cds_service.records.engine import open_engine
from cds_service.records.shipping import Shipping
from cds_service.records.state import read_status, state_folder
from cds_service.records.trouble import database_trouble
from cds_service.run.doctor import _database
from cds_service.run.finding import Level
from tests.conftest import settings_with
from tests.machine import free_port


def trouble(address):
    """What is told of this address."""
    url = make_url(address)
    engine = open_engine(url)
    with pytest.raises((SQLAlchemyError, OSError)) as problem:
        engine.connect()
    engine.dispose()
    return database_trouble(problem.value, url)


def test_what_a_real_server_refuses_is_told_in_words(postgres):
    postgres.start()
    at = f"postgresql+psycopg://cds:PASSWORD@127.0.0.1:{postgres.port}"
    told = {
        f"{at}/nosuch": "has no such database",
        f"{at.replace('cds', 'cdx')}/postgres": "the server knows no such user",
        f"postgresql+psycopg://cds:PASSWORD@127.0.0.1:{free_port()}/cds": "nothing listens at that host and port",
    }
    for address, words in told.items():
        assert words in trouble(address) and "PASSWORD" not in trouble(address)


def test_a_wrong_password_is_told_and_not_shown(postgres):
    postgres.start()
    postgres.asks_for_passwords()
    try:
        told = trouble(f"postgresql+psycopg://cds:PASSWORD@127.0.0.1:{postgres.port}/postgres")
    finally:
        postgres.trusts()
    assert told == "the server refuses user or password"


def test_newer_tables_are_told_as_such_while_the_service_runs(settings, engine, caplog):
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    shipping = Shipping(settings)
    assert not shipping.round()
    shipping._engine.dispose()
    (line,) = [record for record in caplog.records if "newer tables" in record.getMessage()]
    assert line.fields == {"problem": "newer schema"}
    status = read_status(state_folder(settings))
    assert status and not status.reachable and status.problem == "newer schema"


def test_a_server_that_takes_no_write_is_told_by_the_doctor(postgres):
    """As after a fail-over: it can be read, and records would wait."""
    postgres.start()
    settings = settings_with(database_url=postgres.url)
    assert "read only" not in _database(settings).text
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute("ALTER DATABASE postgres SET default_transaction_read_only = on")
        try:
            told = _database(settings)
        finally:
            connection.execute("ALTER DATABASE postgres RESET default_transaction_read_only")
    assert told.level is Level.FAIL and "it can be read only" in told.text
