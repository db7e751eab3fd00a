"""Could magnesium be looked at at all?"""

from cards import causes
from cards.knowledge import Knowledge
from cards.model import Facts, Finding, Indicator, Problem, Silence


def magnesium_was_not_available(facts: Facts, knowledge: Knowledge) -> Finding | Silence:
    """No prefetch and no access: silence would read as all clear, so it is said."""
    if "magnesium" not in facts.not_known:
        return Silence("magnesium results were supplied")
    if facts.hook != "patient-view" and not any(causes.concerns_magnesium(d) for d in facts.chosen):
        return Silence("no chosen order that has to do with magnesium")
    return Finding(
        rule="magnesium_was_not_available",
        problem=Problem.DATA_QUALITY,
        indicator=Indicator.INFO,
        say=("found", "check"),
    )
