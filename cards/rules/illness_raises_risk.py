"""Does the patient have an illness that makes low magnesium dangerous?"""

from cards.chart import Chart
from cards.judgements import assess, danger
from cards.model import Band, DraftTest, Finding, Indicator, Problem, Silence


def illness_raises_risk(chart: Chart) -> Finding | Silence:
    """Heart failure, acute infarction, past arrhythmia, seizures, alcohol withdrawal, heart surgery (s.4.4)."""
    if assess.emergency(chart):
        return Silence("the emergency rule speaks")
    if chart.current is not None and chart.current.band is Band.SUBOPTIMAL:
        return Silence("the rule of low-normal values names it")
    if not _illnesses(chart):
        return Silence("no such illness on record")
    return Finding(
        rule="illness_raises_risk",
        problem=Problem.LOW_MAGNESIUM,
        indicator=Indicator.WARNING,
        say=("found",),
        values={"illnesses": ", ".join(_illnesses(chart))},
        tests=(DraftTest("ecg", "now"),),
        leads=False,
        numbers=("target.high_risk",),
    )


def _illnesses(chart: Chart) -> tuple[str, ...]:
    return tuple(chart.conditions[category].name for category in danger.ILLNESSES if category in chart.conditions)
