"""Is magnesium critically low?"""

from cards.chart import Chart
from cards.judgements import assess, given
from cards.model import Band, DraftTest, Finding, Freshness, Indicator, Problem, RenalGate, Silence, Suggestion
from cards.plan import doses


def magnesium_is_critically_low(chart: Chart) -> Finding | Silence:
    """Below 0.41 mmol/L (s.1.1): IV in a monitored place, same day."""
    why = assess.why_no_band(Band.CRITICAL_LOW, chart)
    if why:
        return Silence(why)
    plan = doses.plan(chart)
    order = plan.iv or plan.oral
    when = doses.recheck(Band.CRITICAL_LOW, plan, chart)
    values = {**doses.dose_values(order), "recheck": chart.knowledge.monitoring[when]}
    old = chart.low is not None and chart.low.freshness is not Freshness.ACTIONABLE
    return Finding(
        rule="magnesium_is_critically_low",
        problem=Problem.LOW_MAGNESIUM,
        indicator=Indicator.WARNING if given.iv_magnesium_lately(chart) else Indicator.CRITICAL,
        title=plan.title,
        say=("old", *_say(plan, chart)) if old else _say(plan, chart),
        values=values,
        suggestions=(Suggestion(plan.title, (order,), recommended=True, values=values),) if order else (),
        tests=(DraftTest("magnesium", "now" if old else when), DraftTest("bmp", "now"), DraftTest("ecg", "now")),
        numbers=("band.critical_low",),
    )


def _say(plan: doses.Plan, chart: Chart) -> tuple[str, ...]:
    more = ("more",) if plan.iv and chart.renal.gate is RenalGate.R0 else ()
    setting = () if chart.inpatient else ("setting",)
    return ("found", f"do_{plan.title}", *setting, *more, *(("watch",) if plan.iv else ()), "ecg", "recheck")
