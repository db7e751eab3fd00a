"""When a drafted test is due: the words of monitoring.yaml as times of the site's clock."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from cards.answer import orders
from cards.answer.orders import Occasion
from cards.chart import Chart
from cards.model import DoseStep, DraftMedication, DraftTest, Indicator
from tests.cards.chart import Json, knowledge, snapshot

BERLIN = ZoneInfo("Europe/Berlin")
FOUR_GRAMS = DraftMedication("iv_4g", (DoseStep("4 g over 4 h", 4, "g", minutes=240),))
LOAD = DraftMedication(
    "iv_2g", (DoseStep("2 g over 15 min", 2, "g", minutes=15), DoseStep("4 g over 4 h", 4, "g", minutes=240))
)


def ordered(when: str, now: str, zone: ZoneInfo = BERLIN, **occasion: object) -> Json:
    """The order of a magnesium level, drafted at a moment."""
    known = knowledge()
    there = replace(known, site=replace(known.site, zone=zone))
    chart = Chart(snapshot({"setting": "inpatient"}), there, datetime.fromisoformat(now))
    return orders.service_request(DraftTest("magnesium", when), chart, Occasion(**occasion))[1]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("when", "now", "due"),
    [
        ("next_morning", "2026-11-27T14:00:00Z", "2026-11-28T06:00:00+01:00"),
        ("daily", "2026-11-27T23:30:00Z", "2026-11-28T06:00:00+01:00"),
        ("next_morning", "2026-11-28T01:00:00Z", "2026-11-28T06:00:00+01:00"),
        ("next_morning", "2026-11-28T01:01:00Z", "2026-11-29T06:00:00+01:00"),
        ("next_morning", "2026-10-24T20:00:00Z", "2026-10-25T06:00:00+01:00"),
        ("next_morning", "2026-03-28T20:00:00Z", "2026-03-29T06:00:00+02:00"),
        ("weekly", "2026-11-27T23:30:00Z", "2026-12-05"),
        ("now", "2026-11-27T23:30:00Z", "2026-11-28T00:30:00+01:00"),
        ("after_iv_r2", "2026-11-27T12:00:00Z", "2026-11-27T19:00:00+01:00"),
    ],
)
def test_a_time_is_of_the_clock_of_the_site(when: str, now: str, due: str) -> None:
    assert ordered(when, now)["occurrenceDateTime"] == due


@pytest.mark.parametrize(
    ("when", "occasion", "start", "end"),
    [
        ("after_iv", {"beside": FOUR_GRAMS}, "2026-11-27T22:00:00Z", "2026-11-28T04:00:00Z"),
        ("after_iv", {"beside": LOAD}, "2026-11-27T22:15:00Z", "2026-11-28T04:15:00Z"),
        ("after_emergency", {"beside": LOAD}, "2026-11-27T13:15:00Z", "2026-11-27T14:15:00Z"),
        ("severe_inpatient", {"beside": FOUR_GRAMS}, "2026-11-27T18:00:00Z", "2026-11-28T00:00:00Z"),
        ("today", {}, "2026-11-27T12:00:00Z", "2026-11-27T23:59:00Z"),
        ("oral_soon", {}, "2026-11-30", "2026-12-04"),
    ],
)
def test_a_span_counts_from_the_call_or_from_the_end_of_the_infusion(
    when: str, occasion: Json, start: str, end: str
) -> None:
    told = ordered(when, "2026-11-27T12:00:00Z", ZoneInfo("UTC"), **occasion)
    assert told["occurrencePeriod"] == {"start": start, "end": end}
    assert "priority" not in told


@pytest.mark.parametrize(("indicator", "priority"), [(Indicator.CRITICAL, "stat"), (Indicator.INFO, "asap")])
def test_now_is_a_priority_too(indicator: Indicator, priority: str) -> None:
    assert ordered("now", "2026-11-27T12:00:00Z", indicator=indicator)["priority"] == priority
