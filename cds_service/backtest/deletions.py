"""What the server says was deleted: Bundles of an export whose entries ask for DELETE (Bulk Data, `deleted`)."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

from cds_service.backtest.job import Job
from cds_service.backtest.scan import deletions_bucket, shards_folder
from cds_service.backtest.spill import bucket_lines

_CREATE = "CREATE TABLE deleted (reference TEXT PRIMARY KEY) WITHOUT ROWID"
_ADD = "INSERT OR IGNORE INTO deleted VALUES (?)"
_FIND = "SELECT 1 FROM deleted WHERE reference = ?"
_ANY = "SELECT count(*) FROM deleted"


def gather_deletions(job: Job) -> int:
    """Make the table of what was deleted from what all shards spilled; how many resources it names."""
    path = _path(job)
    temporary = path.with_suffix(".part")
    temporary.unlink(missing_ok=True)
    with closing(sqlite3.connect(temporary)) as database:
        database.execute(_CREATE)
        database.executemany(
            _ADD, ((line.decode(),) for line in bucket_lines(shards_folder(job), deletions_bucket(job)))
        )
        database.commit()
        named = int(database.execute(_ANY).fetchone()[0])
    temporary.replace(path)
    return named


def deleted_among(job: Job, references: Iterable[str]) -> frozenset[str]:
    """Those of some references, `Type/id`, that were deleted."""
    with closing(sqlite3.connect(f"{_path(job).absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as database:
        any_was = database.execute(_ANY).fetchone()[0]
        return frozenset(_found(database, references)) if any_was else frozenset()


def _found(database: sqlite3.Connection, references: Iterable[str]) -> Iterator[str]:
    return (reference for reference in references if database.execute(_FIND, (reference,)).fetchone())


def _path(job: Job) -> Path:
    return job.folder / "deleted.sqlite"
