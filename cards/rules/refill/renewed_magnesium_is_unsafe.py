"""Is oral magnesium renewed although the level is high, or the kidneys are poor or not known?"""

from cards import wording
from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import assess, renewing
from cards.model import DraftTest, Indicator, Medication, Problem, RenalGate, Say, Suggestion

_TESTS = (DraftTest("magnesium", "with_refill"), DraftTest("bmp", "with_refill"))
_INDICATORS = {"never": Indicator.CRITICAL, "unknown": Indicator.INFO}


@rule(Problem.REFILL)
def renewed_magnesium_is_unsafe(chart: Chart) -> Say | Because:
    """Stop it, limit it, or creatinine and magnesium first (s.14, REF-MG)."""
    renewed = renewing.oral_magnesium(chart)
    if not renewed:
        return because("no oral magnesium is renewed")
    state = _state(chart)
    if not state:
        return because("level and kidneys allow it")
    return renewing.of_adult(chart) and _said(state, renewed, chart)


def _state(chart: Chart) -> str:
    """never: R3; high: the level; limit: R2; unknown: no creatinine that is recent enough; "" when it is safe."""
    if chart.renal.gate is RenalGate.R3:
        return "never" if assess.kidneys_limit(chart) else ""
    if chart.is_high and chart.current and chart.current.plausible:
        return "high"
    if chart.renal.of_drafts is RenalGate.R2:
        return "limit" if assess.kidneys_limit(chart) else ""
    return "unknown" if _kidneys_are_unknown(chart) else ""


def _kidneys_are_unknown(chart: Chart) -> bool:
    """No creatinine or eGFR in 12 months; in 6 where the eGFR was below 60."""
    if not (chart.results.get("creatinine") or chart.results.get("egfr")):
        return True
    when = chart.renal.when
    age = chart.hours_since(when) if when else None
    poor = chart.below(chart.renal.egfr, "egfr.r0")
    return bool(chart.of_parts(poor and chart.above(age, "refill.renal_hours.poor"), poor))


def _said(state: str, renewed: tuple[Medication, ...], chart: Chart) -> Say:
    values = {"names": wording.listed(m.name for m in renewed)}
    gone = renewing.gone(renewed, chart) if state in ("never", "high") else ()
    return Say(
        _INDICATORS.get(state, Indicator.WARNING),
        (f"found_{state}", f"do_{state}"),
        title=state,
        values=values,
        suggestions=(Suggestion("remove", gone, values=values),) if gone else (),
        tests=() if state == "never" else _TESTS,
    )
