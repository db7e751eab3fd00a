"""Does a long-term PPI with digoxin or a diuretic need a baseline magnesium?"""

from cards import wording
from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import causes
from cards.model import DraftTest, Indicator, Medication, Problem, Say


@rule(Problem.DRAFT_DEPLETES)
def ppi_needs_baseline_magnesium(chart: Chart) -> Say | Because:
    """PPI with digoxin or a diuretic, no magnesium of late (FDA 2011): asked as the PPI or digoxin is ordered."""
    if "magnesium" in chart.unseen:
        return because("magnesium could not be looked at")
    drafts = [d for d in chart.chosen if causes.is_ppi(d) or d.has_role("digitalis")]
    if not drafts:
        return because("neither a proton pump inhibitor nor digoxin is being ordered")
    together = [m for m in (*chart.chosen, *chart.active) if causes.is_ppi(m) or _adds_risk(m)]
    if not any(map(causes.is_ppi, together)) or not any(map(_adds_risk, together)):
        return because("no proton pump inhibitor together with digoxin or a diuretic")
    return causes.no_magnesium_within("fresh.baseline", chart) and Say(
        Indicator.INFO, ("found", "do"), values=_values(drafts, together), tests=(DraftTest("magnesium", "now"),)
    )


def _adds_risk(medication: Medication) -> bool:
    return medication.has_role("digitalis") or causes.is_diuretic_drug(medication)


def _values(drafts: list[Medication], together: list[Medication]) -> dict[str, str]:
    """One order is named first, what it meets after it."""
    drug, *others = dict.fromkeys(name for m in (*drafts, *together) for name in _names(m))
    return {"drug": drug, "partners": wording.listed(others)}


def _names(medication: Medication) -> tuple[str, ...]:
    return causes.depleting_names([medication]) + medication.ingredients("digitalis")
