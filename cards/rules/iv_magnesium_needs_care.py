"""Which of the medicines make IV magnesium riskier?"""

from cards.chart import Chart
from cards.judgements import assess, given
from cards.model import Finding, Indicator, Problem, Silence
from cards.plan import doses


def iv_magnesium_needs_care(chart: Chart) -> Finding | Silence:
    """IV interactions (s.6) and first-degree block or bradycardia (s.2.2), said where IV magnesium is likely."""
    if not _is_likely(chart) or assess.is_child(chart):
        return Silence("no low magnesium that would be treated IV, or a hard stop")
    drugs = tuple(
        dict.fromkeys(name for m in chart.taking("iv_interaction") for name in m.ingredients("iv_interaction"))
    )
    slow = chart.has("bradycardia", "av_block_first_degree")
    say = (*(("drugs",) if drugs else ()), *(("heart",) if slow else ()))
    if not say:
        return Silence("no medicine or heart rhythm that makes IV magnesium riskier")
    return Finding(
        rule="iv_magnesium_needs_care",
        problem=Problem.LOW_MAGNESIUM,
        indicator=Indicator.INFO,
        say=say,
        values={"drugs": ", ".join(drugs)},
        leads=False,
    )


def _is_likely(chart: Chart) -> bool:
    """Severely low, about to be given it or given it already, and nothing forbids it."""
    low = chart.low
    if low is None or assess.iv_is_forbidden(chart, assess.emergency(chart)):
        return False
    infused = given.iv_magnesium_in_progress(chart) or doses.plan(chart).iv
    return assess.is_severe_band(low.band) or bool(infused)
