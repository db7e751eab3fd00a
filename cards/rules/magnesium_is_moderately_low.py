"""Is magnesium moderately low?"""

from cards.chart import Chart
from cards.judgements import assess, danger, given
from cards.model import Band, DraftTest, Finding, Indicator, Problem, Silence, Suggestion
from cards.plan import doses


def magnesium_is_moderately_low(chart: Chart) -> Finding | Silence:
    """0.50 to 0.59 mmol/L (s.1.1): oral, IV only when the gut or the heart asks for it."""
    why = assess.why_no_band(Band.MODERATE, chart)
    if why:
        return Silence(why)
    plan = doses.plan(chart)
    order = plan.iv or plan.oral
    values = doses.dose_values(order)
    when = doses.recheck(Band.MODERATE, plan, chart)
    return Finding(
        rule="magnesium_is_moderately_low",
        problem=Problem.LOW_MAGNESIUM,
        indicator=Indicator.INFO if _is_treated(plan, chart) else Indicator.WARNING,
        title="plain_oral" if plan.oral else plan.title,
        say=("found", f"do_{plan.title}", "recheck", *(() if danger.named(chart) else ("goal",))),
        values=values,
        suggestions=(Suggestion(plan.title, (order,), recommended=True, values=values),) if order else (),
        tests=(DraftTest("magnesium", when), DraftTest("bmp", when)),
        numbers=("band.severe", "band.moderate"),
    )


def _is_treated(plan: doses.Plan, chart: Chart) -> bool:
    """IV magnesium within a day, or oral started after this result and nothing to add (SAF-DUP: info)."""
    oral = given.oral_magnesium_is_new(chart) and not (plan.iv or plan.oral)
    return oral or given.iv_magnesium_lately(chart)
