"""What was not understood, ready to be mapped: the commonest codes, units and classes of the records."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from cards import What, Why
from cds_service.insights.figures import Share
from cds_service.insights.period import Period
from cds_service.insights.queries import Records
from cds_service.insights.scope import EVERYTHING
from cds_service.records.schema import READING, UNREAD

FEWEST = 5  # what occurred less often may tell of one patient: it is only counted


@dataclass(frozen=True, slots=True)
class Told:
    """What was not understood so often: a code of a system, a unit of an analyte (`system`), the class of a stay."""

    what: str
    why: str
    system: str
    code: str
    count: int


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """The codes that occurred often enough, the commonest first; of each kind how often something else did."""

    codes: tuple[Told, ...]
    others: Mapping[str, int]


def read_not_understood(connection: Connection, period: Period) -> NotUnderstood:
    """What was not understood in a period; SQLAlchemyError when the database is of no use."""
    u = UNREAD.c
    keys = (u.what, u.why, u.system, u.code)
    days = u.day.between(period.since, period.until)
    query = select(*keys, func.sum(u.count)).where(days).group_by(*keys)
    told = [Told(what, why, system, code, int(n)) for what, why, system, code, n in connection.execute(query)]
    shown = [t for t in told if t.code and t.count >= FEWEST]
    others: dict[str, int] = {}
    for rest in told:
        if not rest.code or rest.count < FEWEST:
            others[rest.what] = others.get(rest.what, 0) + rest.count
    return NotUnderstood(tuple(sorted(shown, key=lambda t: (-t.count, t.what, t.system, t.code))), others)


def read_shares(connection: Connection, period: Period) -> dict[str, Share]:
    """Of each kind of entry how many were understood, and how many there were."""
    return Records(connection, period, EVERYTHING).understood()


def calls_answered(connection: Connection, period: Period) -> int:
    """How many calls of a period brought anything to read."""
    days = READING.c.day.between(period.since, period.until)
    return connection.execute(select(func.count(READING.c.answer_id.distinct())).where(days)).scalar() or 0


@dataclass(frozen=True, slots=True)
class _Map:
    """Where a site file says what a code means: the path of the list, and the name of the meaning."""

    path: tuple[str, ...]
    meaning: str


_MAPS = {
    What.RESULT.value: _Map(("codes", "labs"), "analyte"),
    What.MEDICINE.value: _Map(("codes", "drugs"), "ingredient"),
    What.DRAFT.value: _Map(("codes", "drugs"), "ingredient"),
    What.PROBLEM.value: _Map(("codes", "conditions"), "category"),
    What.CARE.value: _Map(("codes", "conditions"), "category"),
    What.STAY.value: _Map(("encounter_classes",), "setting"),
}


def site_lines(found: NotUnderstood) -> Iterator[str]:
    """The lines of a site file that would map them: each meaning is left for a person to fill in."""
    units = [t for t in found.codes if t.why == Why.UNIT]
    yield from (f"# unit {_quoted(t.code)} of {t.system}: {t.count:,} times" for t in units)
    above: tuple[str, ...] = ()
    for path, listed in _by_path(t for t in found.codes if t.why != Why.UNIT).items():
        for depth, key in enumerate(path):
            if above[: depth + 1] != path[: depth + 1]:
                yield f"{'  ' * depth}{key}:"
        above = path
        yield from (f"{'  ' * len(path)}{line}" for line in listed)
    yield from (f"# {what}: {n:,} others, too rare to be shown or not told by a code" for what, n in _rest(found))


def _by_path(told: Iterable[Told]) -> dict[tuple[str, ...], list[str]]:
    """The lines of each map; a drafted order and a running one of the same code are one line."""
    counts: dict[tuple[tuple[str, ...], str, str, str], int] = {}
    for t in told:
        if where := _MAPS.get(t.what):
            key = (where.path, where.meaning, t.system, t.code)
            counts[key] = counts.get(key, 0) + t.count
    found: dict[tuple[str, ...], list[str]] = {}
    for (path, meaning, system, code), n in sorted(counts.items(), key=lambda item: (item[0][0], -item[1])):
        line = f"- {{system: {_quoted(system)}, code: {_quoted(code)}, {meaning}: '?'}} # {n:,} times"
        found.setdefault(path, []).append(line)
    return found


def _rest(found: NotUnderstood) -> list[tuple[str, int]]:
    return sorted(found.others.items(), key=lambda item: -item[1])


def _quoted(told: str) -> str:
    """A text of YAML in single quotes, in which nothing but the quote itself is special."""
    return f"'{told.replace(chr(39), chr(39) * 2)}'"
