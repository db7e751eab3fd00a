"""Do the kidneys limit magnesium?"""

from cards.chart import Chart
from cards.judgements import assess
from cards.model import DraftTest, Finding, Indicator, Problem, RenalGate, Silence


def kidneys_limit_magnesium(chart: Chart) -> Finding | Silence:
    """The renal gates R1 to R4 (s.2.1): less, none, or creatinine first."""
    gate = chart.renal.gate
    if gate is RenalGate.R0 or chart.is_adult is False:
        return Silence("eGFR is 60 or more, or a child")
    if assess.emergency(chart):
        return Silence("the emergency rule speaks of the kidneys itself")
    raisers = tuple(dict.fromkeys(name for m in chart.taking("raises_mg") for name in m.ingredients("raises_mg")))
    poor = gate in (RenalGate.R2, RenalGate.R3)
    return Finding(
        rule="kidneys_limit_magnesium",
        problem=Problem.LOW_MAGNESIUM,
        indicator=Indicator.INFO,
        title=gate.value,
        say=(_line(gate, chart), *(("raisers",) if raisers and poor else ())),
        values={"raisers": ", ".join(raisers)},
        tests=(DraftTest("bmp", "first"),) if gate is RenalGate.R4 else (),
        leads=False,
        numbers=("egfr.r0", "egfr.r1", "egfr.r2"),
    )


def _line(gate: RenalGate, chart: Chart) -> str:
    if gate in (RenalGate.R3, RenalGate.R4):
        return str(gate.value)
    iv = chart.low is not None and assess.is_severe_band(chart.low.band)
    return f"{gate.value}_{'iv' if iv else 'oral'}"
