"""The database: SQLite with a write-ahead log, or PostgreSQL. Nothing here waits long for one that is down."""

from pathlib import Path
from typing import Any, cast

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from cds_service.records.private_files import make_private
from cds_service.run.places import data_directory
from cds_service.run.settings import SQLITE, Settings

_CONNECT_S = 2
_STATEMENT_MS = 30_000
_SILENT_MS = 5_000
_BUSY_MS = 5_000
_ALIVE = {"keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3}
_PRAGMAS = ("journal_mode = WAL", "synchronous = NORMAL", f"busy_timeout = {_BUSY_MS}")


def database_url(settings: Settings) -> URL:
    """Where the records are kept: the URL of the settings, else a SQLite file in the data directory of the user."""
    url = make_url(settings.database_url or f"{SQLITE}{data_directory() / 'magnesium.sqlite'}")
    return url.set(drivername="postgresql+psycopg") if url.get_backend_name() == "postgresql" else url


def open_engine(url: URL) -> Engine:
    """An engine for the database; a SQLite file and its folder come into being when they are first used."""
    if url.get_backend_name() == "sqlite":
        return _sqlite(url)
    limits = f"-c statement_timeout={_STATEMENT_MS} -c lock_timeout={_STATEMENT_MS}"
    given = {"connect_timeout": _CONNECT_S, "tcp_user_timeout": _SILENT_MS, "options": limits, **_ALIVE}
    engine = create_engine(url, connect_args=given, pool_size=1, max_overflow=1, pool_pre_ping=True)
    event.listen(engine, "do_connect", _bounded)
    return engine


def _bounded(_: object, __: object, arguments: list[str], named: dict[str, Any]) -> DBAPIConnection:
    from cds_service.records.bounded import BoundedConnection  # with the driver, which SQLite does without

    return cast("DBAPIConnection", BoundedConnection.connect(*arguments, **named))


def _sqlite(url: URL) -> Engine:
    engine = create_engine(url)
    event.listen(engine, "do_connect", lambda *_: make_private(Path(url.database or "")))
    event.listen(engine, "connect", _with_pragmas)
    return engine


def _with_pragmas(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    for pragma in reversed(_PRAGMAS):  # the busy timeout first: the switch to a write-ahead log may have to wait
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
