"""Is the low result too old to treat?"""

from cards.ask import rule
from cards.chart import Because, Chart, because, inputs
from cards.judgements import assess, danger
from cards.model import DraftTest, Indicator, Magnesium, Problem, Say

_TESTS = (DraftTest("magnesium", "now"), DraftTest("bmp", "now"))


@rule(Problem.LOW_MAGNESIUM, starts=assess.trusted_low)
def result_needs_repeat(chart: Chart) -> Say | Because:
    """Older than may be acted on in this setting (s.0.6): repeat first, causes still shown."""
    low = assess.trusted_low(chart)
    if low is None:
        return assess.is_to_be_treated(chart)
    if assess.emergency(chart):
        return because("the emergency rule speaks")
    return assess.is_to_be_repeated(chart) and _said(low, _why(low, chart), chart)


def _why(low: Magnesium, chart: Chart) -> str:
    if inputs.MAGNESIUM in chart.cut:
        return "cut"
    if low.contradicted:
        return "both"
    return "newer" if low.superseded else "found"


def _said(low: Magnesium, why: str, chart: Chart) -> Say:
    severe = assess.is_severe_band(low.band)
    in_doubt = Indicator.WARNING if severe else Indicator.INFO
    return Say(
        danger.stale_urgency(low.band, chart) if why == "found" else in_doubt,
        (why, "do"),
        title="today" if severe else "",
        tests=_TESTS,
    )
