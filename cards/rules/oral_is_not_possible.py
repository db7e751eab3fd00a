"""Can the patient not take oral magnesium?"""

from cards import assess
from cards.knowledge import Knowledge
from cards.model import Facts, Finding, Indicator, Problem, Silence


def oral_is_not_possible(facts: Facts, knowledge: Knowledge) -> Finding | Silence:
    """Vomiting, bowel obstruction or nil by mouth (s.2.2): why no oral order is offered."""
    if not assess.cannot_take_oral(facts):
        return Silence("nothing on record against the oral route")
    return Finding(
        rule="oral_is_not_possible",
        problem=Problem.LOW_MAGNESIUM,
        indicator=Indicator.INFO,
        title="suffix",
        say=("found",),
        leads=False,
    )
