"""Is magnesium severely low?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import assess, danger, given
from cards.model import Band, DraftTest, Indicator, Problem, RenalGate, Say, Suggestion
from cards.plan import doses

_STEP = 0.01  # mmol/L are compared with two decimals


@rule(Problem.LOW_MAGNESIUM)
def magnesium_is_severely_low(chart: Chart) -> Say | Because:
    """0.41 to 0.49 mmol/L (s.1.1): IV preferred, never a push; oral where nothing makes it dangerous."""
    why = assess.why_no_band(Band.SEVERE, chart)
    if why:
        return because(why)
    plan = doses.plan(chart)
    order = plan.iv or plan.oral
    values = doses.dose_values(order)
    when = doses.recheck(Band.SEVERE, plan, chart)
    return Say(
        _indicator(chart),
        _say(plan, when, chart),
        title="urgent" if plan.oral and not chart.inpatient else plan.title,
        values=values,
        suggestions=(Suggestion(plan.title, (order,), recommended=True, values=values),) if order else (),
        tests=(DraftTest("magnesium", when), DraftTest("bmp", "now"), DraftTest("ecg", "now")),
    )


def _indicator(chart: Chart) -> Indicator:
    if given.iv_magnesium_lately(chart):
        return Indicator.INFO
    dangerous = chart.inpatient or danger.has_symptoms(chart) or danger.named(chart)
    return Indicator.CRITICAL if dangerous else Indicator.WARNING


def _say(plan: doses.Plan, when: str, chart: Chart) -> tuple[str, ...]:
    gate, setting = chart.renal.gate, () if chart.inpatient else ("setting",)
    infused: tuple[str, ...] = ()
    if plan.iv:
        later = {RenalGate.R0: ("after_r0", "rise"), RenalGate.R1: ("after_r1", "rise")}
        infused = (*later.get(gate, ()), "infusing")
    no_iv = assess.iv_is_forbidden(chart) or given.nutrition_has_magnesium(chart)
    told = "oral_instead" if plan.oral and no_iv else plan.title
    near = chart.low is not None and round(chart.numbers["band.severe"] - chart.low.x, 2) <= _STEP
    border = ("border",) if near else ()
    measure = ("measure",) if when == "now" else ("watch", "recheck")
    return ("found", *border, f"do_{told}", *setting, *infused, *measure)
