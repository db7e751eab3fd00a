"""Is magnesium mildly low?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import assess, danger
from cards.model import Band, DraftTest, Indicator, Problem, Say, Suggestion
from cards.plan import doses


@rule(Problem.LOW_MAGNESIUM)
def magnesium_is_mildly_low(chart: Chart) -> Say | Because:
    """0.60 mmol/L to the lower limit of normal (s.1.1): oral alone, 1 g IV only when at risk and unable to take it."""
    why = assess.why_no_band(Band.MILD, chart)
    if why:
        return because(why)
    plan = doses.plan(chart)
    order = plan.iv or plan.oral
    values = doses.dose_values(order)
    when = doses.recheck(Band.MILD, plan, chart)
    return Say(
        Indicator.INFO,
        ("found", f"do_{plan.title}", "recheck", *(() if danger.named(chart) else ("goal",))),
        title="plain_oral" if plan.oral else plan.title,
        values=values,
        suggestions=(Suggestion(plan.title, (order,), recommended=True, values=values),) if order else (),
        tests=(DraftTest("magnesium", when), DraftTest("bmp", when)),
    )
