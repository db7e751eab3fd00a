"""Does the urine say where magnesium is lost?"""

from cards.knowledge import Knowledge
from cards.model import Facts, Finding, Indicator, Problem, RenalGate, Result, Route, Silence

NUMBERS = ("femg.extrarenal_below", "femg.renal_above", "femg.filterable", "femg.min_egfr")


def urine_shows_the_loss(facts: Facts, knowledge: Knowledge) -> Finding | Silence:
    """Fractional excretion of magnesium (s.7): below 2 % gut, above 4 % kidney, between them undecided."""
    value = fractional_excretion(facts, knowledge)
    if value is None:
        return Silence("no spot urine with serum magnesium and creatinine, or eGFR below 30")
    n = knowledge.numbers
    where = "renal" if value > n["femg.renal_above"] else "gut" if value < n["femg.extrarenal_below"] else "between"
    return Finding(
        rule="urine_shows_the_loss",
        problem=Problem.LOW_MAGNESIUM,
        indicator=Indicator.INFO,
        say=("renal", "work_up") if where == "renal" else (where,),
        values={"femg": f"{value:.1f}%"},
        leads=False,
        numbers=NUMBERS,
    )


def fractional_excretion(facts: Facts, knowledge: Knowledge) -> float | None:
    """FEMg in %, from spot urine and serum of low magnesium; None where it would mislead."""
    names = ("urine_magnesium", "urine_creatinine", "creatinine")
    urine, urine_creatinine, creatinine = (facts.results.get(name) for name in names)
    if not (urine and urine_creatinine and creatinine and facts.low) or not _is_valid(facts, knowledge, urine):
        return None
    serum = facts.results["magnesium"].value if "magnesium" in facts.results else facts.low.x
    filtered = knowledge.numbers["femg.filterable"] * serum * urine_creatinine.value
    return urine.value * creatinine.value / filtered * 100 if filtered > 0 else None


def _is_valid(facts: Facts, knowledge: Knowledge, urine: Result) -> bool:
    """Kidneys steady enough, and no IV magnesium in the day before the urine."""
    egfr = facts.renal.egfr
    if egfr is None or egfr < knowledge.numbers["femg.min_egfr"] or facts.renal.gate is RenalGate.R3:
        return False
    hours = knowledge.numbers["duplicate.iv_hours"] * 3600
    given = [m.until or m.since for m in facts.medications or () if m.magnesium and m.route is Route.INTRAVENOUS]
    return not any(g and 0 <= (urine.when - g).total_seconds() < hours for g in given)
