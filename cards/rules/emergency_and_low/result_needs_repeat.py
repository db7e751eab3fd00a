"""Is the low result too old to treat?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import assess
from cards.model import DraftTest, Freshness, Indicator, Problem, Say


@rule(Problem.LOW_MAGNESIUM)
def result_needs_repeat(chart: Chart) -> Say | Because:
    """24 to 72 hours old in hospital, 15 to 90 days outside (s.0.6): repeat first, causes still shown."""
    low = assess.trusted_low(chart)
    if low is None or low.freshness is not Freshness.REPEAT_FIRST or assess.emergency(chart):
        return because("no low result of that age")
    if not assess.must_repeat_first(low, chart):
        return because("critically low is treated at this age too, in hospital")
    return Say(
        Indicator.WARNING if assess.is_severe_band(low.band) else Indicator.INFO,
        ("newer" if low.superseded else "found", "do"),
        title="today" if assess.is_severe_band(low.band) else "",
        tests=(DraftTest("magnesium", "now"), DraftTest("bmp", "now")),
    )
