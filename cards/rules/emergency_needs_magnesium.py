"""Is there an emergency that needs magnesium now, whatever the number says?"""

from cards import assess, dosing
from cards.knowledge import Knowledge
from cards.model import DraftTest, Facts, Finding, Indicator, Problem, Silence, Suggestion


def emergency_needs_magnesium(facts: Facts, knowledge: Knowledge) -> Finding | Silence:
    """Torsades at any magnesium; ventricular arrhythmia, seizure, tetany or QTc of 500 ms with a low one (s.2.3)."""
    kind = assess.emergency(facts, knowledge)
    if kind is None:
        return Silence("no emergency sign now")
    order = dosing.intravenous("emergency", facts, knowledge)
    say = [f"found_{kind}", *(("do_load", "then") if order else ("do_expert",)), "push", "watch", "potassium"]
    say += ["stop_qt"] * bool(assess.qt_drugs(facts)) + ["block"] * assess.has_second_degree_block(facts)
    values = {
        "dose": dosing.dose_text(order) if order else "",
        "qt_drugs": ", ".join(m.name for m in assess.qt_drugs(facts)),
    }
    return Finding(
        rule="emergency_needs_magnesium",
        problem=Problem.LOW_MAGNESIUM,
        indicator=Indicator.CRITICAL,
        title=kind,
        say=tuple(say),
        values=values,
        suggestions=(Suggestion("load", (order,), recommended=True, values=values),) if order else (),
        tests=(DraftTest("magnesium", "after_emergency"), DraftTest("bmp", "now"), DraftTest("ecg", "now")),
        numbers=("emergency.hours", "qtc.critical", "limit.lower.default"),
    )
