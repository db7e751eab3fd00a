"""Does a patient go home severely or critically low?"""

from cards.ask import rule
from cards.chart import Because, Chart
from cards.judgements import assess, danger, given, leaving
from cards.model import Indicator, Problem, Say
from cards.plan import after_discharge


@rule(Problem.DISCHARGE)
def severe_low_goes_home(chart: Chart) -> Say | Because:
    """Not corrected: treat before leaving, or a plan for the same day (s.14, DIS-LOW)."""
    low = assess.trusted_low(chart)
    if low is None:
        return assess.is_to_be_treated(chart)
    return leaving.may_speak(chart) and danger.is_severe(low.x, chart) and _said(low.x, chart)


def _said(x: float, chart: Chart) -> Say:
    critical = chart.below(x, "band.critical_low")
    in_words = () if given.oral_replacement(chart) else ("tablets",)
    return Say(
        Indicator.CRITICAL if critical else Indicator.WARNING,
        ("found", "treat", *in_words, after_discharge.line(chart)),
        title="critical" if critical else "",
        tests=after_discharge.tests(chart),
    )
