"""Is magnesium critically low?"""

from cards import assess, dosing, given
from cards.knowledge import Knowledge
from cards.model import Band, DraftTest, Facts, Finding, Freshness, Indicator, Problem, RenalGate, Silence, Suggestion


def magnesium_is_critically_low(facts: Facts, knowledge: Knowledge) -> Finding | Silence:
    """Below 0.41 mmol/L (s.1.1): IV in a monitored place, same day."""
    why = assess.why_no_band(Band.CRITICAL_LOW, facts, knowledge)
    if why:
        return Silence(why)
    plan = dosing.plan(facts, knowledge)
    order = plan.iv or plan.oral
    when = dosing.recheck(Band.CRITICAL_LOW, plan, facts, knowledge)
    values = {**dosing.dose_values(order), "recheck": knowledge.monitoring[when]}
    old = facts.low is not None and facts.low.freshness is not Freshness.ACTIONABLE
    return Finding(
        rule="magnesium_is_critically_low",
        problem=Problem.LOW_MAGNESIUM,
        indicator=Indicator.WARNING if given.iv_magnesium_lately(facts, knowledge) else Indicator.CRITICAL,
        title=plan.title,
        say=("old", *_say(plan, facts)) if old else _say(plan, facts),
        values=values,
        suggestions=(Suggestion(plan.title, (order,), recommended=True, values=values),) if order else (),
        tests=(DraftTest("magnesium", "now" if old else when), DraftTest("bmp", "now"), DraftTest("ecg", "now")),
        numbers=("band.critical_low",),
    )


def _say(plan: dosing.Plan, facts: Facts) -> tuple[str, ...]:
    more = ("more",) if plan.iv and facts.renal.gate is RenalGate.R0 else ()
    setting = () if facts.inpatient else ("setting",)
    return ("found", f"do_{plan.title}", *setting, *more, *(("watch",) if plan.iv else ()), "ecg", "recheck")
