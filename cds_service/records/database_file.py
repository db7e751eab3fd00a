"""Whether a SQLite database is the one that was opened, and whether others find what is written to it."""

import sqlite3
from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import Engine, NullPool, Select, Table, create_engine, literal, select
from sqlalchemy.exc import SQLAlchemyError

from cds_service.records.private_files import Place, place_of
from cds_service.records.rows import Row
from cds_service.records.spool_files import size

_BESIDE = ("-wal", "-shm")
Sent = tuple[Table, Row]


class DatabaseFile:
    """The file and those beside it, as long as a connection of this process is open."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._places: tuple[Place | None, ...] = ()
        self._size = 0
        self._fresh = _fresh_engine(path)

    def remember(self) -> None:
        """The files that are there now are those that are used."""
        self._places, self._size = self._look(), size(self._path)

    def is_in_place(self) -> bool:
        """Whether they are still there, and nobody cut the file."""
        before, self._size = self._size, size(self._path)
        here = zip(self._places, self._look(), strict=True)
        return self._size >= before and all(place in (None, now) for place, now in here)

    def finds(self, sent: Iterable[Sent]) -> bool:
        """Whether another connection, which kept nothing in its memory, finds these rows."""
        try:
            with self._fresh.connect() as connection:
                return all(connection.scalar(_one(*told)) for told in sent)
        except SQLAlchemyError:
            return False

    def _look(self) -> tuple[Place | None, ...]:
        return tuple(place_of(Path(f"{self._path}{end}")) for end in ("", *_BESIDE))


def _one(table: Table, row: Row) -> Select[int]:
    return select(literal(1)).where(*(column == row[column.name] for column in table.primary_key))


def _fresh_engine(path: Path) -> Engine:
    """Each connection is a new one, and makes no file."""
    address = f"{path.absolute().as_uri()}?mode=rw"
    return create_engine("sqlite://", creator=lambda: sqlite3.connect(address, uri=True), poolclass=NullPool)
