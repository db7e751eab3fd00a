"""Is the low result too old to treat?"""

from cards.chart import Chart
from cards.judgements import assess
from cards.model import DraftTest, Finding, Freshness, Indicator, Problem, Silence


def result_needs_repeat(chart: Chart) -> Finding | Silence:
    """24 to 72 hours old in hospital, 15 to 90 days outside (s.0.6): repeat first, causes still shown."""
    low = assess.trusted_low(chart)
    if low is None or low.freshness is not Freshness.REPEAT_FIRST or assess.emergency(chart):
        return Silence("no low result of that age")
    if not assess.must_repeat_first(low, chart):
        return Silence("critically low is treated at this age too, in hospital")
    return Finding(
        rule="result_needs_repeat",
        problem=Problem.LOW_MAGNESIUM,
        indicator=Indicator.WARNING if assess.is_severe_band(low.band) else Indicator.INFO,
        title="today" if assess.is_severe_band(low.band) else "",
        say=("newer" if low.superseded else "found", "do"),
        tests=(DraftTest("magnesium", "now"), DraftTest("bmp", "now")),
        numbers=("fresh.inpatient.actionable", "fresh.ambulatory.actionable"),
    )
