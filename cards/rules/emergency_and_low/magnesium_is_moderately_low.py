"""Is magnesium moderately low?"""

from cards.ask import rule
from cards.chart import Because, Chart
from cards.judgements import assess, danger, given, ionised
from cards.model import Band, DraftTest, Indicator, Problem, Say
from cards.plan import doses, recheck


@rule(Problem.LOW_MAGNESIUM, starts=assess.trusted_low)
def magnesium_is_moderately_low(chart: Chart) -> Say | Because:
    """Between mildly and severely low (s.1.1): oral, IV only when the gut or the heart asks for it."""
    return assess.is_of_band(Band.MODERATE, chart) and _said(doses.plan(chart), chart)


def _said(plan: doses.Plan, chart: Chart) -> Say:
    when = recheck.when(Band.MODERATE, plan, chart)
    return Say(
        danger.urgency(Indicator.INFO if _is_treated(plan, chart) else Indicator.WARNING, chart),
        ("found", *doses.action(plan), "recheck", *(() if danger.named(chart) else ("goal",))),
        title="plain_oral" if plan.title == "oral" else plan.title,
        values=doses.dose_values(plan.order),
        suggestions=doses.offered(plan),
        tests=(DraftTest("magnesium", when), DraftTest("bmp", when)),
    )


def _is_treated(plan: doses.Plan, chart: Chart) -> bool:
    """Oral magnesium started after this result, and nothing to add, or a normal ionised value (s.1.3)."""
    return ionised.explains(chart) or (given.oral_magnesium_is_new(chart) and not plan.order)
