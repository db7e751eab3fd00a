"""The Medication resources that orders refer to: a table on disk, in which a bucket looks up those it needs."""

import re
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from cds_service.backtest.deletions import deleted_among
from cds_service.backtest.job import Job
from cds_service.backtest.scan import shards_folder
from cds_service.backtest.spill import bucket_lines
from cds_service.backtest.times import point
from cds_service.errors import JsonDict
from cds_service.fhir_json import as_dict, as_text, parse_json

_CREATE = "CREATE TABLE medication (reference TEXT PRIMARY KEY, updated TEXT, line BLOB) WITHOUT ROWID"
_NEWEST = """INSERT INTO medication VALUES (?, ?, ?) ON CONFLICT (reference) DO UPDATE SET updated = excluded.updated,
    line = excluded.line WHERE (excluded.updated, excluded.line) > (medication.updated, medication.line)"""
_DIGITS = 20
_NUMBER = re.compile(rf"[0-9]{{1,{_DIGITS}}}")
_FIND = "SELECT line FROM medication WHERE reference = ?"


def gather_medications(job: Job) -> None:
    """Make the table from what all shards spilled."""
    path = _path(job)
    temporary = path.with_suffix(".part")
    temporary.unlink(missing_ok=True)
    with closing(sqlite3.connect(temporary)) as database:
        database.execute(_CREATE)
        for line in bucket_lines(shards_folder(job), job.bucket_count):
            resource = as_dict(parse_json(line))
            if ident := as_text(resource.get("id")):
                database.execute(_NEWEST, (f"Medication/{ident}", version_of(resource), line))
        database.commit()
    temporary.replace(path)


def find_medications(job: Job, references: Iterable[str]) -> dict[str, JsonDict]:
    """The Medication resources of these references, as far as the export holds them."""
    named = {reference for reference in references if reference}
    wanted = sorted(named - deleted_among(job, named))
    if not wanted:
        return {}
    with closing(sqlite3.connect(f"{_path(job).absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as database:
        rows = ((reference, database.execute(_FIND, (reference,)).fetchone()) for reference in wanted)
        return {reference: as_dict(parse_json(row[0])) for reference, row in rows if row}


def version_of(resource: JsonDict) -> str:
    """When a resource was last updated, then its version where that is a number, as text that sorts."""
    meta = as_dict(resource.get("meta"))
    updated, version = point(meta.get("lastUpdated")), as_text(meta.get("versionId")) or ""
    when = updated.isoformat(timespec="microseconds") if updated else ""
    return f"{when} {version.zfill(_DIGITS) if _NUMBER.fullmatch(version) else ''}"


def _path(job: Job) -> Path:
    return job.folder / "medications.sqlite"
