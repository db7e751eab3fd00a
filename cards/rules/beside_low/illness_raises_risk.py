"""Does the patient have an illness that makes low magnesium dangerous?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import assess
from cards.model import Band, DraftTest, Indicator, Problem, Say


@rule(Problem.LOW_MAGNESIUM, adds=True)
def illness_raises_risk(chart: Chart) -> Say | Because:
    """Heart failure, acute infarction, past arrhythmia, seizures, alcohol withdrawal, heart surgery (s.4.4)."""
    if assess.emergency(chart):
        return because("the emergency rule speaks")
    if chart.current and chart.current.band is Band.SUBOPTIMAL:
        return because("the rule of low-normal values names it")
    illnesses = ", ".join(illness.name for illness in chart.among("dangerous"))
    if not illnesses:
        return because("no such illness on record")
    return Say(Indicator.WARNING, ("found",), values={"illnesses": illnesses}, tests=(DraftTest("ecg", "now"),))
