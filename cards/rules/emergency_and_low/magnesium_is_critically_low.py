"""Is magnesium critically low?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import assess, given
from cards.model import Band, DraftTest, Freshness, Indicator, Problem, RenalGate, Say, Suggestion
from cards.plan import doses


@rule(Problem.LOW_MAGNESIUM)
def magnesium_is_critically_low(chart: Chart) -> Say | Because:
    """Below 0.41 mmol/L (s.1.1): IV in a monitored place, same day."""
    why = assess.why_no_band(Band.CRITICAL_LOW, chart)
    if why:
        return because(why)
    plan = doses.plan(chart)
    order = plan.iv or plan.oral
    when = doses.recheck(Band.CRITICAL_LOW, plan, chart)
    values = {**doses.dose_values(order), "recheck": chart.knowledge.monitoring[when]}
    old = chart.low is not None and chart.low.freshness is not Freshness.ACTIONABLE
    return Say(
        Indicator.WARNING if given.iv_magnesium_lately(chart) else Indicator.CRITICAL,
        ("old", *_say(plan, chart)) if old else _say(plan, chart),
        title=plan.title,
        values=values,
        suggestions=(Suggestion(plan.title, (order,), recommended=True, values=values),) if order else (),
        tests=(DraftTest("magnesium", "now" if old else when), DraftTest("bmp", "now"), DraftTest("ecg", "now")),
    )


def _say(plan: doses.Plan, chart: Chart) -> tuple[str, ...]:
    more = ("more",) if plan.iv and chart.renal.gate is RenalGate.R0 else ()
    setting = () if chart.inpatient else ("setting",)
    return ("found", f"do_{plan.title}", *setting, *more, *(("watch",) if plan.iv else ()), "ecg", "recheck")
