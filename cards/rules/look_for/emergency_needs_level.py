"""Is there an emergency of which no magnesium is known?"""

from cards.ask import rule
from cards.chart import Because, Chart, because, inputs
from cards.judgements import danger, emergencies
from cards.model import DraftTest, Indicator, Problem, Say

_TESTS = (DraftTest("magnesium", "now"), DraftTest("bmp", "now"), DraftTest("ecg", "now"))


@rule(Problem.LOOK_FOR_LOW, starts=emergencies.is_on_record)
def emergency_needs_level(chart: Chart) -> Say | Because:
    """A ventricular arrhythmia, seizure or tetany now and no level of these days (RSK-EMERG): measure, no order."""
    if inputs.MAGNESIUM in chart.not_known:
        return because("magnesium could not be looked at")
    return emergencies.lacks_level(chart) and _said(chart)


def _said(chart: Chart) -> Say:
    found = next(c for c in chart.among("emergencies") if danger.is_current(c, chart))
    about = f"{found.category} {found.since}"
    return Say(Indicator.WARNING, ("found", "do"), values={"emergency": found.name}, tests=_TESTS, about=about)
