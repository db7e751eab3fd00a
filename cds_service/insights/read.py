"""The figures of a period, from what the database counted."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from datetime import date
from math import ceil

from sqlalchemy import Connection

from cds_service.goals import Against, goals
from cds_service.insights.candidate import read_candidate
from cds_service.insights.counted import Calls, Counted, Place, Row, Verdicts, grouped, total
from cds_service.insights.figures import (
    Count,
    Day,
    Insights,
    Latency,
    Missing,
    OnTrial,
    Outcomes,
    Part,
    Rule,
    RuleDay,
    Service,
    Share,
    Totals,
    Understood,
)
from cds_service.insights.period import Period
from cds_service.insights.queries import Records
from cds_service.insights.scope import EVERYTHING, Scope

_ANSWERED = 200
_SELECT = "magnesium-order-select"
_ACCEPTED, _OVERRIDDEN = "accepted", "overridden"
_NOTHING = Counted()


def read_insights(connection: Connection, period: Period, scope: Scope = EVERYTHING) -> Insights:
    """The figures of a period, of what a scope is about; SQLAlchemyError when the database is of no use."""
    records = Records(connection, period, scope)
    everything = records.counted()
    now, before = everything.within(period), everything.within(period.before)
    places, services = list(records.places()), _services(now)
    return Insights(
        period=period,
        **asdict(scope),
        totals=_totals(now),
        before=_totals(before),
        days=tuple(_days(now, period, _first_days(everything.calls))),
        rules=_rules(now, before, records.added()),
        rule_days=tuple(_rule_days(now)),
        reasons=_reasons(now.verdicts),
        services=services,
        clients=_parts(places, lambda place: place.client),
        units=_parts(places, lambda place: place.unit),
        versions=_most((row.knowledge, row.count) for row in now.calls),
        statuses=_most((str(row.status), row.count) for row in now.calls),
        missing=_missing(now),
        understood=tuple(Understood(what, share) for what, share in records.understood().items()),
        unknown=_outcomes((), (row for row in now.verdicts if not row.rule)),
        on_trial=_on_trial(records.on_trial()),
        candidate=read_candidate(connection, period, scope),
        goals=_goals(services),
    )


def _totals(rows: Counted) -> Totals:
    answered = [row for row in rows.calls if row.status == _ANSWERED and not row.on_trial]
    return Totals(
        calls=total(rows.calls),
        answered=total(answered),
        outcomes=_outcomes(rows.cards, rows.known),
        quieted=total(rows.quieted),
        not_had=total(rows.not_had),
        latency=_latency(answered),
        on_trial=total(row for row in rows.calls if row.on_trial),
    )


def _on_trial(told: Iterable[tuple[str, bool, int]]) -> tuple[OnTrial, ...]:
    """Each rule on trial, the one that would have titled most cards first."""
    counts: defaultdict[str, Counter[bool]] = defaultdict(Counter)
    for rule, leads, n in told:
        counts[rule][leads] += n
    found = (OnTrial(rule, of[True], of[False]) for rule, of in counts.items())
    return tuple(sorted(found, key=lambda one: (-one.cards, -one.added, one.rule)))


def _outcomes(cards: Iterable[Row], verdicts: Iterable[Verdicts]) -> Outcomes:
    told = Counter[str]()
    for row in verdicts:
        told[row.outcome] += row.count
    return Outcomes(total(cards), told[_ACCEPTED], told[_OVERRIDDEN])


def _latency(calls: Iterable[Calls]) -> Latency:
    counts = Counter[float]()
    for row in calls:
        counts[row.ms] += row.count
    ranked = sorted(counts.items())
    return Latency(*(_percentile(ranked, percent) for percent in (50, 95, 99)))


def _percentile(ranked: list[tuple[float, int]], percent: int) -> float | None:
    """The smallest value that so many percent of all do not exceed."""
    left = ceil(sum(count for _, count in ranked) * percent / 100)
    for value, count in ranked:
        left -= count
        if left <= 0:
            return value
    return None


def _first_days(calls: Iterable[Calls]) -> Mapping[date, tuple[str, ...]]:
    """On which day a version answered first; the one that answered first of all began before the records do."""
    first: dict[str, date] = {}
    for row in calls:
        if row.knowledge:
            first[row.knowledge] = min(row.day, first.get(row.knowledge, row.day))
    start = min(first.values(), default=None)
    found: defaultdict[date, tuple[str, ...]] = defaultdict(tuple)
    for version, day in sorted(first.items()):
        if day != start:
            found[day] += (version,)
    return found


def _days(rows: Counted, period: Period, versions: Mapping[date, tuple[str, ...]]) -> Iterable[Day]:
    of = rows.by(lambda row: row.day)
    return (Day(day, _totals(of.get(day, _NOTHING)), versions.get(day, ())) for day in period.days())


def _rules(now: Counted, before: Counted, added: Mapping[str, int]) -> tuple[Rule, ...]:
    answered, earlier = _totals(now).answered, _totals(before).answered
    was = Counter[str]()
    for row in before.cards:
        was[row.rule] += row.count
    of = now.of_rules().by(lambda row: row.rule)
    found = (
        _rule(name, of.get(name, _NOTHING), answered, Share(was[name], earlier), added.get(name, 0))
        for name in {*of, *added}
    )
    return tuple(sorted(found, key=lambda rule: (-rule.outcomes.cards, -rule.added, rule.rule)))


def _rule(name: str, rows: Counted, answered: int, before: Share, added: int) -> Rule:
    outcomes = _outcomes(rows.cards, rows.verdicts)
    reasons = _reasons(rows.verdicts)
    return Rule(name, outcomes, Share(outcomes.cards, answered), before, added, total(rows.quieted), reasons)


def _rule_days(rows: Counted) -> Iterable[RuleDay]:
    of = rows.of_rules().by(lambda row: (row.day, row.rule))
    for (day, rule), part in sorted(of.items()):
        yield RuleDay(day, rule, _outcomes(part.cards, part.verdicts), total(part.quieted), _reasons(part.verdicts))


def _services(rows: Counted) -> tuple[Service, ...]:
    of = Counted(calls=rows.calls, cards=rows.cards, verdicts=rows.known).by(lambda row: row.service)
    found = ((name, _totals(part)) for name, part in sorted(of.items()))
    return tuple(Service(name, figures.calls, figures.answered, figures.outcomes) for name, figures in found)


def _goals(services: Iterable[Service]) -> tuple[Against, ...]:
    """Whether a card could be acted on no record tells: the back-test does, of an export."""
    found = next((Share(s.outcomes.cards, s.answered) for s in services if s.service == _SELECT), Share(0, 0))
    return goals(None if found.per_100 is None else 10 * found.per_100, None)


def _parts(places: Iterable[Place], name: Callable[[Place], str]) -> tuple[Part, ...]:
    """Calls and cards by one of their names, the most calls first."""
    sums: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for place in places:
        of = sums[name(place)]
        of[:] = of[0] + place.calls, of[1] + place.answered, of[2] + place.cards
    return tuple(sorted((Part(named, *of) for named, of in sums.items()), key=lambda part: (-part.calls, part.name)))


def _reasons(verdicts: Iterable[Verdicts]) -> tuple[Count, ...]:
    """Why known cards were overridden; the code is empty where no reason was given."""
    return _most((row.reason, row.count) for row in verdicts if row.rule and row.outcome == _OVERRIDDEN)


def _missing(rows: Counted) -> tuple[Missing, ...]:
    calls = total(rows.calls)
    found = (
        Missing(key, Share(total(part), calls), _most((row.outcome, row.count) for row in part))
        for key, part in grouped(rows.not_had, lambda row: row.key).items()
    )
    return tuple(sorted(found, key=lambda missing: (-missing.calls.part, missing.key)))


def _most(counts: Iterable[tuple[str, int]]) -> tuple[Count, ...]:
    """The sum of each code, the largest first."""
    sums = Counter[str]()
    for code, count in counts:
        sums[code] += count
    return tuple(Count(code, count) for code, count in sorted(sums.items(), key=lambda item: (-item[1], item[0])))
