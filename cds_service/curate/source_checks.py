"""Looks at the sources of the clinical knowledge, and at when it is to be looked at again."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from importlib.resources.abc import Traversable

from cds_service.curate.code_lock import code_tables
from cds_service.curate.remarks import Remark
from cds_service.fhir_json import as_dict

DATES = ("valid_from", "reviewed", "next_review")
_READ_AS = frozenset({"READ", "READ-2nd", "MEM", "design"})

Told = Mapping[str, object]


def check_sources(entries: Iterable[object]) -> Iterator[Remark]:
    """Every source has a title, says how it was read, and is there once."""
    seen: set[str] = set()
    for entry in map(as_dict, entries):
        name = str(entry.get("id"))
        if name in seen:
            yield Remark("sources.yaml", name, "is there twice")
        seen.add(name)
        if not entry.get("title"):
            yield Remark("sources.yaml", name, "lacks a title")
        if entry.get("status") not in _READ_AS:
            yield Remark("sources.yaml", name, f"status is one of {', '.join(sorted(_READ_AS))}")


def unknown_sources(told: object, known: set[str]) -> list[str]:
    """The ids of "1;51m;MEM" that are no source; `m` marks the part that is from memory."""
    ids = [part.strip() for part in str(told).split(";")]
    return [part for part in ids if part not in known and part.removesuffix("m") not in known]


def check_cited(file: str, told: Told, known: set[str], prefix: str = "") -> Iterator[Remark]:
    """Every `source` of a file, however deep, exists."""
    for key, value in told.items():
        name = f"{prefix}{key}"
        if key == "source" and (unknown := unknown_sources(value, known)):
            yield Remark(file, prefix.rstrip("."), f"unknown source {', '.join(unknown)}; add it to sources.yaml")
        elif isinstance(value, dict):
            yield from check_cited(file, value, known, f"{name}.")


def check_drug_sources(folder: Traversable, known: set[str]) -> Iterator[Remark]:
    """Every source of the drug table exists."""
    rows = next((table.rows for table in code_tables(folder) if table.id == "drugs"), [])
    for number, row in enumerate(rows, start=2):
        if unknown := unknown_sources(row.get("source"), known):
            yield Remark("drugs.csv", f"line {number}", f"unknown source {', '.join(unknown)}")


def check_dates(file: str, name: str, told: Told, today: date, keys: tuple[str, ...] = DATES) -> Iterator[Remark]:
    """The dates are there, in order, and the next review lies ahead."""
    dates = {key: told.get(key) for key in keys}
    days = {key: day for key, day in dates.items() if isinstance(day, date)}
    if len(days) < len(dates):
        yield Remark(file, name, f"needs dates: {', '.join(sorted(dates.keys() - days.keys()))}")
        return
    due = days["next_review"]
    for key in keys[:-1]:
        if not days[key] < due:
            yield Remark(file, name, f"{key} {days[key]} is not before next_review {due}")
    if due < today:
        yield Remark(file, name, f"review was due on {due}", warning=True)
