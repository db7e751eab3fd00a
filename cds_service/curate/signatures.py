"""A site's signatures: who signed which piece of the content, and what changed since."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from importlib.resources.abc import Traversable
from typing import Any

import yaml

from cards import Knowledge, Signed, parse_yaml, places_of
from cds_service.curate.contents import Piece, contents, numbers_of

_HEAD = (
    "# Written by `magnesium-cds knowledge sign`: who signed which piece of the clinical content, by a hash of it.\n"
)
_KEYS = ("name", "role", "date")
_EVERY_CARD = frozenset({"stop", "table", "text", "site"})
_DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


@dataclass(frozen=True, slots=True)
class Signature:
    """What one person signed at one time: hashes by the name of the piece; `code`: hashes of the rules' source then."""

    name: str
    role: str
    date: str
    pieces: Mapping[str, str]
    code: Mapping[str, str] = field(default_factory=dict)

    @property
    def person(self) -> str:
        """Who it is, whatever the spelling in capitals and blanks."""
        return " ".join(self.name.casefold().split())

    def __str__(self) -> str:
        return f"{self.name} ({self.role}), {self.date}"


@dataclass(frozen=True, slots=True)
class State:
    """How one piece in force stands: `why` it is not signed; "" when it is."""

    piece: str
    why: str = ""
    changed: bool = False


def read_signatures(text: str, name: str) -> tuple[Signature, ...]:
    """The signatures of a file, the oldest first; KnowledgeError with file and line when it is none."""
    told = parse_yaml(text, name) or []
    places = places_of(text, name)
    if not isinstance(told, list):
        raise places.error("a file of signatures is a list, as `knowledge sign` writes it")
    for number, entry in enumerate(told):
        if not isinstance(entry, dict) or not all(entry.get(key) for key in _KEYS):
            raise places.error(f"a signature needs {', '.join(_KEYS)} and signed", str(number))
        if not isinstance(entry.get("signed"), dict) or not all(isinstance(n, dict) for n in entry["signed"].values()):
            raise places.error("a signature needs signed: hashes by kind and name", str(number))
    return tuple(map(_signature, told))


def _signature(entry: Mapping[str, Any]) -> Signature:
    signed = {f"{kind}:{name}": str(of) for kind, named in entry["signed"].items() for name, of in named.items()}
    code = {str(name): str(of) for name, of in (entry.get("code") or {}).items()}
    return Signature(str(entry["name"]), str(entry["role"]), str(entry["date"]), signed, code)


def written(signatures: Iterable[Signature]) -> str:
    """The text of a file of signatures."""
    told = [
        {"name": s.name, "role": s.role, "date": s.date, "signed": _by_kind(s.pieces), "code": dict(s.code)}
        for s in signatures
    ]
    return _HEAD + yaml.dump(told, Dumper=_DUMPER, sort_keys=False, allow_unicode=True, width=120)


def _by_kind(pieces: Mapping[str, str]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for piece, of in pieces.items():
        kind, _, name = piece.partition(":")
        found.setdefault(kind, {})[name] = of
    return found


def sign(
    pieces: Iterable[Piece], before: Sequence[Signature], who: tuple[str, str], on: date, code: Mapping[str, str]
) -> Signature:
    """The signature of a person, name and role, under all of the pieces that this person did not sign as they are."""
    mine = Signature(*who, str(on), {}, code)
    known = {(piece, of) for s in before if s.person == mine.person for piece, of in s.pieces.items()}
    new = {piece.id: piece.hash for piece in pieces if (piece.id, piece.hash) not in known}
    return Signature(mine.name, mine.role, mine.date, new, code)


def states(pieces: Iterable[Piece], signatures: Sequence[Signature], signers: int = 1) -> Iterator[State]:
    """How each piece stands with the signatures there are, where so many different people must sign."""
    for piece in pieces:
        signed = {s.person: s for s in signatures if s.pieces.get(piece.id) == piece.hash}
        if len(signed) >= signers:
            yield State(piece.id)
        elif signed:
            names = ", ".join(s.name for s in signed.values())
            yield State(piece.id, f"waits for another signature: {len(signed)} of {signers}, {names}")
        else:
            last = next((s for s in reversed(signatures) if piece.id in s.pieces), None)
            yield State(piece.id, f"changed since {last} signed" if last else "never signed", bool(last))


def gone(pieces: Mapping[str, Piece], signatures: Iterable[Signature]) -> list[str]:
    """The pieces that somebody signed and that are in force no more."""
    return sorted({piece for s in signatures for piece in s.pieces} - pieces.keys())


def signed_state(knowledge: Knowledge, signatures: Sequence[Signature], folder: Traversable | None = None) -> Signed:
    """What the signatures cover of the knowledge in force; `folder` has its tables, where they are not the shipped."""
    pieces = contents(knowledge, folder)
    unsigned = frozenset(
        s.piece for s in states(pieces.values(), signatures, knowledge.site.signatures.signers) if s.why
    )
    numbers = {piece.partition(":")[2] for piece in unsigned if piece.startswith("number:")}
    resting = {rule: numbers_of(rule, knowledge) for rule in knowledge.advice}
    rules = {rule for rule, on in resting.items() if f"rule:{rule}" in unsigned or on & numbers}
    of_every_card = numbers - frozenset().union(*resting.values())
    shared = bool(of_every_card) or any(piece.partition(":")[0] in _EVERY_CARD for piece in unsigned)
    in_force = (s for s in signatures if any(p.hash == s.pieces.get(p.id) for p in pieces.values()))
    by = tuple(map(str, {s.person: s for s in in_force}.values()))
    return Signed(by if len(unsigned) < len(pieces) else (), unsigned, frozenset(rules), shared)
