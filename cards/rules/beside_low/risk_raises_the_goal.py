"""Does a risk ask for an ECG and a higher goal?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import assess, danger
from cards.model import DraftTest, Indicator, Problem, Say


@rule(Problem.LOW_MAGNESIUM, adds=True)
def risk_raises_the_goal(chart: Chart) -> Say | Because:
    """Each modifier of s.4.4 asks for an ECG and 2.0 mg/dL; the one goal of the card."""
    low = assess.trusted_low(chart)
    if low is None or assess.emergency(chart):
        return because("no low magnesium of an adult that can be trusted, or the emergency rule speaks")
    named = danger.named(chart)
    if not named:
        return because("nothing that makes low magnesium dangerous")
    said = assess.is_severe_band(low.band) and not assess.must_repeat_first(low, chart)
    goal = "both" if named != (danger.LOW_CALCIUM,) and _potassium_may_be_short(chart) else "magnesium"
    return Say(
        Indicator.INFO,
        (goal,) if said else ("ecg", goal),
        tests=(DraftTest("ecg", "now"),),
    )


def _potassium_may_be_short(chart: Chart) -> bool:
    value = danger.potassium(chart)
    return value is None or chart.below(value, "target.potassium")
