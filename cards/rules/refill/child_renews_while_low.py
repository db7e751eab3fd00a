"""Is a drug that has to do with magnesium renewed for a child whose level is low?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import assess, causes
from cards.model import Indicator, Problem, Say


@rule(Problem.REFILL, alone=True)
def child_renews_while_low(chart: Chart) -> Say | Because:
    """It is told, and no order (s.14)."""
    if not assess.is_child(chart):
        return because("not a child")
    if not any(map(causes.concerns_magnesium, chart.chosen)):
        return because("nothing is renewed that has to do with magnesium")
    return assess.is_trustworthy(chart) and Say(Indicator.INFO, ("found", "ask"))
