"""The code tables and their lock: every CSV is listed with source, licence, rows and checksum, and is unaltered."""

import csv
import hashlib
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path

import yaml

from cds_service.fhir_json import as_dict

LOCK = "codes.lock.json"
_ANALYTES = "analytes"
_PROVENANCE = ("source", "version", "licence", "retrieved")
_NEW = {
    "source": "This project, from general pharmacy knowledge",
    "version": "1",
    "licence": "Licence of this project",
}
_ATC = "atc"
_PAIRS = {"atc", "ingredient", "kind"}
CHANGED = "is not the file that was locked"
_REWRITE = "if the change is meant, run `magnesium-cds knowledge check --write-lock`"

Entry = Mapping[str, object]
Wrong = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class CodeTable:
    """One CSV of code tables, or the codes of the analytes as one."""

    id: str
    raw: bytes
    file: str

    @property
    def sha256(self) -> str:
        """Of the bytes with line ends as LF, so that a checkout with CRLF is the same."""
        return hashlib.sha256(self.raw.replace(b"\r\n", b"\n")).hexdigest()

    @property
    def rows(self) -> list[dict[str, str]]:
        """The rows below the header."""
        return list(csv.DictReader(io.StringIO(self.raw.decode("utf-8"))))


def code_tables(folder: Traversable) -> list[CodeTable]:
    """Every CSV of a folder, and the codes of the analytes as one, by name."""
    paths = (path for path in folder.iterdir() if path.name.endswith(".csv"))
    tables = [CodeTable(path.name.removesuffix(".csv"), path.read_bytes(), path.name) for path in paths]
    return sorted((*tables, _codes_of_analytes(folder / _ANALYTES)), key=lambda table: table.id)


def _codes_of_analytes(folder: Traversable) -> CodeTable:
    """The codes that the files of the analytes hold; their units and names are ours, and not locked."""
    written = io.StringIO()
    rows = csv.writer(written, lineterminator="\n")
    rows.writerow(("analyte", "code", "display"))
    for path in sorted(folder.iterdir(), key=lambda p: p.name):
        codes = as_dict(as_dict(yaml.safe_load(path.read_text(encoding="utf-8"))).get("codes"))
        rows.writerows((path.name.removesuffix(".yaml"), code, display) for code, display in codes.items())
    return CodeTable(_ANALYTES, written.getvalue().encode(), f"{_ANALYTES}/*.yaml")


def wrong_codes(folder: Traversable) -> Iterator[Wrong]:
    """(file, id, reason) of everything wrong with the code tables of a folder."""
    try:
        locked = _locked(folder)
    except (LookupError, OSError, TypeError, ValueError) as problem:
        yield LOCK, "", f"is not a readable list of entries with an id: {problem!r}"
        return
    tables = {table.id: table for table in code_tables(folder)}
    for name in sorted(locked.keys() - tables.keys()):
        yield LOCK, name, "is listed, but there is no such CSV"
    for name, table in tables.items():
        yield from _against_lock(table, locked.get(name))
        if any(column.strip().lower().startswith("atc") for row in table.rows[:1] for column in row):
            yield from _more_than_pairs(table)


def _more_than_pairs(table: CodeTable) -> Iterator[Wrong]:
    """Bare pairs of ATC code and ingredient are facts; names, groups and doses of ATC are not ours to redistribute."""
    if table.id != _ATC or set(table.rows[0]) != _PAIRS:
        yield table.file, "ATC", "ATC codes are not ours to redistribute, but for bare pairs in atc.csv"


def _against_lock(table: CodeTable, entry: Entry | None) -> Iterator[Wrong]:
    file = table.file
    if entry is None:
        yield file, table.id, f"is not listed in {LOCK}; {_REWRITE}"
        return
    for key in _PROVENANCE:
        if not entry.get(key):
            yield LOCK, table.id, f"lacks {key}"
    if entry.get("rows") != len(table.rows):
        yield file, table.id, f"has {len(table.rows)} rows, {LOCK} says {entry.get('rows')}; {_REWRITE}"
    if entry.get("sha256") != table.sha256:
        yield file, table.id, f"{CHANGED} (sha256 differs); {_REWRITE}"


def _locked(folder: Traversable) -> dict[str, Entry]:
    told = json.loads((folder / LOCK).read_text(encoding="utf-8"))
    return {str(entry["id"]): entry for entry in told}


def write_lock(folder: Path, today: str) -> list[str]:
    """Lock the tables as they are now; provenance stays, a new table says it is this project's. Ids that changed."""
    locked = _locked(folder)
    made = []
    for table in code_tables(folder):
        known = locked.get(table.id, {"id": table.id, **_NEW})
        kept = {key: value for key, value in known.items() if key != "retrieved"}
        retrieved = known.get("retrieved", today)
        made.append({**kept, "rows": len(table.rows), "sha256": table.sha256, "retrieved": retrieved})
    text = json.dumps(made, indent=1, ensure_ascii=False) + "\n"
    (folder / LOCK).write_bytes(text.encode())
    return [str(entry["id"]) for entry in made if locked.get(str(entry["id"])) != entry]
