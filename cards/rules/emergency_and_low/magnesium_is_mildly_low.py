"""Is magnesium mildly low?"""

from cards.ask import rule
from cards.chart import Because, Chart
from cards.judgements import assess, danger
from cards.model import Band, DraftTest, Indicator, Problem, Say
from cards.plan import doses, recheck


@rule(Problem.LOW_MAGNESIUM, starts=assess.trusted_low)
def magnesium_is_mildly_low(chart: Chart) -> Say | Because:
    """Below normal, not moderately low (s.1.1): oral alone, a little IV only when at risk and unable to take it."""
    return assess.is_of_band(Band.MILD, chart) and _said(doses.plan(chart), chart)


def _said(plan: doses.Plan, chart: Chart) -> Say:
    when = recheck.when(Band.MILD, plan, chart)
    return Say(
        danger.urgency(Indicator.INFO, chart),
        ("found", *_symptoms(chart), *doses.action(plan), "recheck", *(() if danger.named(chart) else ("goal",))),
        title="plain_oral" if plan.title == "oral" else plan.title,
        values=doses.dose_values(plan.order),
        suggestions=doses.offered(plan),
        tests=(DraftTest("magnesium", when), DraftTest("bmp", when)),
    )


def _symptoms(chart: Chart) -> tuple[str, ...]:
    return ("symptoms",) if danger.has_symptoms(chart) else ()
