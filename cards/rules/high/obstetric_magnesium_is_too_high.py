"""Is magnesium above its range on magnesium for pre-eclampsia?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import assess, danger, kidneys_and_orders
from cards.model import DraftTest, Indicator, Magnesium, Problem, RenalGate, Say

_NOW = (DraftTest("magnesium", "now"), DraftTest("bmp", "now"))
_SOON = (DraftTest("magnesium", "high"), DraftTest("bmp", "now"))
_POOR = (RenalGate.R2, RenalGate.R3)
_LINES = {
    "": ("found", "do_slow", "check"),
    "stop": ("found", "do_stop", "check"),
    "unlisted": ("unlisted", "do_unlisted", "check"),
    "stop_unlisted": ("unlisted", "do_stop", "do_unlisted", "check"),
    "repeat": ("found", "check"),
    "kidneys": ("found", "do_kidneys", "check"),
    "creatinine": ("found", "do_creatinine", "check"),
}
_KIDNEYS = ("kidneys", "creatinine")


@rule(Problem.HIGH_MAGNESIUM, starts=assess.is_obstetric)
def obstetric_magnesium_is_too_high(chart: Chart) -> Say | Because:
    """Above the range that is intended there (s.1.5), or rising with poor kidneys, warns; far above it stop.

    With none on record any high level is odd.
    """
    m, listed = chart.current, assess.on_obstetric_magnesium(chart)
    if m is None or not (listed or assess.may_be_on_obstetric_magnesium(chart)):
        return because("no magnesium given for pre-eclampsia or in pregnancy") if m else chart.is_known
    if not m.plausible:
        return because("the result is not plausible")
    above = chart.above(m.x, "obstetric.caution") if listed else chart.is_high
    if listed and not above and chart.is_fresh and (poor := _poor_kidneys(chart)):
        return chart.at_least(m.x, "obstetric.kidneys") and _said(m, poor, chart)
    return above and _said(m, _state(m, listed, chart), chart)


def _poor_kidneys(chart: Chart) -> str:
    """kidneys: by the renal gate; creatinine: by that alone; "" where they are good, as far as known."""
    if chart.renal.gate in _POOR:
        return "kidneys"
    return "creatinine" if kidneys_and_orders.slow_obstetric_magnesium(chart) else ""


def _said(m: Magnesium, state: str, chart: Chart) -> Say:
    tests = _NOW if state == "repeat" else _SOON
    values = {"creatinine": _creatinine(chart)} if state == "creatinine" else {}
    return Say(_indicator(m, state, chart), _LINES[state], title=state, values=values, tests=tests)


def _creatinine(chart: Chart) -> str:
    """By what the kidneys are called poor: equations of the eGFR do not hold in pregnancy (s.1.5)."""
    told = chart.results.get("creatinine")
    return chart.knowledge.words.say("level.creatinine", value=told.shown) if told else chart.renal.reason


def _indicator(m: Magnesium, state: str, chart: Chart) -> Indicator:
    if state in _KIDNEYS:
        return Indicator.WARNING
    if state.startswith("stop"):
        return Indicator.CRITICAL
    if state == "unlisted":
        return Indicator.WARNING if chart.above(m.x, "obstetric.caution") else Indicator.INFO
    return Indicator.INFO if danger.high_is_mild(m.x, chart) else Indicator.WARNING


def _state(m: Magnesium, listed: bool, chart: Chart) -> str:
    if not chart.is_fresh:
        return "repeat"
    stop = bool(chart.at_least(m.x, "obstetric.stop"))
    return "_".join(["stop"] * stop + ["unlisted"] * (not listed))
