"""Is magnesium mildly low?"""

from cards.chart import Chart
from cards.judgements import assess, danger
from cards.model import Band, DraftTest, Finding, Indicator, Problem, Silence, Suggestion
from cards.plan import doses


def magnesium_is_mildly_low(chart: Chart) -> Finding | Silence:
    """0.60 mmol/L to the lower limit of normal (s.1.1): oral alone, 1 g IV only when at risk and unable to take it."""
    why = assess.why_no_band(Band.MILD, chart)
    if why:
        return Silence(why)
    plan = doses.plan(chart)
    order = plan.iv or plan.oral
    values = doses.dose_values(order)
    when = doses.recheck(Band.MILD, plan, chart)
    return Finding(
        rule="magnesium_is_mildly_low",
        problem=Problem.LOW_MAGNESIUM,
        indicator=Indicator.INFO,
        title="plain_oral" if plan.oral else plan.title,
        say=("found", f"do_{plan.title}", "recheck", *(() if danger.named(chart) else ("goal",))),
        values=values,
        suggestions=(Suggestion(plan.title, (order,), recommended=True, values=values),) if order else (),
        tests=(DraftTest("magnesium", when), DraftTest("bmp", when)),
        numbers=("band.moderate", "limit.lower.default"),
    )
