"""Is magnesium severely low?"""

from cards import assess, dosing, given, risks
from cards.knowledge import Knowledge
from cards.model import Band, DraftTest, Facts, Finding, Indicator, Problem, RenalGate, Silence, Suggestion

_STEP = 0.01  # mmol/L are compared with two decimals


def magnesium_is_severely_low(facts: Facts, knowledge: Knowledge) -> Finding | Silence:
    """0.41 to 0.49 mmol/L (s.1.1): IV preferred, never a push; oral where nothing makes it dangerous."""
    why = assess.why_no_band(Band.SEVERE, facts, knowledge)
    if why:
        return Silence(why)
    plan = dosing.plan(facts, knowledge)
    order = plan.iv or plan.oral
    values = dosing.dose_values(order)
    when = dosing.recheck(Band.SEVERE, plan, facts, knowledge)
    return Finding(
        rule="magnesium_is_severely_low",
        problem=Problem.LOW_MAGNESIUM,
        indicator=_indicator(facts, knowledge),
        title="urgent" if plan.oral and not facts.inpatient else plan.title,
        say=_say(plan, when, facts, knowledge),
        values=values,
        suggestions=(Suggestion(plan.title, (order,), recommended=True, values=values),) if order else (),
        tests=(DraftTest("magnesium", when), DraftTest("bmp", "now"), DraftTest("ecg", "now")),
        numbers=("band.critical_low", "band.severe"),
    )


def _indicator(facts: Facts, knowledge: Knowledge) -> Indicator:
    if given.iv_magnesium_lately(facts, knowledge):
        return Indicator.INFO
    dangerous = facts.inpatient or risks.has_symptoms(facts) or risks.named(facts, knowledge)
    return Indicator.CRITICAL if dangerous else Indicator.WARNING


def _say(plan: dosing.Plan, when: str, facts: Facts, knowledge: Knowledge) -> tuple[str, ...]:
    gate, setting = facts.renal.gate, () if facts.inpatient else ("setting",)
    infused: tuple[str, ...] = ()
    if plan.iv:
        later = {RenalGate.R0: ("after_r0", "rise"), RenalGate.R1: ("after_r1", "rise")}
        infused = (*later.get(gate, ()), "infusing")
    no_iv = assess.iv_is_forbidden(facts, knowledge) or given.nutrition_has_magnesium(facts)
    told = "oral_instead" if plan.oral and no_iv else plan.title
    near = facts.low is not None and round(knowledge.numbers["band.severe"] - facts.low.x, 2) <= _STEP
    border = ("border",) if near else ()
    measure = ("measure",) if when == "now" else ("watch", "recheck")
    return ("found", *border, f"do_{told}", *setting, *infused, *measure)
