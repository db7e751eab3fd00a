"""Is magnesium that is given toxic to a patient in comfort care?"""

from operator import attrgetter

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.model import Indicator, Problem, Say, Suggestion, removals


@rule(Problem.HIGH_MAGNESIUM, alone=True, in_comfort=True, starts=attrgetter("in_comfort_care"))
def magnesium_is_toxic_in_comfort_care(chart: Chart) -> Say | Because:
    """From critically high on, where a product of magnesium is taken (s.7.2): stop it, no test and no dialysis."""
    if not chart.in_comfort_care:
        return because("no comfort care on record")
    m = chart.current
    if m is None or not m.plausible:
        return chart.is_known and because("the result is not plausible")
    sources = tuple(d for d in chart.active if d.magnesium or d.has_role("magnesium_product"))
    if not sources:
        return because("no magnesium product is taken")
    values = {"sources": ", ".join(dict.fromkeys(d.name for d in sources))}
    gone = removals(sources)
    stop = (Suggestion("stop", gone, recommended=True, values=values),) if gone else ()
    return chart.at_least(m.x, "band.critical_high") and Say(
        Indicator.WARNING, ("stop",), values=values, suggestions=stop
    )
