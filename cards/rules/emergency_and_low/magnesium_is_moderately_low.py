"""Is magnesium moderately low?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import assess, danger, given
from cards.model import Band, DraftTest, Indicator, Problem, Say, Suggestion
from cards.plan import doses


@rule(Problem.LOW_MAGNESIUM)
def magnesium_is_moderately_low(chart: Chart) -> Say | Because:
    """0.50 to 0.59 mmol/L (s.1.1): oral, IV only when the gut or the heart asks for it."""
    why = assess.why_no_band(Band.MODERATE, chart)
    if why:
        return because(why)
    plan = doses.plan(chart)
    order = plan.iv or plan.oral
    values = doses.dose_values(order)
    when = doses.recheck(Band.MODERATE, plan, chart)
    return Say(
        Indicator.INFO if _is_treated(plan, chart) else Indicator.WARNING,
        ("found", f"do_{plan.title}", "recheck", *(() if danger.named(chart) else ("goal",))),
        title="plain_oral" if plan.oral else plan.title,
        values=values,
        suggestions=(Suggestion(plan.title, (order,), recommended=True, values=values),) if order else (),
        tests=(DraftTest("magnesium", when), DraftTest("bmp", when)),
    )


def _is_treated(plan: doses.Plan, chart: Chart) -> bool:
    """IV magnesium within a day, or oral started after this result and nothing to add (SAF-DUP: info)."""
    oral = given.oral_magnesium_is_new(chart) and not (plan.iv or plan.oral)
    return oral or given.iv_magnesium_lately(chart)
