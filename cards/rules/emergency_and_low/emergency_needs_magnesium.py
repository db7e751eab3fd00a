"""Is there an emergency that needs magnesium now, whatever the number says?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import assess, danger, emergencies, given, hard_stops
from cards.model import DraftMedication, DraftTest, Indicator, Problem, Say, Suggestion
from cards.plan import doses, emergency_load
from cards.units import shown

_TITLES = {"do_given": "given", "do_given_once": "given_once", "do_given_slow": "given_once", "do_if_low": "measure"}


@rule(Problem.LOW_MAGNESIUM, starts=assess.emergency)
def emergency_needs_magnesium(chart: Chart) -> Say | Because:
    """Torsades at any magnesium; ventricular arrhythmia, seizure, tetany or a critical QTc with a low one (s.2.3)."""
    kind = assess.emergency(chart)
    return _said(kind, chart) if kind else because("no emergency sign now")


def _said(kind: str, chart: Chart) -> Say:
    held, order = _held(chart), emergency_load.order(chart)
    when = _when(order, chart)
    values = {
        "dose": doses.dose_text(order) if order else "",
        "load": shown(emergencies.load(chart)),
        "usual": emergency_load.usual(chart),
        "after_load": chart.knowledge.monitoring[when],
        "sum": shown(emergency_load.of_day(chart)),
        "qt_drugs": ", ".join(danger.qt_drugs(chart)),
    }
    todo = (held, *_expert(chart)) if held else _orders(order, chart)
    old = bool(emergencies.level_is_old(chart))
    return Say(
        Indicator.CRITICAL,
        (*_call(chart), f"found_{kind}", *("stat",) * old, *todo, "push", "potassium", "watch", *_beside(chart)),
        title=kind if order else _TITLES.get(held, "stop"),
        values=values,
        suggestions=(Suggestion("load", (order,), recommended=True, values=values),) if order else (),
        tests=(DraftTest("magnesium", "now" if old else when), DraftTest("bmp", "now"), DraftTest("ecg", "now")),
    )


def _held(chart: Chart) -> str:
    """Where a load is given once only, nothing is said of repeating it."""
    held = emergency_load.held(chart)
    return f"do_given{_once(chart)}" if held == "do_given" else held


def _when(order: DraftMedication | None, chart: Chart) -> str:
    """After the load that is offered or runs; where there is none, now (s.3)."""
    if order is None and not given.iv_magnesium_in_progress(chart):
        return "now"
    return "after_emergency_once" if emergency_load.is_once_only(chart) else "after_emergency"


def _call(chart: Chart) -> tuple[str, ...]:
    return () if chart.inpatient else ("call",)


def _orders(order: DraftMedication | None, chart: Chart) -> tuple[str, ...]:
    if order is None:
        return (_no_order(chart), *_expert(chart))
    if once := _once(chart):
        return ("do_once", f"then{once}")
    return ("do_load", f"then_{chart.renal.gate.in_emergency.name.lower()}")


def _once(chart: Chart) -> str:
    """Where a load is given once only, which lines say so: for the kidneys, or of digoxin toxicity with good ones."""
    if not emergency_load.is_once_only(chart):
        return ""
    return "_slow" if chart.renal.gate.in_emergency.is_good else "_once"


def _no_order(chart: Chart) -> str:
    if given.iv_magnesium_in_progress(chart):
        return "do_running"
    return "do_expert" if hard_stops.stands(chart, assess.emergency(chart)) else "do_yields"


def _expert(chart: Chart) -> tuple[str, ...]:
    """A stop that yields to an expert says how magnesium may be given; one that stands speaks for itself."""
    return tuple(f"expert_{stop.name}" for stop in hard_stops.of_experts(chart, assess.emergency(chart)))


def _beside(chart: Chart) -> tuple[str, ...]:
    return ("stop_qt",) * bool(danger.qt_drugs(chart))
