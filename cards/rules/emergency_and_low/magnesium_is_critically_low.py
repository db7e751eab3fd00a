"""Is magnesium critically low?"""

from cards.ask import rule
from cards.chart import Because, Chart
from cards.judgements import assess, danger
from cards.model import Band, DraftTest, Indicator, Problem, RenalGate, Say, Setting
from cards.plan import doses, recheck, unknown_place


@rule(Problem.LOW_MAGNESIUM, starts=assess.trusted_low)
def magnesium_is_critically_low(chart: Chart) -> Say | Because:
    """IV in a monitored place, same day (s.1.1)."""
    return assess.is_of_band(Band.CRITICAL_LOW, chart) and _said(doses.plan(chart), chart)


def _said(plan: doses.Plan, chart: Chart) -> Say:
    when, old = recheck.when(Band.CRITICAL_LOW, plan, chart), not chart.is_fresh
    return Say(
        danger.urgency(Indicator.CRITICAL, chart),
        ("old", *_lines(plan, chart)) if old else _lines(plan, chart),
        title=unknown_place.title(plan, chart),
        values={**doses.dose_values(plan.order), "recheck": chart.knowledge.monitoring[when]},
        suggestions=doses.offered(plan, recheck=chart.knowledge.monitoring[when]),
        tests=(DraftTest("magnesium", "now" if old else when), DraftTest("bmp", "now"), DraftTest("ecg", "now")),
    )


def _lines(plan: doses.Plan, chart: Chart) -> tuple[str, ...]:
    if chart.setting is Setting.UNKNOWN and not plan.course:
        return ("found", *unknown_place.lines(chart), "ecg", "recheck")
    more = ("more",) if plan.title == "iv" and chart.renal.gate is RenalGate.R0 else ()
    setting = () if chart.inpatient else ("setting",)
    return ("found", *doses.action(plan), *setting, *more, *(("watch",) if plan.iv else ()), "ecg", "recheck")
