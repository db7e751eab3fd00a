"""Is there an emergency that needs magnesium now, whatever the number says?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import assess, danger, emergencies, given, hard_stops
from cards.model import DraftMedication, DraftTest, Indicator, Problem, Say, Suggestion
from cards.plan import doses, emergency_load
from cards.units import shown

_AFTER_LOAD = "after_emergency"
_TESTS = (DraftTest("magnesium", _AFTER_LOAD), DraftTest("bmp", "now"), DraftTest("ecg", "now"))
_TITLES = {"do_given": "given", "do_if_low": "measure"}
_TESTS_OF_OLD = (DraftTest("magnesium", "now"), *_TESTS[1:])


@rule(Problem.LOW_MAGNESIUM, starts=assess.emergency)
def emergency_needs_magnesium(chart: Chart) -> Say | Because:
    """Torsades at any magnesium; ventricular arrhythmia, seizure, tetany or a critical QTc with a low one (s.2.3)."""
    kind = assess.emergency(chart)
    return _said(kind, chart) if kind else because("no emergency sign now")


def _said(kind: str, chart: Chart) -> Say:
    held, order = emergency_load.held(chart), emergency_load.order(chart)
    values = {
        "dose": doses.dose_text(order) if order else "",
        "after_load": chart.knowledge.monitoring[_AFTER_LOAD],
        "sum": shown(emergency_load.of_day(chart)),
        "qt_drugs": ", ".join(danger.qt_drugs(chart)),
    }
    todo = (held,) if held else _orders(order, chart)
    old = emergencies.level_is_old(chart)
    return Say(
        Indicator.CRITICAL,
        (*_call(chart), f"found_{kind}", *("stat",) * bool(old), *todo, "push", "potassium", "watch", *_beside(chart)),
        title=kind if order else _TITLES.get(held, "stop"),
        values=values,
        suggestions=(Suggestion("load", (order,), recommended=True, values=values),) if order else (),
        tests=_TESTS_OF_OLD if old or held in _TITLES else _TESTS,
    )


def _call(chart: Chart) -> tuple[str, ...]:
    return () if chart.inpatient else ("call",)


def _orders(order: DraftMedication | None, chart: Chart) -> tuple[str, ...]:
    if order is None:
        return ("do_running" if given.iv_magnesium_in_progress(chart) else "do_expert",)
    gate = chart.renal.gate.in_emergency
    return ("do_load", f"then_{gate.name.lower()}" if gate.is_good else "then_poor")


def _beside(chart: Chart) -> tuple[str, ...]:
    return ("stop_qt",) * bool(danger.qt_drugs(chart)) + ("block",) * hard_stops.has_unpaced_heart_block(chart)
