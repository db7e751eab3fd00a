"""Is a drug ordered that stands in for what lowers magnesium, and that the allergy list names?"""

from cards import wording
from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import allergies
from cards.model import Allergy, Indicator, Medication, Problem, Say


@rule(Problem.INTERACTION)
def draft_is_on_allergy_list(chart: Chart) -> Say | Because:
    """Famotidine or a potassium-sparing drug with a recorded allergy (s.10, inputs): a warning with the reaction."""
    found = {d.name: listed for d in chart.chosen if (listed := _against(d, chart))}
    if not found:
        return because("nothing on the allergy list against the chosen drafts")
    told = allergies.told([a for listed in found.values() for a in listed], chart)
    values = {"drug": wording.listed(found), "allergy": told}
    return Say(Indicator.WARNING, ("found",), values=values, about=f"{' '.join(sorted(found))} {told}")


def _against(draft: Medication, chart: Chart) -> list[Allergy]:
    """What is recorded against one of its ingredients."""
    names = {role.ingredient for role in draft.roles}
    known = chart.knowledge.allergies.substances.items()
    substances = [name for name, substance in known if not names.isdisjoint(substance.drugs)]
    return [allergy for name in substances for allergy in allergies.to_substance(name, chart)]
