"""Is magnesium severely low?"""

from cards.chart import Chart
from cards.judgements import assess, danger, given
from cards.model import Band, DraftTest, Finding, Indicator, Problem, RenalGate, Silence, Suggestion
from cards.plan import doses

_STEP = 0.01  # mmol/L are compared with two decimals


def magnesium_is_severely_low(chart: Chart) -> Finding | Silence:
    """0.41 to 0.49 mmol/L (s.1.1): IV preferred, never a push; oral where nothing makes it dangerous."""
    why = assess.why_no_band(Band.SEVERE, chart)
    if why:
        return Silence(why)
    plan = doses.plan(chart)
    order = plan.iv or plan.oral
    values = doses.dose_values(order)
    when = doses.recheck(Band.SEVERE, plan, chart)
    return Finding(
        rule="magnesium_is_severely_low",
        problem=Problem.LOW_MAGNESIUM,
        indicator=_indicator(chart),
        title="urgent" if plan.oral and not chart.inpatient else plan.title,
        say=_say(plan, when, chart),
        values=values,
        suggestions=(Suggestion(plan.title, (order,), recommended=True, values=values),) if order else (),
        tests=(DraftTest("magnesium", when), DraftTest("bmp", "now"), DraftTest("ecg", "now")),
        numbers=("band.critical_low", "band.severe"),
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
