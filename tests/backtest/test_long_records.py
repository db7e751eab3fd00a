"""What a moment costs does not grow with the record behind it: told by calls of functions, not by a clock."""

import sys
from datetime import UTC, datetime, timedelta

from cds_service.backtest.replay import deciders, history_of
from tests.backtest.exports import bare_job, patient, result

START = datetime(2025, 3, 1, tzinfo=UTC)
MOMENTS = 5
MAGNESIUM, ALBUMIN = ("19123-9", "mg/dL"), ("1751-7", "g/dL")


def filed(number, code, unit):
    return result(f"r{number}", 2.1, (START + timedelta(hours=number)).isoformat(), code, unit)


def cost_of_a_moment(results):
    """The calls of functions that a moment makes after so many results of albumin; the first lays out the record."""
    old = [filed(number, *ALBUMIN) for number in range(results)]
    record = [patient(), *old, *(filed(results + 2 * number, *MAGNESIUM) for number in range(MOMENTS))]
    job = bare_job()
    decider, history = deciders(job)[0], history_of(job, "p1", record, {})
    first, *others = decider.moments(job, history)
    decider.call(history, first)
    assert len(others) == MOMENTS - 1
    return sum(calls_of_functions(decider, history, moment) for moment in others) / len(others)


def calls_of_functions(decider, history, moment):
    made = 0

    def note(_, event, __):
        nonlocal made
        made += event == "call"

    sys.setprofile(note)
    try:
        decider.call(history, moment)
    finally:
        sys.setprofile(None)
    return made


def test_a_moment_after_a_long_record_costs_what_one_after_a_short_one_does():
    short, long = cost_of_a_moment(400), cost_of_a_moment(1600)
    assert long < 1.1 * short, (short, long)
