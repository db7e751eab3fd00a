"""Is magnesium severely low?"""

from cards.ask import rule
from cards.chart import Because, Chart
from cards.judgements import assess, danger, given, hard_stops
from cards.model import Band, DraftTest, Problem, RenalGate, Say, Setting
from cards.plan import doses, recheck, unknown_place

_STEP = 0.01  # mmol/L are compared with two decimals
_LATER = {RenalGate.R0: ("after_r0", "rise"), RenalGate.R1: ("after_r1", "rise")}


@rule(Problem.LOW_MAGNESIUM, starts=assess.trusted_low)
def magnesium_is_severely_low(chart: Chart) -> Say | Because:
    """IV preferred, never a push; oral where nothing makes it dangerous (s.1.1)."""
    return assess.is_of_band(Band.SEVERE, chart) and _said(doses.plan(chart), chart)


def _said(plan: doses.Plan, chart: Chart) -> Say:
    when = recheck.when(Band.SEVERE, plan, chart)
    return Say(
        danger.urgency(danger.of_severe(chart), chart),
        ("found", *_border(chart), *_do(plan, chart), *_follow_up(when)),
        title="urgent" if plan.title == "oral" and not chart.inpatient else unknown_place.title(plan, chart),
        values=doses.dose_values(plan.order),
        suggestions=doses.offered(plan),
        tests=(DraftTest("magnesium", when), DraftTest("bmp", "now"), DraftTest("ecg", "now")),
    )


def _border(chart: Chart) -> tuple[str, ...]:
    """A step of the scale below the limit, it is said how near that is."""
    near = chart.low is not None and round(chart.numbers["band.severe"] - chart.low.x, 2) <= _STEP
    return ("border",) if near else ()


def _do(plan: doses.Plan, chart: Chart) -> tuple[str, ...]:
    if plan.course:
        return ("infusing",) if plan.iv else ()
    if chart.setting is Setting.UNKNOWN:
        return unknown_place.lines(chart)
    return (f"do_{_route(plan, chart)}", *_place(plan, chart))


def _route(plan: doses.Plan, chart: Chart) -> str:
    no_iv = hard_stops.iv_is_forbidden(chart) or given.nutrition_holds_dose(chart) or given.day_is_used_up(chart)
    return "oral_instead" if plan.oral and no_iv else plan.title


def _place(plan: doses.Plan, chart: Chart) -> tuple[str, ...]:
    setting = () if chart.inpatient else ("setting",)
    return (*setting, *_LATER.get(chart.renal.gate, ()), "infusing") if plan.iv else setting


def _follow_up(when: str) -> tuple[str, ...]:
    return ("measure",) if when == "now" else ("watch", "recheck")
