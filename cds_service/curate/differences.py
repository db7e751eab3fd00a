"""What two versions of the clinical content say differently, piece by piece, side by side."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from cds_service.curate.contents import Piece, plain

KINDS: Mapping[str, str] = {
    "number": "Numbers",
    "dose": "Doses",
    "stop": "Stops",
    "rule": "Rules and their words",
    "protocol": "The hospital's protocol",
    "product": "Products",
    "test": "Tests",
    "text": "Words that cards share",
    "table": "Codes and tables",
    "site": "What the site file changes",
}
_NOT_WORDS = {"cases": "what its cases do"}
_MOST_ROWS = 200


@dataclass(frozen=True, slots=True)
class Difference:
    """One part of one piece: what it said and says; "" for what is not there."""

    kind: str
    name: str
    part: str
    old: str
    new: str


def differences(old: Mapping[str, Piece], new: Mapping[str, Piece]) -> Iterator[Difference]:
    """Everything that differs, by kind as a committee reads it, then by name."""
    for kind in KINDS:
        for piece in sorted({p.id for p in (*old.values(), *new.values()) if p.kind == kind}):
            before, after = old.get(piece), new.get(piece)
            if before is None or after is None or before.hash != after.hash:
                yield from _of_piece(kind, piece.partition(":")[2], before, after)


def _of_piece(kind: str, name: str, old: Piece | None, new: Piece | None) -> Iterator[Difference]:
    before, after = (old.parts if old else {}), (new.parts if new else {})
    if kind == "number":
        yield Difference(kind, name, told(after.get("of") or before.get("of")), _number(before), _number(after))
        return
    for part in dict.fromkeys((*before, *after)):
        one, other = plain(before.get(part)), plain(after.get(part))
        if one == other:
            continue
        if part == "rows" and isinstance(one, list | None) and isinstance(other, list | None):
            yield from _of_rows(name, one or [], other or [])
        else:
            yield Difference(kind, name, _NOT_WORDS.get(part, part), *_shown(part, one, other))


def _number(parts: Mapping[str, object]) -> str:
    return f"{parts['value']:g} {parts['unit']}" if parts else ""


def _shown(part: str, old: object, new: object) -> tuple[str, str]:
    """Both sides in words; of the cases only that they are others."""
    if part in _NOT_WORDS:
        return ("as before", "other cases, or other results of them") if old and new else (told(old), told(new))
    return told(old), told(new)


def _of_rows(table: str, old: Sequence[object], new: Sequence[object]) -> Iterator[Difference]:
    """The rows of a table that are gone, and those that are new; of very many the first, and how many more."""
    before, after = dict.fromkeys(map(told, old)), dict.fromkeys(map(told, new))
    gone, come = [row for row in before if row not in after], [row for row in after if row not in before]
    for number in range(min(max(len(gone), len(come)), _MOST_ROWS)):
        yield Difference("table", table, "row", _at(gone, number), _at(come, number))
    if (more := max(len(gone), len(come)) - _MOST_ROWS) > 0:
        yield Difference("table", table, "more rows", f"{more} not listed", f"{more} not listed")


def _at(rows: Sequence[str], number: int) -> str:
    return rows[number] if number < len(rows) else ""


def told(value: object) -> str:
    """A value as people read it."""
    if value in (None, "", [], {}):
        return ""
    if isinstance(value, list) and all(isinstance(one, str | int | float) for one in value):
        return ", ".join(map(str, value))
    if isinstance(value, list):
        return "; ".join(map(told, value))
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False).replace('"', "")
