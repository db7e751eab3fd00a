"""Does a long-term PPI with digoxin or a diuretic need a baseline magnesium?"""

from cards import causes
from cards.knowledge import Knowledge
from cards.model import DraftTest, Facts, Finding, Indicator, Problem, Silence


def ppi_needs_baseline_magnesium(facts: Facts, knowledge: Knowledge) -> Finding | Silence:
    """PPI drafted beside digoxin or a diuretic without magnesium in 90 days (FDA 2011): measure first."""
    ppi = next((d for d in facts.chosen if causes.is_ppi(d)), None)
    if ppi is None:
        return Silence("no proton pump inhibitor is being ordered")
    partners = [a.name for a in facts.active if a.has_role("digitalis") or causes.is_diuretic_drug(a)]
    if not partners:
        return Silence("no digoxin or diuretic taken")
    if "magnesium" in facts.not_known:
        return Silence("magnesium could not be looked at")
    m = facts.magnesium
    if m is not None and facts.hours_since(m.when) <= knowledge.numbers["fresh.baseline"]:
        return Silence("magnesium was measured within 90 days")
    return Finding(
        rule="ppi_needs_baseline_magnesium",
        problem=Problem.DRAFT_DEPLETES,
        indicator=Indicator.INFO,
        say=("found", "do"),
        values={"drug": ppi.name, "partners": ", ".join(dict.fromkeys(partners))},
        tests=(DraftTest("magnesium", "now"),),
        numbers=("fresh.baseline",),
    )
