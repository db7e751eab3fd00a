"""Does a risk ask for an ECG and a higher goal?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import assess, calcium, danger, potassium
from cards.model import DraftTest, Indicator, Magnesium, Problem, Say


@rule(Problem.LOW_MAGNESIUM, adds=True)
def risk_raises_the_goal(chart: Chart) -> Say | Because:
    """Each modifier of s.4.4 asks for an ECG and the goal of high risk; the one goal of the card."""
    low = assess.trusted_low(chart)
    if low is None:
        return assess.is_to_be_treated(chart)
    if assess.emergency(chart):
        return because("the emergency rule speaks")
    if not danger.named(chart):
        return because("nothing that makes low magnesium dangerous")
    return Say(Indicator.INFO, (*_ecg(low, chart), _goal(chart)), tests=(DraftTest("ecg", "now"),))


def _ecg(low: Magnesium, chart: Chart) -> tuple[str, ...]:
    """Where the rule of the band does not ask for it already."""
    said = assess.is_severe_band(low.band) and not assess.must_repeat_first(low, chart)
    return () if said else ("ecg",)


def _goal(chart: Chart) -> str:
    only_calcium = len(danger.named(chart)) == 1 and bool(calcium.is_low(chart))
    return "both" if not only_calcium and _potassium_may_be_short(chart) else "magnesium"


def _potassium_may_be_short(chart: Chart) -> bool:
    return potassium.level(chart) is None or bool(potassium.is_below_its_goal(chart))
