"""Sentences, names and marks made of figures."""

import re
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest

from cards import SERVICES
from cds_service.call.fhir_access import NOT_MISSED, Outcome
from cds_service.insights.figures import (
    Count,
    Day,
    Insights,
    Latency,
    Missing,
    Outcomes,
    Rule,
    Share,
    Totals,
)
from cds_service.insights.headline import headlines
from cds_service.insights.period import Period
from cds_service.insights.plots import BOTTOM, LEFT, RIGHT, TOP, charts
from cds_service.insights.standout import mostly_overridden, standing_out
from cds_service.insights.words import Words, milliseconds, percent, rate
from cds_service.records.entries import answer_entry, feedback_entry
from tests.insights.made import RULES, VIEW, made_entries

MILD, PPI = "magnesium_is_mildly_low", "ppi_needs_baseline_magnesium"
NO_CALLS = Share(0, 0)
NOTHING = Latency(None, None, None)
PERIOD = Period(date(2026, 11, 1), date(2026, 11, 10))


def totals(calls=100, answered=None, cards=0, accepted=0, overridden=0, latency=NOTHING):
    return Totals(calls, calls if answered is None else answered, Outcomes(cards, accepted, overridden), 0, 0, latency)


def rule(name=MILD, cards=100, accepted=0, overridden=0, before=NO_CALLS, reasons=()):
    return Rule(name, Outcomes(cards, accepted, overridden), Share(cards, 1000), before, 0, 0, reasons)


def insights(**changes):
    days = tuple(Day(day, totals(), ()) for day in PERIOD.days())
    empty = {field.name: () for field in fields(Insights)}
    usual = {"period": PERIOD, "service": "", "totals": totals(1000), "before": totals(0), "unknown": Outcomes(0, 0, 0)}
    return Insights(**{**empty, **usual, "days": days, **changes})


@pytest.fixture(scope="module")
def words(runtime):
    return Words(runtime.knowledge)


@pytest.mark.parametrize(
    ("share", "told"),
    [
        (Share(0, 0), "none"),
        (Share(2, 4), "2 of 4"),
        (Share(2, 5), "40%"),
        (Share(3, 1000), "0.3%"),
        (Share(997, 1000), "99.7%"),
        (Share(0, 1000), "0%"),
    ],
)
def test_a_share_in_words(share, told):
    assert percent(share) == told


def test_rates_and_times_in_words():
    assert [rate(Share(1, 3)), rate(Share(9, 8)), rate(Share(0, 0))] == ["1 in 3", "112.5", "none"]
    assert [milliseconds(8.26), milliseconds(120.4), milliseconds(None)] == ["8.3 ms", "120 ms", "none"]


def test_every_code_of_the_records_has_a_name(words, runtime):
    assert all(words.outcome(outcome) != outcome for outcome in Outcome if outcome not in NOT_MISSED)
    assert all(words.key(key) != key for key in runtime.keys)
    assert all(words.service(service.id) != service.id for service in SERVICES)
    assert words.reason("") == "no reason given"
    assert (words.rule("gone"), words.reason("gone"), words.key("gone")) == ("gone", "gone", "gone")


def test_nothing_stands_out_of_nothing(words):
    assert standing_out(insights(totals=totals(0)), words) == []


@pytest.mark.parametrize(
    ("accepted", "overridden", "mostly"), [(6, 13, False), (6, 14, True), (7, 14, True), (8, 15, False)]
)
def test_mostly_overridden_is_two_of_three_of_twenty(accepted, overridden, mostly):
    assert mostly_overridden(rule(accepted=accepted, overridden=overridden)) is mostly


def test_the_rule_with_most_overridden_cards_is_named_with_its_reason(words, runtime):
    rules = (
        rule(MILD, 300, 150, 100),
        rule(PPI, 200, 10, 90, reasons=(Count("", 50), Count("action-completed", 40))),
    )
    said = standing_out(insights(rules=rules, totals=totals(1000, cards=500, accepted=160, overridden=190)), words)
    assert said[0] == (
        f"Most overridden: “{runtime.knowledge.advice[PPI].question}” 90 of 100 cards with feedback (90%); "
        "it titles 40% of all cards. Main reason: “Recommended action was already completed”."
    )
    assert said[1].startswith(f"Most frequent: “{runtime.knowledge.advice[MILD].question}” titles 60% of all cards")


def test_new_knowledge_is_compared_with_what_was_before(words):
    days = [Day(day, totals(100, cards=10), ()) for day in PERIOD.days()]
    days[6:] = [Day(day.day, totals(100, cards=30), ("abc",) if day is days[6] else ()) for day in days[6:]]
    (said,) = standing_out(insights(days=tuple(days)), words)
    assert said == "New knowledge since 7 Nov (version abc): 30.0 cards per 100 calls since then, 10.0 before."


def test_a_rule_that_fires_more_often_than_before_is_named(words):
    rules = (rule(MILD, 100, before=Share(95, 1000)), rule(PPI, 80, before=Share(20, 1000)))
    found = insights(rules=rules, before=totals(1000), totals=totals(1000))
    (said,) = standing_out(found, words)
    assert said.startswith("Fires more often than in the 10 days before") and said.endswith(
        "8.0 cards per 100 calls; before 2.0."
    )


def test_a_bad_day_is_named(words):
    days = [Day(day, totals(100, 99), ()) for day in PERIOD.days()]
    days[3] = Day(days[3].day, totals(100, 70), ())
    (said,) = standing_out(insights(days=tuple(days), totals=totals(1000, 961)), words)
    assert said == "A bad day: 30% of the calls of 4 Nov got no advice; 1% on the other days."


def test_missing_data_and_silence_are_named(words):
    missing = (Missing("results", Share(80, 1000), (Count("timeout", 80),)),)
    said = standing_out(insights(missing=missing, totals=totals(1000, cards=100, accepted=20)), words)
    assert said[0] == (
        "Missing data: kidney, electrolyte and QTc results could not be had in 8% of calls; "
        "most often: no answer in time."
    )
    assert said[1].startswith("Little feedback: what became of it is known for 20%")


def test_headlines_say_how_they_changed():
    now, before = totals(1000, 990, 100, 30, 20), totals(1000, 1000, 50, 30, 20)
    told = {line.name: (line.value, line.change) for line in headlines(insights(totals=now, before=before))}
    assert told["Cards per 100 calls"] == ("10.1", "up from 5.0")
    assert told["Accepted, of cards with feedback"] == ("60%", "as in the period before")
    assert told["Accepted, of all cards shown"] == ("30%", "down from 60%")
    alone = headlines(insights(totals=now))
    assert {line.change for line in alone} == {""}


@pytest.mark.parametrize("length", [1, 2, 90, 366])
def test_charts_stay_inside_the_picture(length):
    days = [PERIOD.since + timedelta(days=number) for number in range(length)]
    random = Random(length)
    made = [
        totals(10, cards=random.randrange(90), accepted=5, latency=Latency(0.2, 12.0, random.uniform(12, 12_000)))
        for _ in days
    ]
    made[0] = totals(0)
    shown = charts(insights(days=tuple(Day(day, found, ()) for day, found in zip(days, made, strict=True))))
    for chart in shown:
        points = [
            tuple(map(float, point.split(","))) for line in chart.lines for path in line.paths for point in path.split()
        ]
        points += [*chart.dots, *((bar.x, bar.y) for bar in chart.bars)]
        assert all(LEFT - 1 <= x <= RIGHT and TOP <= y <= BOTTOM for x, y in points)
        assert 1 <= len(chart.dates) <= 8 and len(chart.ticks) >= 2


def test_a_day_without_figures_is_a_gap():
    latency = Latency(2.0, 3.0, 4.0)
    days = tuple(Day(day, totals(latency=NOTHING if day.day == 5 else latency), ()) for day in PERIOD.days())
    assert [len(line.paths) for line in charts(insights(days=days))[2].lines] == [2, 2, 2]


def test_made_records_are_like_those_of_the_service():
    now = datetime(2026, 11, 23, tzinfo=UTC)
    entries = list(made_entries(now.date(), days=10, calls_a_day=50))
    answer = answer_entry("id", now, VIEW, 200, 1.0, {}, None, [])
    feedback = feedback_entry("card", VIEW, "accepted", "", "", "", "", now, "")
    assert {frozenset(entry) for entry in entries} == {frozenset(answer), frozenset(feedback)}
    assert entries == list(made_entries(now.date(), days=10, calls_a_day=50))
    assert all(
        re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}", e["id"])
        for e in entries
        if e["kind"] == "answer"
    )


def test_made_rules_are_rules(runtime):
    assert {name for rule in RULES for name in (rule.name, *rule.adds)} <= runtime.knowledge.advice.keys()
