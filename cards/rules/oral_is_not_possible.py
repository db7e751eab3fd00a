"""Can the patient not take oral magnesium?"""

from cards.chart import Chart
from cards.judgements import assess
from cards.model import Finding, Indicator, Problem, Silence


def oral_is_not_possible(chart: Chart) -> Finding | Silence:
    """Vomiting, bowel obstruction or nil by mouth (s.2.2): why no oral order is offered."""
    if not assess.cannot_take_oral(chart):
        return Silence("nothing on record against the oral route")
    return Finding(
        rule="oral_is_not_possible",
        problem=Problem.LOW_MAGNESIUM,
        indicator=Indicator.INFO,
        title="suffix",
        say=("found",),
        leads=False,
    )
