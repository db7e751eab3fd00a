"""Is magnesium severely low?"""

from cards import assess, dosing
from cards.knowledge import Knowledge
from cards.model import Band, DraftTest, Facts, Finding, Indicator, Problem, Silence, Suggestion


def magnesium_is_severely_low(facts: Facts, knowledge: Knowledge) -> Finding | Silence:
    """0.41 to 0.49 mmol/L (s.1.1): IV preferred, never a push; oral where nothing makes it dangerous."""
    why = assess.why_no_band(Band.SEVERE, facts, knowledge)
    if why:
        return Silence(why)
    plan = dosing.plan(Band.SEVERE, facts, knowledge)
    order = plan.iv or plan.oral
    values = dosing.dose_values(order)
    when = dosing.recheck(Band.SEVERE, plan, facts, knowledge)
    return Finding(
        rule="magnesium_is_severely_low",
        problem=Problem.LOW_MAGNESIUM,
        indicator=_indicator(facts, knowledge),
        title="urgent" if plan.oral and not facts.inpatient else plan.title,
        say=_say(plan, facts),
        values=values,
        suggestions=(Suggestion(plan.title, (order,), recommended=True, values=values),) if order else (),
        tests=(DraftTest("magnesium", when), DraftTest("bmp", "now"), DraftTest("ecg", "now")),
        numbers=("band.critical_low", "band.severe"),
    )


def _indicator(facts: Facts, knowledge: Knowledge) -> Indicator:
    if assess.iv_magnesium_running(facts, knowledge):
        return Indicator.INFO
    dangerous = facts.inpatient or assess.has_symptoms(facts) or assess.risks(facts, knowledge)
    return Indicator.CRITICAL if dangerous else Indicator.WARNING


def _say(plan: dosing.Plan, facts: Facts) -> tuple[str, ...]:
    infused = ("after", "rise", "infusing") if plan.iv else ()
    setting = () if facts.inpatient else ("setting",)
    return ("found", f"do_{plan.title}", *setting, *infused, "watch", "recheck")
