"""Do the kidneys limit magnesium?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import assess
from cards.model import DraftTest, Indicator, Problem, RenalGate, Say


@rule(Problem.LOW_MAGNESIUM, adds=True)
def kidneys_limit_magnesium(chart: Chart) -> Say | Because:
    """The renal gates R1 to R5 (s.2.1): less, none, creatinine first, or by the protocol of what replaces them."""
    if chart.is_adult is False:
        return because("a child: doses by kidney function are those of adults")
    if assess.emergency(chart):
        return because("the emergency rule speaks of the kidneys itself")
    return assess.kidneys_limit(chart) and _said(chart.renal.gate, chart)


def _said(gate: RenalGate, chart: Chart) -> Say:
    raisers = assess.magnesium_raisers(chart)
    return Say(
        Indicator.INFO,
        (_line(gate, chart), *(("raisers",) if raisers and gate.is_poor else ())),
        title=gate.name,
        values={"raisers": ", ".join(raisers)},
        tests=(DraftTest("bmp", "first"),) if gate is RenalGate.R4 else (),
    )


def _line(gate: RenalGate, chart: Chart) -> str:
    if gate in (RenalGate.R3, RenalGate.R4, RenalGate.R5):
        return gate.name
    iv = chart.low is not None and assess.is_severe_band(chart.low.band)
    return f"{gate.name}_{'iv' if iv else 'oral'}"
