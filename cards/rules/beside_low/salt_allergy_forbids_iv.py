"""Does a recorded allergy forbid IV magnesium?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import allergies, assess
from cards.model import Indicator, Problem, Say


@rule(Problem.LOW_MAGNESIUM, adds=True)
def salt_allergy_forbids_iv(chart: Chart) -> Say | Because:
    """Magnesium sulfate, or any magnesium, on the allergy list (s.2.2); in torsades it warns and does not forbid."""
    kind, stop = assess.emergency(chart), chart.knowledge.hard_stops["salt_allergy"]
    if not (kind or chart.low):
        return because("magnesium is not low, and no emergency needs it")
    found = allergies.stop(stop.allergy, chart)
    if not found:
        return because("no allergy to magnesium sulfate on record")
    values = {"allergy": allergies.told(found, chart)}
    if not stop.forbids_in(kind):
        return Say(Indicator.WARNING, ("yields",), values=values)
    return Say(Indicator.WARNING, ("stop",), title="suffix", values=values)
