"""Is the patient pregnant?"""

from cards.knowledge import Knowledge
from cards.model import Facts, Finding, Indicator, Problem, Silence


def pregnancy_needs_obstetric_advice(facts: Facts, knowledge: Knowledge) -> Finding | Silence:
    """Magnesium falls in pregnancy (s.1.5): IV only if severe or symptomatic, with obstetric advice."""
    if not facts.has("pregnancy", "pre_eclampsia"):
        return Silence("no pregnancy on record")
    return Finding(
        rule="pregnancy_needs_obstetric_advice",
        problem=Problem.LOW_MAGNESIUM,
        indicator=Indicator.INFO,
        say=("preeclampsia",) if facts.has("pre_eclampsia") else ("found",),
        values={},
        tests=(),
        leads=False,
        numbers=(),
    )
