"""The figures as JSON and as CSV."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from itertools import groupby

import orjson

from cds_service.errors import BadQuery
from cds_service.goals import Against
from cds_service.insights.beside import Beside
from cds_service.insights.figures import Count, Day, Insights, Outcomes, Part, RuleDay, Share, Totals
from cds_service.insights.words import Words

ALL_RULES = "(all)"
_DERIVED: dict[type, tuple[str, ...]] = {
    Share: ("per_100",),
    Beside: ("live_per_1000", "trial_per_1000"),
    Outcomes: ("with_feedback", "acceptance", "acceptance_of_all"),
    Part: ("per_1000",),
    Totals: ("cards_per_100",),
    Against: ("met", "told"),
}
# The tables of the page by name; what a candidate told is there where one runs.
TABLES: Mapping[str, Callable[[Insights], Iterable[object]]] = {
    "goals": lambda i: i.goals,
    "days": lambda i: i.days,
    "rule_days": lambda i: i.rule_days,
    "rules": lambda i: i.rules,
    "reasons": lambda i: i.reasons,
    "services": lambda i: i.services,
    "clients": lambda i: i.clients,
    "units": lambda i: i.units,
    "versions": lambda i: i.versions,
    "statuses": lambda i: i.statuses,
    "missing": lambda i: i.missing,
    "understood": lambda i: i.understood,
    "on_trial": lambda i: i.on_trial,
    "candidate_rules": lambda i: i.candidate.rules if i.candidate else (),
    "candidate_totals": lambda i: [i.candidate.totals] if i.candidate else (),
    "candidate_indicators": lambda i: i.candidate.indicators if i.candidate else (),
    "candidate_services": lambda i: i.candidate.services if i.candidate else (),
    "candidate_hours": lambda i: i.candidate.hours if i.candidate else (),
}
_FORMULA = frozenset(
    "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"
)  # wide signs are formulas, too, where such letters are written
COLUMNS = (
    "day",
    "rule",
    "question",
    "calls",
    "answered_calls",
    "cards",
    "cards_per_100_calls",
    "accepted",
    "overridden",
    "without_feedback",
    "not_repeated",
    "override_reasons",
    "p50_ms",
    "p95_ms",
    "p99_ms",
    "data_not_had",
    "new_knowledge",
)


def to_json(insights: Insights) -> bytes:
    """Everything, with the shares worked out; `per_100` is null where a number is too small for it."""
    return orjson.dumps(insights, default=_told, option=orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_INDENT_2)


def _told(value: object) -> dict[str, object]:
    names = [*(field.name for field in fields(value)), *_DERIVED.get(type(value), ())]  # type: ignore[arg-type]
    return {name: getattr(value, name) for name in names}


def to_csv(insights: Insights, words: Words) -> str:
    """A line a day for all rules together, followed by one for each rule that spoke on it."""
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\r\n")
    lines.writerow(COLUMNS)
    spoke = {day: list(rules) for day, rules in groupby(insights.rule_days, key=lambda found: found.day)}
    for day in insights.days:
        rows = [_all_rules(day), *(_one_rule(found, day, words) for found in spoke.get(day.day, ()))]
        lines.writerows(map(_safe, row) for row in rows)
    return text.getvalue()


def table_csv(insights: Insights, name: str) -> str:
    """One table of the figures, a line an entry; BadQuery for a name that there is not."""
    if name not in TABLES:
        raise BadQuery(f"table: one of {', '.join(TABLES)}; or leave it out for a line a day and rule.")
    rows = [dict(_flat(entry)) for entry in TABLES[name](insights)]
    text = io.StringIO()
    lines = csv.DictWriter(text, list(rows[0]) if rows else [], lineterminator="\r\n")
    lines.writeheader()
    lines.writerows(rows)
    return text.getvalue()


def _flat(entry: object, before: str = "") -> Iterator[tuple[str, object]]:
    """The figures of an entry by name; of one within it behind the name of that."""
    for name, value in _told(entry).items():
        if is_dataclass(value):
            yield from _flat(value, f"{before}{name}_")
        elif isinstance(value, tuple):
            told = "; ".join(v if isinstance(v, str) else f"{v.code or 'none'}: {v.count}" for v in value)
            yield f"{before}{name}", _safe(told)
        else:
            yield f"{before}{name}", _safe(value)


def _safe(value: object) -> object:
    """No program that opens the file takes a name for a formula."""
    return f"'{value}" if isinstance(value, str) and value[:1] in _FORMULA else value


def _all_rules(day: Day) -> list[object]:
    totals = day.totals
    latency = totals.latency
    return [
        *(day.day, ALL_RULES, "", totals.calls, totals.answered),
        *_outcomes(totals.outcomes, totals.cards_per_100),
        *(totals.quieted, ""),
        *(latency.p50, latency.p95, latency.p99, totals.not_had, " ".join(day.versions)),
    ]


def _one_rule(found: RuleDay, day: Day, words: Words) -> list[object]:
    totals = day.totals
    return [
        *(found.day, found.rule, words.rule(found.rule), totals.calls, totals.answered),
        *_outcomes(found.outcomes, Share(found.outcomes.cards, totals.answered)),
        *(found.quieted, "; ".join(_reasons(found.reasons))),
        *("", "", "", "", ""),
    ]


def _outcomes(outcomes: Outcomes, per_100: Share) -> list[object]:
    rate = "" if per_100.per_100 is None else round(per_100.per_100, 2)
    return [
        outcomes.cards,
        rate,
        outcomes.accepted,
        outcomes.overridden,
        outcomes.cards - outcomes.with_feedback,
    ]


def _reasons(reasons: tuple[Count, ...]) -> Iterator[str]:
    return (f"{reason.code or 'none'}: {reason.count}" for reason in reasons)
