"""Can the patient not take oral magnesium?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import assess
from cards.model import Indicator, Problem, Say


@rule(Problem.LOW_MAGNESIUM, adds=True)
def oral_is_not_possible(chart: Chart) -> Say | Because:
    """Vomiting, bowel obstruction or nil by mouth (s.2.2): why no oral order is offered; or only by tube."""
    if assess.cannot_take_oral(chart):
        return Say(Indicator.INFO, ("found",), title="suffix")
    if chart.has("enteral_feeding"):
        return Say(Indicator.INFO, ("tube",))
    return because("nothing on record against the oral route")
