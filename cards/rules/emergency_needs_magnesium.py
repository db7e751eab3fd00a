"""Is there an emergency that needs magnesium now, whatever the number says?"""

from cards import assess, dosing, given, risks
from cards.knowledge import Knowledge
from cards.model import DraftTest, Facts, Finding, Indicator, Problem, RenalGate, Silence, Suggestion


def emergency_needs_magnesium(facts: Facts, knowledge: Knowledge) -> Finding | Silence:
    """Torsades at any magnesium; ventricular arrhythmia, seizure, tetany or QTc of 500 ms with a low one (s.2.3)."""
    kind = assess.emergency(facts, knowledge)
    if kind is None:
        return Silence("no emergency sign now")
    situation = "digoxin_toxicity" if kind == "digoxin" else "emergency"
    order = dosing.intravenous(situation, facts, knowledge, emergency=kind)
    say = [*(() if facts.inpatient else ("call",)), f"found_{kind}", *_orders(order is not None, facts)]
    say += ["push", "potassium", "watch"]
    say += ["stop_qt"] * bool(risks.qt_drugs(facts)) + ["block"] * assess.has_unpaced_heart_block(facts)
    values = {
        "dose": dosing.dose_text(order) if order else "",
        "qt_drugs": ", ".join(risks.qt_drugs(facts)),
    }
    return Finding(
        rule="emergency_needs_magnesium",
        problem=Problem.LOW_MAGNESIUM,
        indicator=Indicator.CRITICAL,
        title=kind if order else "stop",
        say=tuple(say),
        values=values,
        suggestions=(Suggestion("load", (order,), recommended=True, values=values),) if order else (),
        tests=(DraftTest("magnesium", "after_emergency"), DraftTest("bmp", "now"), DraftTest("ecg", "now")),
        numbers=("emergency.hours", "qtc.critical", "limit.lower.default"),
    )


def _orders(offered: bool, facts: Facts) -> tuple[str, ...]:
    if not offered:
        return ("do_running" if given.iv_magnesium_in_progress(facts) else "do_expert",)
    full = facts.renal.gate in (RenalGate.R0, RenalGate.R1)
    return ("do_load", f"then_{facts.renal.gate.value.lower()}" if full else "then_poor")
