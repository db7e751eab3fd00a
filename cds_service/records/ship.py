"""Moves entries from the spool to the database, in batches; each arrives once, however often it is sent."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Column, Connection, Engine, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DataError, IntegrityError, InterfaceError, ProgrammingError, SQLAlchemyError, StatementError

from cds_service.named_files import told_name
from cds_service.records.database_file import Sent
from cds_service.records.log import record_trouble
from cds_service.records.private_files import open_regular
from cds_service.records.rollups import count_anew
from cds_service.records.rows import Row, rows_of
from cds_service.records.spool_files import lines, remove_if_done, size, waiting

# A batch holds SQLite's one write lock, which the look-up of a token waits for: some milliseconds.
_BATCH = {"sqlite": 200, "postgresql": 1000}
_REJECTED = "rejected.txt"
_UNUSABLE = (LookupError, TypeError, ValueError, AttributeError, OverflowError, DataError, IntegrityError)


class _Odd(ValueError):
    """An entry is none of ours."""


class Shipper:
    """Ships what waits in a folder; remembers how far each file was shipped.

    Nothing is removed unless the database is `in_place` and `finds` the first and the last that was sent of a file:
    else all that is still here is to be sent again.
    """

    def __init__(
        self,
        folder: Path,
        engine: Engine,
        in_place: Callable[[], bool] = lambda: True,
        finds: Callable[[Sequence[Sent]], bool] = lambda _: True,
    ) -> None:
        self._folder = folder
        self._in_place, self._finds = in_place, finds
        self._sent: dict[Path, tuple[Sent, Sent]] = {}
        self.lost = False
        self._engine = engine
        self._offsets: dict[Path, int] = {}
        self._left: set[Path] = set()
        self._most = _BATCH[engine.dialect.name]

    def ship(self) -> int:
        """Ship all that waits; how many entries. SQLAlchemyError when the database is of no use: they wait on.

        A file that cannot be read, or whose odd entry cannot be set aside, stays and holds up no other.
        """
        files = waiting(self._folder)
        self._offsets = {path: self._offsets.get(path, 0) for path in files}
        self._sent = {path: sent for path, sent in self._sent.items() if path in self._offsets}
        return sum(self._ship_or_leave(path) for path in files)

    def ship_again(self) -> None:
        """Ship once more what is still here: the database that took it is gone."""
        self._offsets.clear()
        self._sent.clear()
        self.lost = False

    def forget_sent(self) -> None:
        """Ask for nothing that was sent up to now: it may have been removed since."""
        self._sent.clear()

    def waiting_bytes(self) -> int:
        """How much of the spool was not shipped yet."""
        return sum(size(path) - self._offsets.get(path, 0) for path in waiting(self._folder))

    def rejected_bytes(self) -> int:
        """The size of what no database takes, kept aside."""
        return size(self._folder / _REJECTED)

    def _ship_or_leave(self, path: Path) -> int:
        try:
            shipped = self._ship_file(path)
        except OSError as problem:
            if not os.path.lexists(path):  # shipped by another meanwhile, as the service ends
                return 0
            if path not in self._left:
                what = "a file of the spool cannot be shipped: it stays, the others go"
                record_trouble(what, file=told_name(path), problem=type(problem).__name__)
            self._left.add(path)
            return 0
        self._left.discard(path)
        return shipped

    def _ship_file(self, path: Path) -> int:
        shipped = 0
        while batch := list(islice(lines(path, self._offsets[path], self._most), self._most)):
            self._send(path, [line for line, _ in batch])
            self._offsets[path] = batch[-1][1]
            shipped += len(batch)
        if self._in_place():
            remove_if_done(path, self._offsets[path], lambda: self._arrived(path))
        return shipped

    def _arrived(self, path: Path) -> bool:
        self.lost = self.lost or not self._finds(self._sent.get(path, ()))
        return not self.lost

    def _send(self, path: Path, batch: Sequence[bytes]) -> None:
        try:
            self._insert(path, batch)
        except (*_UNUSABLE, SQLAlchemyError) as problem:
            if not _is_of_the_entry(problem):
                raise
            if len(batch) > 1:
                for line in batch:
                    self._send(path, [line])
            else:
                self._reject(batch[0], problem)

    def _insert(self, path: Path, batch: Sequence[bytes]) -> None:
        rows = _rows(batch)
        with self._engine.begin() as connection:
            for table, listed in rows.items():
                insert_new(connection, table, listed)
            count_anew(connection, rows)
        table, listed = next(iter(rows.items()))
        first, _ = self._sent.get(path, ((table, listed[0]), None))
        self._sent[path] = first, (table, listed[-1])

    def _reject(self, line: bytes, problem: Exception) -> None:
        """An entry that no database takes is kept aside for a person to look at."""
        record_trouble("a record cannot be shipped: kept aside", file=_REJECTED, problem=type(problem).__name__)
        with open(self._folder / _REJECTED, "ab", opener=open_regular) as file:
            file.write(line)


def _rows(batch: Sequence[bytes]) -> dict[Table, list[Row]]:
    """The rows of some lines; whatever is raised meanwhile is the fault of one of them: nothing else is asked."""
    try:
        found = rows_of(orjson.loads(line) for line in batch)
    except Exception as problem:
        raise _Odd(type(problem).__name__) from None
    for table, rows in found.items():
        types = _types(table)
        if any(type(value) not in types[name] for row in rows for name, value in row.items()):
            raise _Odd(table.name)
    return found


@cache
def _types(table: Table) -> Mapping[str, frozenset[type]]:
    """Of each column the types that a value of it may have.

    A database tells a text where a number stands as it tells a table that it lacks: as if that might pass.
    """
    return {column.name: frozenset(_types_of(column)) for column in table.c}


def _types_of(column: Column[Any]) -> Iterator[type]:
    wanted = column.type.python_type
    yield wanted
    if wanted is float:
        yield int
    if column.nullable:
        yield type(None)


def insert_new(connection: Connection, table: Table, rows: list[Row]) -> None:
    """Insert rows; one whose key is there already is left as it is."""
    insert: Any = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    connection.execute(insert(table).on_conflict_do_nothing(), rows)


def _is_of_the_entry(problem: Exception) -> bool:
    """Whether no database would take the entry; any other fault is this database's, and may pass.

    A statement that fails before it is sent, for a value that no driver can send, has no SQLSTATE.
    """
    if isinstance(problem, ProgrammingError | InterfaceError):
        return not problem.connection_invalidated and not getattr(problem.orig, "sqlstate", None)
    return isinstance(problem, _UNUSABLE) or type(problem) is StatementError
