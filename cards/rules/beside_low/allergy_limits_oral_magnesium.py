"""Does the allergy list change or forbid the oral order?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import allergies, assess
from cards.model import Allergy, Indicator, Magnesium, Problem, Say
from cards.plan import doses, oral_doses, shipped


@rule(Problem.LOW_MAGNESIUM, adds=True)
def allergy_limits_oral_magnesium(chart: Chart) -> Say | Because:
    """Not the salt of a recorded allergy (s.2.6): the next one that suits, or why there is no order."""
    low = assess.trusted_low(chart)
    if low is None:
        return assess.is_to_be_treated(chart)
    found = _passed_over(low, chart)
    if not found:
        return because("no oral order is wanted, or nothing on the allergy list stands against its salt")
    key = "another" if oral_doses.oral(shipped.tablets(low.band, chart), chart) else _why_none(found, chart)
    problem = Problem.DISCHARGE if chart.is_leaving else Problem.LOW_MAGNESIUM
    title = "" if key == "another" else "suffix"
    values = {"allergy": allergies.told(found, chart)}
    return Say(Indicator.INFO, (key,), title=title, values=values, problem=problem)


def _why_none(found: tuple[Allergy, ...], chart: Chart) -> str:
    """What forbids magnesium IV too is told once."""
    told = chart.knowledge.hard_stops["salt_allergy"]
    return "none_either" if set(found) <= set(allergies.stop(told.allergy, chart)) and not chart.is_leaving else "none"


def _passed_over(low: Magnesium, chart: Chart) -> tuple[Allergy, ...]:
    plan = doses.plan(chart)
    if plan.course or plan.iv or assess.emergency(chart) or shipped.is_no_band_for_tablets(low.band, chart):
        return ()
    severe = assess.is_severe_band(low.band)
    if severe if chart.is_leaving else not assess.dose_may_be_offered(chart):
        return ()
    return oral_doses.passed_over(shipped.tablets(low.band, chart), chart)
