"""Is magnesium moderately low?"""

from cards import assess, dosing, given, risks
from cards.knowledge import Knowledge
from cards.model import Band, DraftTest, Facts, Finding, Indicator, Problem, Silence, Suggestion


def magnesium_is_moderately_low(facts: Facts, knowledge: Knowledge) -> Finding | Silence:
    """0.50 to 0.59 mmol/L (s.1.1): oral, IV only when the gut or the heart asks for it."""
    why = assess.why_no_band(Band.MODERATE, facts, knowledge)
    if why:
        return Silence(why)
    plan = dosing.plan(facts, knowledge)
    order = plan.iv or plan.oral
    values = dosing.dose_values(order)
    when = dosing.recheck(Band.MODERATE, plan, facts, knowledge)
    return Finding(
        rule="magnesium_is_moderately_low",
        problem=Problem.LOW_MAGNESIUM,
        indicator=Indicator.INFO if _is_treated(plan, facts, knowledge) else Indicator.WARNING,
        title="plain_oral" if plan.oral else plan.title,
        say=("found", f"do_{plan.title}", "recheck", *(() if risks.named(facts, knowledge) else ("goal",))),
        values=values,
        suggestions=(Suggestion(plan.title, (order,), recommended=True, values=values),) if order else (),
        tests=(DraftTest("magnesium", when), DraftTest("bmp", when)),
        numbers=("band.severe", "band.moderate"),
    )


def _is_treated(plan: dosing.Plan, facts: Facts, knowledge: Knowledge) -> bool:
    """IV magnesium within a day, or oral started after this result and nothing to add (SAF-DUP: info)."""
    oral = given.oral_magnesium_is_new(facts) and not (plan.iv or plan.oral)
    return oral or given.iv_magnesium_lately(facts, knowledge)
