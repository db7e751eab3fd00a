"""Brings the database to the newest schema; any number of processes and machines may do so at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text

from cds_service.records.schema import HEAD

if TYPE_CHECKING:  # takes as long to import as the rest, and a database of this version needs none of it
    from alembic.config import Config

_LOCK = 24_305  # any number that no other program on this database uses


class NewerSchemaError(RuntimeError):
    """The database was migrated by a newer version of this service."""


def migrate(engine: Engine) -> None:
    """Create or upgrade the tables; NewerSchemaError when the database is ahead of this version."""
    with _alone(engine) as connection:
        if revision(connection) != HEAD:
            config = _scripts()
            config.attributes["connection"] = connection
            _upgrade(config)


def known_revisions() -> frozenset[str]:
    """Every schema that this version can bring to its own."""
    from alembic.script import ScriptDirectory

    return frozenset(script.revision for script in ScriptDirectory.from_config(_scripts()).walk_revisions())


def _scripts() -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(resources.files("cds_service.records") / "migrations"))
    return config


def revision(connection: Connection) -> str | None:
    """The schema's revision in the database; None when it has none yet."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _upgrade(config: "Config") -> None:
    from alembic import command
    from alembic.util import CommandError

    try:
        command.upgrade(config, HEAD)
    except CommandError as problem:
        raise NewerSchemaError(
            f"The database has a schema that this version does not know ({problem}). "
            "Run the newer version of magnesium-cds, or name another database."
        ) from None


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    """A transaction that no other process migrates beside."""
    if engine.dialect.name == "sqlite":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("BEGIN IMMEDIATE"))
            try:
                yield connection
            except BaseException:
                connection.execute(text("ROLLBACK"))
                raise
            connection.execute(text("COMMIT"))
    else:
        with engine.begin() as connection:
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
            yield connection
