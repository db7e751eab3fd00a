"""The figures of a few records, counted by hand."""

from datetime import UTC, date, datetime
from itertools import count

import pytest

from cds_service.insights.beside import Beside, RuleBeside
from cds_service.insights.figures import Count, Insights, Latency, OnTrial, Outcomes, Part, Share
from cds_service.insights.period import Period
from cds_service.insights.read import read_insights
from cds_service.insights.scope import Scope
from tests.insights.made import SELECT, VIEW, load

MILD, PPI, QT, CAUSES = (
    "magnesium_is_mildly_low",
    "ppi_needs_baseline_magnesium",
    "draft_prolongs_qt",
    "drugs_cause_low_magnesium",
)
NUMBERS = count(1)


def ident():
    return f"00000000-0000-4000-8000-{next(NUMBERS):012d}"


def moment(day, hour=12):
    return datetime(2026, 11, day, hour, tzinfo=UTC).timestamp()


def answer(day, *cards, status=200, ms=2.0, service=VIEW, knowledge="v1", missing=None, quiet=(), client="", unit=""):
    """An answer with cards, each the rules that spoke on it; the ids of the cards, then the entry."""
    ids = [ident() for _ in cards]
    made = [
        {"id": card, "problem": "low_magnesium", "indicator": "info", "rules": list(rules), "suggestions": [ident()]}
        for card, rules in zip(ids, cards, strict=True)
    ]
    entry = {"kind": "answer", "id": ident(), "at": moment(day), "service": service, "status": status, "ms": ms}
    entry |= {
        "client": client,
        "unit": unit,
        "tenant": "",
        "missing": missing or {},
        "knowledge": knowledge if status == 200 else "",
    }
    return ids, {**entry, "cards": made, "quiet": list(quiet)}


def feedback(card, outcome, day, reason="", hour=13, service=VIEW, client=""):
    entry = {"kind": "feedback", "id": ident(), "card": card, "service": service, "outcome": outcome, "comment": ""}
    at = {"outcome_at": "", "received": moment(day, hour)}
    return {**entry, **at, "suggestion": "", "reason": reason, "client": client}


class Kept:
    """A database that is filled and read."""

    def __init__(self, engine):
        self.engine = engine

    def answer(self, day, *cards, **more):
        ids, entry = answer(day, *cards, **more)
        load(self.engine, [entry])
        return ids

    def feedback(self, *arguments, **more):
        load(self.engine, [feedback(*arguments, **more)])

    def read(self, first=10, last=19, **scope) -> Insights:
        with self.engine.connect() as connection:
            return read_insights(connection, Period(date(2026, 11, first), date(2026, 11, last)), Scope(**scope))


@pytest.fixture
def kept(any_engine):
    return Kept(any_engine)


def rule(insights, name):
    return next(found for found in insights.rules if found.rule == name)


def test_calls_by_day_service_and_status(kept):
    for day in (10, 10, 12):
        kept.answer(day)
    kept.answer(10, status=412, missing={"magnesium": "timeout"})
    kept.answer(12, service=SELECT)
    kept.answer(9)  # the day before the period
    kept.answer(20)  # the day after
    found = kept.read()
    assert (found.totals.calls, found.totals.answered) == (5, 4)
    assert [day.totals.calls for day in found.days] == [3, 0, 2, 0, 0, 0, 0, 0, 0, 0]
    assert {s.service: (s.calls, s.answered) for s in found.services} == {VIEW: (4, 3), SELECT: (1, 1)}
    assert found.statuses == (Count("200", 4), Count("412", 1))
    assert found.before.calls == 1


def test_cards_by_the_rule_that_titles_them_and_those_that_add(kept):
    kept.answer(10, (MILD, CAUSES), (PPI,))
    kept.answer(11, (MILD, CAUSES))
    kept.answer(5, (PPI,))
    for _ in range(4):
        kept.answer(12)
        kept.answer(6)
    found = kept.read()
    assert found.totals.outcomes == Outcomes(cards=3, accepted=0, overridden=0)
    assert found.totals.cards_per_100 == Share(3, 6) and found.totals.cards_per_100.per_100 == 50
    assert [r.rule for r in found.rules] == [MILD, PPI, CAUSES]
    assert rule(found, MILD).cards_per_100 == Share(2, 6)
    assert (rule(found, PPI).cards_per_100, rule(found, PPI).before_per_100) == (Share(1, 6), Share(1, 5))
    assert (rule(found, CAUSES).outcomes.cards, rule(found, CAUSES).added) == (0, 2)
    assert [(d.day.day, d.rule, d.outcomes.cards) for d in found.rule_days] == [
        (10, MILD, 1),
        (10, PPI, 1),
        (11, MILD, 1),
    ]


def test_a_card_with_several_feedbacks_counts_once(kept):
    twice, changed, back, never = (kept.answer(10, (MILD,))[0] for _ in range(4))
    kept.feedback(twice, "accepted", 10)  # two suggestions of one card were taken
    kept.feedback(twice, "accepted", 10)
    kept.feedback(changed, "accepted", 10)  # accepted once is accepted, whatever is said later
    kept.feedback(changed, "overridden", 11, "limited-time")
    kept.feedback(back, "overridden", 10, "limited-time")  # of overridings the latest says why
    kept.feedback(back, "overridden", 11, "action-completed")
    found = kept.read()
    assert found.totals.outcomes == Outcomes(cards=4, accepted=2, overridden=1)
    assert found.totals.outcomes.acceptance == Share(2, 3)
    assert found.totals.outcomes.acceptance_of_all == Share(2, 4)
    assert found.reasons == rule(found, MILD).reasons == (Count("action-completed", 1),)
    assert never


def test_feedback_counts_for_the_day_of_the_card_whenever_it_comes(kept):
    late, early = kept.answer(19, (MILD,))[0], kept.answer(9, (MILD,))[0]
    kept.feedback(late, "overridden", 25)
    kept.feedback(early, "accepted", 12)
    found = kept.read()
    assert found.totals.outcomes == Outcomes(1, 0, 1) and found.reasons == (Count("", 1),)
    assert found.before.outcomes == Outcomes(1, 1, 0)
    assert found.days[-1].totals.outcomes == Outcomes(1, 0, 1)


def test_feedback_about_a_card_that_is_not_known_is_marked_and_counted_nowhere_else(kept):
    kept.answer(10, (MILD,))
    kept.feedback(ident(), "accepted", 11)
    kept.feedback(ident(), "overridden", 11, "limited-time")
    kept.feedback(ident(), "accepted", 25)
    found = kept.read()
    assert found.unknown == Outcomes(0, 1, 1)
    assert found.totals.outcomes == Outcomes(1, 0, 0) and found.reasons == ()
    assert [r.rule for r in found.rules] == [MILD]


def test_advice_that_was_not_repeated_and_data_that_was_not_had(kept):
    kept.answer(10, (MILD,), quiet=(QT, PPI), missing={"results": "timeout", "conditions": "out-of-scope"})
    kept.answer(11, quiet=(QT,), missing={"results": "missing"})
    kept.answer(11, missing={"results": "timeout"})
    found = kept.read()
    assert (rule(found, QT).quieted, rule(found, PPI).quieted, found.totals.quieted) == (2, 1, 3)
    assert [(m.key, m.calls) for m in found.missing] == [("results", Share(3, 3)), ("conditions", Share(1, 3))]
    assert found.missing[0].outcomes == (Count("timeout", 2), Count("missing", 1))
    assert [day.totals.not_had for day in found.days][:2] == [2, 2]
    assert [day.totals.quieted for day in found.days][:2] == [2, 1]


def test_latency_is_that_of_answered_calls(kept):
    for ms in range(1, 101):
        kept.answer(10, ms=float(ms))
    kept.answer(10, ms=9000.0, status=500)
    found = kept.read()
    assert found.totals.latency == found.days[0].totals.latency == Latency(50, 95, 99)
    assert found.days[1].totals.latency == Latency(None, None, None)


def test_short_latency_is_told_to_a_tenth(kept):
    kept.answer(10, ms=1.2345)
    assert kept.read().totals.latency.p50 == pytest.approx(1.2)


def test_the_first_day_of_a_version_is_marked_unless_the_records_begin_with_it(kept):
    kept.answer(5, knowledge="v1")
    kept.answer(10, knowledge="v1")
    kept.answer(12, knowledge="v2")
    kept.answer(13, knowledge="v1")
    kept.answer(14, knowledge="v3")
    found = kept.read()
    assert {day.day.day: day.versions for day in found.days if day.versions} == {12: ("v2",), 14: ("v3",)}
    assert [day.versions for day in kept.read(5, 11).days if day.versions] == []


def test_one_service_alone(kept):
    chosen = kept.answer(10, (QT, CAUSES), service=SELECT, missing={"results": "timeout"}, quiet=(PPI,))[0]
    viewed = kept.answer(10, (MILD, CAUSES), missing={"results": "timeout"}, quiet=(PPI,))[0]
    kept.feedback(chosen, "accepted", 10, service=SELECT)
    kept.feedback(viewed, "overridden", 10)
    kept.feedback(ident(), "accepted", 10)
    found = kept.read(service=SELECT)
    assert (found.totals.calls, found.totals.outcomes) == (1, Outcomes(1, 1, 0))
    assert [r.rule for r in found.rules] == [QT, CAUSES, PPI]
    assert (rule(found, CAUSES).added, rule(found, PPI).quieted) == (1, 1)
    assert found.missing[0].calls == Share(1, 1)
    assert found.unknown == Outcomes(0, 0, 0)
    everything = kept.read()
    assert (rule(everything, CAUSES).added, everything.totals.not_had, everything.totals.quieted) == (2, 2, 2)


def test_small_numbers_have_no_percentage():
    assert Share(2, 4).per_100 is None
    assert Share(2, 5).per_100 == 40


def test_an_empty_database_has_figures_of_nothing(kept):
    found = kept.read()
    assert (found.totals.calls, found.rules, found.reasons, found.missing) == (0, (), (), ())
    assert len(found.days) == 10 and found.totals.cards_per_100.per_100 is None


def beside(day, *rules, hour=12, service=VIEW, status=200, live_status=200):
    """The record of a call that a candidate answered too."""
    entry = {"kind": "candidate", "id": ident(), "at": moment(day, hour), "service": service, "client": ""}
    return {**entry, "knowledge": "v2", "status": status, "live_status": live_status, "ms": 1.0, "rules": list(rules)}


def test_a_candidate_is_set_beside_what_was_live_on_the_same_calls(kept):
    shown, silent = ("shown", "info"), ("", "")
    load(
        kept.engine,
        [
            beside(10, [MILD, *shown, *shown]),
            beside(10, [MILD, "shown", "warning", *shown], hour=3),
            beside(10, [MILD, *silent, *shown], [QT, *shown, *silent], service=SELECT),
            beside(10, [PPI, "quiet", "info", "quiet", "info"], [QT, "suppressed", "info", *silent]),
            beside(10, status=412),
            beside(11, hour=3),
        ],
    )
    found = kept.read().candidate
    assert found.versions == ("v2",) and found.totals == Beside("", 6, 3, 3)
    assert (found.differ, found.refused_live, found.refused_trial) == (3, 0, 1)
    assert found.rules == (
        RuleBeside(MILD, 3, 2, 1, 0, 0, 0),
        RuleBeside(QT, 0, 1, 0, 1, 0, 1),
        RuleBeside(PPI, 0, 0, 0, 0, 1, 0),
    )
    assert found.indicators == (Beside("critical", 6, 0, 0), Beside("warning", 6, 0, 1), Beside("info", 6, 3, 2))
    assert found.services == (Beside(SELECT, 1, 1, 1), Beside(VIEW, 5, 2, 2))
    assert found.hours == (Beside("3", 2, 1, 1), Beside("12", 4, 2, 2))
    assert found.totals.trial_per_1000 == 500
    chosen = kept.read(service=SELECT).candidate
    assert chosen.totals == Beside("", 1, 1, 1) and [r.rule for r in chosen.rules] == [QT, MILD]


def test_what_is_on_trial_is_told_apart_from_what_is_shown(kept):
    def tried(rule, leads, service=VIEW):
        told = {"rule": rule, "leads": leads, "problem": "low_magnesium", "indicator": "info"}
        _, entry = answer(10, service=service, ms=900.0)
        return {**entry, "on_trial": [told], "trial_status": 200}

    kept.answer(10, (MILD,))
    refused = answer(10, missing={"results": "timeout"})[1]
    silent = [tried(MILD, True), tried(MILD, True, SELECT), tried(CAUSES, False), {**refused, "trial_status": 412}]
    load(kept.engine, silent)
    assert kept.read().trial_per_1000 is None  # a call was live
    load(kept.engine, [{**tried(QT, True), "trial_status": None, "ms": 2.0}])  # a rule on trial in a live answer
    found = kept.read()
    assert (found.totals.calls, found.totals.answered, found.totals.on_trial, found.totals.refused) == (6, 2, 4, 0)
    assert rule(found, MILD).cards_per_100 == Share(1, 2) and [r.rule for r in found.rules] == [MILD]
    assert found.on_trial == (OnTrial(MILD, 2, 0), OnTrial(QT, 1, 0), OnTrial(CAUSES, 0, 1))
    assert found.missing[0].calls == Share(1, 6) and found.totals.latency.p99 == 2.0
    assert kept.read(service=SELECT).on_trial == (OnTrial(MILD, 1, 0),)


@pytest.mark.parametrize(("calls", "rate"), [(4, None), (8, 250.0)])
def test_the_rate_of_a_trial_is_told_as_the_forecast_is(calls, rate, kept):
    told = {"rule": MILD, "leads": True, "problem": "low_magnesium", "indicator": "info"}
    silent = [{**answer(10)[1], "on_trial": [told] * (number < 2), "trial_status": 200} for number in range(calls)]
    load(kept.engine, silent)
    assert kept.read().trial_per_1000 == rate


HERE = {"client": "north", "unit": "icu", "knowledge": "v1"}


@pytest.mark.parametrize(
    "named", [{"client": "north"}, {"unit": "icu"}, {"version": "v1"}, {"client": "north", "unit": "icu"}]
)
def test_of_a_client_a_unit_or_a_version_everything_is_told_and_nothing_else(named, kept):
    (card,) = kept.answer(10, (MILD, CAUSES), quiet=(PPI,), missing={"conditions": "timeout"}, **HERE)
    kept.feedback(card, "overridden", 11, "other", client="north")
    shown = kept.read(**named)
    other = {"client": "south", "unit": "ward", "knowledge": "v2"}
    (theirs,) = kept.answer(10, (MILD, CAUSES), quiet=(PPI,), missing={"conditions": "timeout"}, **other)
    kept.feedback(theirs, "accepted", 11, client="south")
    found = kept.read(**named)
    assert found == shown and found.totals.calls == 1 and found.totals.quieted == found.totals.not_had == 1
    assert rule(found, MILD).outcomes == Outcomes(1, 0, 1) and rule(found, CAUSES).added == 1
    assert kept.read(**dict.fromkeys(named, "nobody")).totals.calls == 0


def test_calls_by_client_and_unit(kept):
    kept.answer(10, (MILD,), (PPI,), client="north", unit="icu")
    kept.answer(11, client="north", unit="ward")
    kept.answer(12, status=412, missing={"magnesium": "timeout"}, client="south")
    found = kept.read()
    assert found.clients == (Part("north", 2, 2, 2), Part("south", 1, 0, 0))
    assert found.units == (Part("", 1, 0, 0), Part("icu", 1, 1, 2), Part("ward", 1, 1, 0))
    assert found.versions == (Count("v1", 2), Count("", 1))


def test_feedback_on_an_unknown_card_is_of_the_client_that_told_it(kept):
    kept.feedback(ident(), "accepted", 11, client="north")
    told = [kept.read(**scope).unknown for scope in ({}, {"client": "north"}, {"client": "south"}, {"unit": "icu"})]
    assert [outcomes.accepted for outcomes in told] == [1, 1, 0, 0]
