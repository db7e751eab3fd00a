"""Which of the medicines make IV magnesium riskier?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import airway, assess, given, hard_stops
from cards.model import Indicator, Problem, Say
from cards.plan import doses


@rule(Problem.LOW_MAGNESIUM, adds=True)
def iv_magnesium_needs_care(chart: Chart) -> Say | Because:
    """IV interactions (s.6) and first-degree block or bradycardia (s.2.2), said where IV magnesium is likely."""
    if not _is_likely(chart) or assess.is_child(chart):
        return because("no low magnesium that would be treated IV, or a hard stop")
    drugs = _interacting(chart)
    lines = ("drugs",) * bool(drugs) + ("heart",) * chart.has("slow_heart") + ("block",) * _is_paralysed(chart)
    lines += ("pressor",) * (airway.vasopressor_runs(chart) and not chart.has("hypotension"))
    if not lines:
        return because("no medicine or heart rhythm that makes IV magnesium riskier")
    return Say(Indicator.INFO, lines, values={"drugs": ", ".join(drugs)})


def _is_paralysed(chart: Chart) -> bool:
    """A blocker runs, which the table calls a caution."""
    listed = chart.knowledge.hard_stops.values()
    return any(stop.caution and stop.drug_group and hard_stops.stops(stop, chart) for stop in listed)


def _interacting(chart: Chart) -> tuple[str, ...]:
    taken = chart.taking("iv_interaction")
    return tuple(dict.fromkeys(name for m in taken for name in m.ingredients("iv_interaction")))


def _is_likely(chart: Chart) -> bool:
    """Severely low, about to be given it or given it already, and nothing forbids it."""
    low = chart.low
    if low is None or hard_stops.iv_is_forbidden(chart, assess.emergency(chart)):
        return False
    infused = given.iv_magnesium_in_progress(chart) or doses.plan(chart).iv
    return assess.is_severe_band(low.band) or bool(infused)
