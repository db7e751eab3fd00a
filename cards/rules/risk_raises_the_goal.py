"""Does a risk ask for an ECG and a higher goal?"""

from cards.chart import Chart
from cards.judgements import assess, danger
from cards.model import DraftTest, Finding, Indicator, Problem, Silence


def risk_raises_the_goal(chart: Chart) -> Finding | Silence:
    """Each modifier of s.4.4 asks for an ECG and 2.0 mg/dL; the one goal of the card."""
    low = assess.trusted_low(chart)
    if low is None or assess.emergency(chart):
        return Silence("no low magnesium of an adult that can be trusted, or the emergency rule speaks")
    named = danger.named(chart)
    if not named:
        return Silence("nothing that makes low magnesium dangerous")
    said = assess.is_severe_band(low.band) and not assess.must_repeat_first(low, chart)
    goal = "both" if named != (danger.LOW_CALCIUM,) and _potassium_may_be_short(chart) else "magnesium"
    return Finding(
        rule="risk_raises_the_goal",
        problem=Problem.LOW_MAGNESIUM,
        indicator=Indicator.INFO,
        say=(goal,) if said else ("ecg", goal),
        tests=(DraftTest("ecg", "now"),),
        leads=False,
        numbers=("target.high_risk", "target.potassium"),
    )


def _potassium_may_be_short(chart: Chart) -> bool:
    value = danger.potassium(chart)
    return value is None or value < chart.numbers["target.potassium"]
