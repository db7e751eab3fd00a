"""Is magnesium mildly low?"""

from cards import assess, dosing, risks
from cards.knowledge import Knowledge
from cards.model import Band, DraftTest, Facts, Finding, Indicator, Problem, Silence, Suggestion


def magnesium_is_mildly_low(facts: Facts, knowledge: Knowledge) -> Finding | Silence:
    """0.60 mmol/L to the lower limit of normal (s.1.1): oral alone, 1 g IV only when at risk and unable to take it."""
    why = assess.why_no_band(Band.MILD, facts, knowledge)
    if why:
        return Silence(why)
    plan = dosing.plan(facts, knowledge)
    order = plan.iv or plan.oral
    values = dosing.dose_values(order)
    when = dosing.recheck(Band.MILD, plan, facts, knowledge)
    return Finding(
        rule="magnesium_is_mildly_low",
        problem=Problem.LOW_MAGNESIUM,
        indicator=Indicator.INFO,
        title="plain_oral" if plan.oral else plan.title,
        say=("found", f"do_{plan.title}", "recheck", *(() if risks.named(facts, knowledge) else ("goal",))),
        values=values,
        suggestions=(Suggestion(plan.title, (order,), recommended=True, values=values),) if order else (),
        tests=(DraftTest("magnesium", when), DraftTest("bmp", when)),
        numbers=("band.moderate", "limit.lower.default"),
    )
