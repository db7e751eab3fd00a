"""The page that a committee prints: what two versions of the content say differently, and how many cards that means."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from cards import Knowledge
from cds_service.curate.differences import KINDS, Difference
from cds_service.curate.templating import render_page


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: how it is called, and its knowledge."""

    name: str
    knowledge: Knowledge

    @property
    def version(self) -> str:
        """The version of the knowledge."""
        return self.knowledge.version

    @property
    def approval(self) -> str:
        """Who signed it."""
        return self.knowledge.approval


@dataclass(frozen=True, slots=True)
class RateRow:
    """Cards of one leading rule, or of all, on both sides."""

    name: str
    old: str
    new: str
    change: str
    total: bool = False


@dataclass(frozen=True, slots=True)
class Rates:
    """How many cards some patients would get on both sides."""

    title: str
    what: str
    rows: tuple[RateRow, ...]


def rates(title: str, what: str, old: Mapping[str, int], new: Mapping[str, int], calls: tuple[int, int]) -> Rates:
    """Cards by leading rule, most first, then all cards and those per 1,000 calls; `calls` of each side."""
    rules = sorted({*old, *new}, key=lambda rule: (-max(old.get(rule, 0), new.get(rule, 0)), rule))
    each = [_row(rule, old.get(rule, 0), new.get(rule, 0)) for rule in rules]
    before, after = sum(old.values()), sum(new.values())
    per = (_per_1000(before, calls[0]), _per_1000(after, calls[1]))
    total = _row("All cards", before, after, total=True)
    return Rates(
        title, what, (*each, total, RateRow("Per 1,000 calls", _told(per[0]), _told(per[1]), _change(*per), total=True))
    )


def _row(name: str, old: float, new: float, total: bool = False) -> RateRow:
    return RateRow(name, f"{old:,g}", f"{new:,g}", f"{new - old:+,g}" if new != old else "", total)


def _per_1000(cards: int, calls: int) -> float | None:
    return 1000 * cards / calls if calls else None


def _told(rate: float | None) -> str:
    return "\u2013" if rate is None else f"{rate:,.1f}"


def _change(old: float | None, new: float | None) -> str:
    return f"{new - old:+,.1f}" if old is not None and new is not None and round(new - old, 1) else ""


def render(old: Side, new: Side, found: Iterable[Difference], cohorts: Sequence[Rates], day: date) -> str:
    """The page as HTML; `cohorts`: the well patients, and an export where one was given."""
    groups: dict[str, list[Difference]] = {}
    for difference in found:
        groups.setdefault(KINDS[difference.kind], []).append(difference)
    return render_page(
        "diff.html", old=old, new=new, groups=groups, cohorts=cohorts, of_export=len(cohorts) > 1, day=day
    )


def lines(found: Sequence[Difference], cohorts: Iterable[Rates]) -> list[str]:
    """The same for a terminal: each difference in a line or three, then what all cards come to."""
    told = [f"{d.kind} {d.name}, {d.part}:\n  - {d.old or 'not there'}\n  + {d.new or 'not there'}" for d in found]
    sums = (f"{r.title}: {row.name.lower()} {row.old} -> {row.new}" for r in cohorts for row in r.rows if row.total)
    return [*told, *sums] if found else ["Both say the same.", *sums]
