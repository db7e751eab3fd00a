"""The figures as text for a terminal."""

from collections.abc import Iterator

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from cds_service.insights.figures import Insights
from cds_service.insights.headline import headlines
from cds_service.insights.standout import standing_out
from cds_service.insights.words import Words, long_day, milliseconds, percent, rate


def show(insights: Insights, words: Words, console: Console) -> None:
    """Print headlines, what stands out, rules, override reasons and missing data."""
    period = insights.period
    named = [words.service(insights.service) if insights.service else "all moments"]
    named += filter(None, (insights.client, insights.unit, insights.version))
    console.print(Text(f"{long_day(period.since)} to {long_day(period.until)} (UTC), {', '.join(named)}", style="bold"))
    if not insights.totals.calls and not insights.totals.outcomes.with_feedback:
        console.print("No calls were recorded in these days.")
        return
    console.print(Group(*_parts(insights, words)))


def _parts(insights: Insights, words: Words) -> list[RenderableType]:
    sentences = [Text(f"- {sentence}") for sentence in standing_out(insights, words)]
    return [_headlines(insights), Text(), *sentences, Text(), _rules(insights, words), *_others(insights, words)]


def _headlines(insights: Insights) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(justify="right", style="bold")
    for line in headlines(insights):
        table.add_row(line.value, f"{line.name}: {line.of}", line.change)
    latency = insights.totals.latency
    rest = f"for half of the calls; 95% {milliseconds(latency.p95)}, 99% {milliseconds(latency.p99)}"
    table.add_row(milliseconds(latency.p50), f"Time to answer, {rest}")
    return table


def _rules(insights: Insights, words: Words) -> Table:
    table = _table("Rule", "Cards", "per 100", "Accepted", "Overridden", "Quiet")
    for rule in insights.rules:
        outcomes = rule.outcomes
        if outcomes.cards or rule.quieted:
            numbers = (outcomes.cards, rate(rule.cards_per_100), percent(outcomes.acceptance), outcomes.overridden)
            table.add_row(words.rule(rule.rule), *map(_number, (*numbers, rule.quieted)))
    return table


def _others(insights: Insights, words: Words) -> list[RenderableType]:
    reasons = _table("Why cards were overridden", "Cards")
    for reason in insights.reasons:
        reasons.add_row(words.reason(reason.code), _number(reason.count))
    missing = _table("Data that could not be had (most often because)", "Calls", "Share")
    for found in insights.missing:
        name = f"{words.key(found.key)} ({words.outcome(found.outcomes[0].code)})"
        missing.add_row(name, _number(found.calls.part), percent(found.calls))
    read = _table("What was sent and understood", "Entries", "Share")
    for kind in insights.understood:
        read.add_row(kind.what, _number(kind.entries.whole), percent(kind.entries))
    tried = _table("On trial, shown to nobody", "Cards", "Added to")
    for one in insights.on_trial:
        tried.add_row(words.rule(one.rule), _number(one.cards), _number(one.added))
    beside = _table("Candidate, shown to nobody, beside what is live", "Live", "Candidate", "Only it")
    for rule in insights.candidate.rules if insights.candidate else ():
        beside.add_row(words.rule(rule.rule), *map(_number, (rule.live, rule.trial, rule.only_trial)))
    aims = _table("Against the goals", "Counted", "Goal")
    for goal in insights.goals:
        aims.add_row(goal.name, "not known" if goal.value is None else f"{goal.value:,.1f}", goal.told)
    notes = ["Accepted: of cards with feedback. Quiet: not repeated, since it was answered.", *_notes(insights)]
    return [*(table for table in (aims, tried, beside, reasons, missing, read) if table.rows), *map(Text, notes)]


def _notes(insights: Insights) -> Iterator[str]:
    for day in insights.days:
        for version in day.versions:
            yield f"New knowledge on {long_day(day.day)}: version {version}."
    if silent := insights.totals.on_trial:
        rate = insights.trial_per_1000
        forecast = "" if rate is None else f" Cards there would have been: {rate:,.1f} per 1,000 calls."
        yield f"{silent:,} calls were answered silently: the whole service was on trial.{forecast}"
    if beside := insights.candidate:
        total = beside.totals
        cards = f"{total.live:,} cards live, {total.trial:,} of the candidate"
        yield f"The candidate answered {total.calls:,} calls too: {cards}; {beside.differ:,} calls differ."
    if unknown := insights.unknown.with_feedback:
        yield f"Feedback on cards that are not in the records: {unknown}, counted in no other figure."


def _number(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)


def _table(name: str, *numbers: str) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column(name)
    for number in numbers:
        table.add_column(number, justify="right", no_wrap=True)
    return table
