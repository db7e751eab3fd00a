"""Which levels and patients no row is for, which two rows are for, and which rows are never reached."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from math import prod

from cards.model import RenalGate
from cards.model.protocol import INF, Atom, Protocol, Row
from cards.model.protocol_answer import Facts
from cards.protocol.engine import fits, holds

_MOST = 4096  # patients that are tried
_KIDNEYS = "kidneys"
_ABOVE = 2  # steps of the scale above the highest row
_ORAL = {"None": "who can take it by mouth", "nil": "nil by mouth", "tube": "fed by tube"}
Told = Iterator[tuple[int, str]]
Patient = Mapping[tuple[str, str], object]


def _values(protocol: Protocol) -> list[float]:
    """Every value that the laboratory can print, up to the highest row."""
    return values_to(0.0, protocol)


def values_to(at_least: float, protocol: Protocol) -> list[float]:
    """Every value that the laboratory can print, up to the highest row and to a value in the protocol's unit."""
    ends = [end for row in protocol.rows for end in (row.level.low, row.level.high) if end < INF]
    scale: int = 10**protocol.decimals
    return [step / scale for step in range(round(max((at_least, *ends)) * scale) + _ABOVE)]


def spans(values: list[float], protocol: Protocol) -> str:
    """Neighbouring values as spans, with their unit: "1.2 .. 1.3 mg/dL"."""
    return f"{bare_spans(values, protocol)} {protocol.unit}"


def bare_spans(values: list[float], protocol: Protocol) -> str:
    """Neighbouring values as spans: "1.2 .. 1.3"."""
    step, spans = 10.0**-protocol.decimals, [[values[0], values[0]]]
    for value in values[1:]:
        if value - spans[-1][1] > step * 1.5:
            spans.append([value, value])
        spans[-1][1] = value
    told = (f"{a:.{protocol.decimals}f}" + (f" .. {b:.{protocol.decimals}f}" if b > a else "") for a, b in spans)
    return ", ".join(told)


def gaps(protocol: Protocol, normal_from: float) -> Told:
    """Levels below the highest row for which there is no row, whoever the patient is; else for some patients.

    Rows above `normal_from`, in the protocol's unit, are for some patients on purpose.
    """
    values = _values(protocol)
    top = max((v for v in values if any(r.level.holds(v) for r in protocol.rows)), default=0.0)
    bare = [v for v in values if v <= top and not any(r.level.holds(v) for r in protocol.rows)]
    if bare:
        yield 1, f"gap: no row is for {spans(bare, protocol)}"
    for names, all_held in _groups(protocol, top):
        held = [value for value in all_held if value <= normal_from]
        rows = [row for row in protocol.rows if row.name in names]
        left = next((p for p in patients(rows, protocol) if _unfitted(p, rows, held, protocol)), None)
        if left is not None:
            told = spans(_unfitted(left, rows, held, protocol), protocol)
            yield rows[0].line, f"gap: at {told} no row fits a patient {_described(left)}"


def _unfitted(patient: Patient, rows: Sequence[Row], values: Sequence[float], protocol: Protocol) -> list[float]:
    """The values at which no row fits a patient; one stands for all where no condition compares magnesium."""
    told = values if _compares_magnesium(protocol) else values[:1]
    found = [v for v in told if not any(fits(row, facts_of(patient, v, protocol.per_mmol), protocol) for row in rows)]
    return found if _compares_magnesium(protocol) else list(values) if found else []


def _compares_magnesium(protocol: Protocol) -> bool:
    return any(a.of == "magnesium" for row in protocol.rows for c in row.when for both in c.either for a in both)


def _groups(protocol: Protocol, top: float) -> Iterator[tuple[tuple[str, ...], list[float]]]:
    """The values that the same rows are for."""
    found: dict[tuple[str, ...], list[float]] = {}
    for value in _values(protocol):
        names = tuple(row.name for row in protocol.rows if row.level.holds(value))
        if names and value <= top:
            found.setdefault(names, []).append(value)
    yield from found.items()


def overlaps(protocol: Protocol) -> Told:
    """Two rows without conditions between them that both are for a level: the first answers."""
    for number, row in enumerate(protocol.rows):
        for after in protocol.rows[number + 1 :]:
            both = [v for v in _values(protocol) if row.level.holds(v) and after.level.holds(v)]
            if both and row.when == after.when:
                yield (
                    after.line,
                    f'overlap: {spans(both, protocol)} is in "{row.name}" and "{after.name}": the first answers',
                )


def unreached(protocol: Protocol) -> Told:
    """Rows before which another always answers, or whose conditions no patient meets."""
    for number, row in enumerate(protocol.rows):
        before = [b for b in protocol.rows[:number] if _meet(row, b, protocol)]
        kinds = patients([row, *before], protocol)
        if kinds and not any(_reaches(row, before, p, protocol) for p in kinds):
            yield row.line, f'unreached: row "{row.name}": a row above always answers, or nobody meets it'


def _meet(one: Row, other: Row, protocol: Protocol) -> bool:
    """Whether both are for some level."""
    return any(one.level.holds(v) and other.level.holds(v) for v in _values(protocol))


def _reaches(row: Row, before: Sequence[Row], patient: Patient, protocol: Protocol) -> bool:
    for value in (v for v in _values(protocol) if row.level.holds(v)):
        facts = facts_of(patient, value, protocol.per_mmol)
        if fits(row, facts, protocol) and not any(b.level.holds(value) and fits(b, facts, protocol) for b in before):
            return True
    return False


# -- patients ---------------------------------------------------------------------------------------------------------
def patients(rows: Sequence[Row], protocol: Protocol) -> list[Patient]:
    """Every kind of patient of the protocol that rows tell apart; none where that would be too many to try."""
    asked = dict(_asked(rows))
    if prod(map(len, asked.values())) > _MOST:
        return []
    kinds = (dict(zip(asked, told, strict=True)) for told in product(*asked.values()))
    return [kind for kind in kinds if _is_of_protocol(kind, protocol)]


def _is_of_protocol(patient: Patient, protocol: Protocol) -> bool:
    """Whether the scope, as far as it asks for what tells these patients apart, lets one in."""
    told = [c for c in protocol.scope if all(_key(a) in patient for both in c.either for a in both)]
    return all(holds(condition, facts_of(patient), protocol) for condition in told)


def _asked(rows: Sequence[Row]) -> Iterator[tuple[tuple[str, str], tuple[object, ...]]]:
    found: dict[tuple[str, str], dict[object, None]] = {}
    for atom in (a for row in rows for c in row.when for both in c.either for a in both):
        if atom.of != "magnesium":
            found.setdefault(_key(atom), {}).update(dict.fromkeys(_answers(atom)))
    yield from ((key, tuple(told)) for key, told in found.items())


def _key(atom: Atom) -> tuple[str, str]:
    if atom.kind == "known":
        return ("number" if atom.of not in ("calcium", "oral") else "state"), atom.of
    return (atom.kind, "" if atom.kind == "unit" else atom.of)


def _answers(atom: Atom) -> tuple[object, ...]:
    """What may be told of what an atom asks; None where that may be not known, or not so."""
    if atom.of == _KIDNEYS:
        return tuple(gate.name for gate in RenalGate)
    if atom.kind == "state":
        return (None, "nil", "tube") if atom.of == "oral" else (None, "low", "normal", "high")
    if atom.kind == "number" and atom.level:
        ends = [end for end in (atom.level.low, atom.level.high) if end < INF]
        return (None, *(end + step for end in ends for step in (-0.5, 0.0, 0.5)))
    return (None, atom.of) if atom.kind in ("word", "unit", "permission") else (None,)


def facts_of(patient: Patient, magnesium: float | None = None, per_mmol: float = 1.0) -> Facts:
    """A patient as facts; the level in the protocol's unit."""
    told = {key: value for key, value in patient.items() if value is not None}
    return Facts(
        magnesium=None if magnesium is None else magnesium / per_mmol,
        numbers={of: value for (kind, of), value in told.items() if kind == "number" and isinstance(value, float)},
        states={of: str(value) for (kind, of), value in told.items() if kind == "state"},
        units=frozenset(str(value) for (kind, _), value in told.items() if kind == "unit"),
        has=frozenset(str(value) for (kind, _), value in told.items() if kind == "word"),
        permissions=frozenset(str(value) for (kind, _), value in told.items() if kind == "permission"),
    )


def _described(patient: Patient) -> str:
    told = [_in_words(kind, of, value) for (kind, of), value in patient.items()]
    return ", ".join(told) or "whoever it is"


def _in_words(kind: str, of: str, value: object) -> str:
    if of == "oral":
        return _ORAL[str(value)]
    name = (of or kind).replace("_", " ")
    if value is None:
        return f"{name} not known" if kind in ("state", "number") else f"without {name}"
    if kind in ("state", "number"):
        return f"{name} {value}"
    return f"with {'permission ' if kind == 'permission' else ''}{str(value).replace('_', ' ')}"
