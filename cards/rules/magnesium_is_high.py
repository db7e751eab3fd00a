"""Is magnesium too high?"""

from cards import assess, risks
from cards.knowledge import Knowledge
from cards.model import (
    HIGH_BANDS,
    Band,
    DraftTest,
    Facts,
    Finding,
    Freshness,
    Indicator,
    Medication,
    Problem,
    RemoveOrder,
    Silence,
    Suggestion,
)


def magnesium_is_high(facts: Facts, knowledge: Knowledge) -> Finding | Silence:
    """Above the upper limit (s.1.6): stop every source, look at the heart, know the antidote."""
    m = facts.current
    if m is None or m.band not in HIGH_BANDS or m.freshness is Freshness.TOO_OLD or not m.plausible:
        return Silence("magnesium is not high, or the result is old or implausible")
    if assess.on_obstetric_magnesium(facts, knowledge):
        return Silence("magnesium given in pregnancy or for pre-eclampsia has its own limits")
    sources = tuple(d for d in facts.active if d.magnesium or d.has_role("magnesium_product"))
    old = m.freshness is Freshness.REPEAT_FIRST
    critical = m.band is Band.CRITICAL_HIGH and not old
    say = _say(bool(sources), critical, facts) + (("haemolysed",) if m.haemolysed else ())
    removals = tuple(RemoveOrder(r, d.name) for d in sources if (r := _order(d)))
    values = {"sources": ", ".join(dict.fromkeys(d.name for d in sources))}
    return Finding(
        rule="magnesium_is_high",
        problem=Problem.HIGH_MAGNESIUM,
        indicator=_indicator(m.x, critical, bool(sources), facts, knowledge),
        title="critical" if critical else "repeat" if old else "",
        say=say,
        values=values,
        suggestions=(Suggestion("stop", removals, recommended=True, values=values),) if removals else (),
        tests=(
            DraftTest("magnesium", "high"),
            DraftTest("bmp", "now"),
            *([DraftTest("ecg", "now")] if critical else []),
        ),
        numbers=("limit.upper.default", "band.critical_high", "band.high_is_mild_below"),
    )


def _order(medication: Medication) -> str | None:
    """The order behind a medicine; an administration is none that could be removed."""
    reference = medication.reference or ""
    return reference if reference.startswith("MedicationRequest/") else None


def _say(sources: bool, critical: bool, facts: Facts) -> tuple[str, ...]:
    antidote = "antidote_child" if assess.is_child(facts) else "antidote"
    return (
        "found",
        "stop" if sources else "look",
        "check_critical" if critical else "check",
        *((antidote, "signs") if critical else ()),
    )


def _indicator(x: float, critical: bool, sources: bool, facts: Facts, knowledge: Knowledge) -> Indicator:
    if critical:
        return Indicator.CRITICAL
    egfr, n = facts.renal.egfr, knowledge.numbers
    harmless = x < n["band.high_is_mild_below"] and egfr is not None and egfr >= n["egfr.r0"]
    return Indicator.INFO if harmless and not sources and not risks.has_symptoms(facts) else Indicator.WARNING
