"""Is there an emergency that needs magnesium now, whatever the number says?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import assess, danger, given
from cards.model import DraftTest, Indicator, Problem, RenalGate, Say, Suggestion
from cards.plan import doses


@rule(Problem.LOW_MAGNESIUM)
def emergency_needs_magnesium(chart: Chart) -> Say | Because:
    """Torsades at any magnesium; ventricular arrhythmia, seizure, tetany or QTc of 500 ms with a low one (s.2.3)."""
    kind = assess.emergency(chart)
    if kind is None:
        return because("no emergency sign now")
    situation = "digoxin_toxicity" if kind == "digoxin" else "emergency"
    order = doses.intravenous(situation, chart, emergency=kind)
    say = [*(() if chart.inpatient else ("call",)), f"found_{kind}", *_orders(order is not None, chart)]
    say += ["push", "potassium", "watch"]
    say += ["stop_qt"] * bool(danger.qt_drugs(chart)) + ["block"] * assess.has_unpaced_heart_block(chart)
    values = {
        "dose": doses.dose_text(order) if order else "",
        "qt_drugs": ", ".join(danger.qt_drugs(chart)),
    }
    return Say(
        Indicator.CRITICAL,
        tuple(say),
        title=kind if order else "stop",
        values=values,
        suggestions=(Suggestion("load", (order,), recommended=True, values=values),) if order else (),
        tests=(DraftTest("magnesium", "after_emergency"), DraftTest("bmp", "now"), DraftTest("ecg", "now")),
    )


def _orders(offered: bool, chart: Chart) -> tuple[str, ...]:
    if not offered:
        return ("do_running" if given.iv_magnesium_in_progress(chart) else "do_expert",)
    full = chart.renal.gate <= RenalGate.R1
    return ("do_load", f"then_{chart.renal.gate.name.lower()}" if full else "then_poor")
