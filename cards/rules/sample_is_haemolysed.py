"""Does haemolysis hide or distort the magnesium?"""

from cards.chart import Chart
from cards.judgements import danger
from cards.model import DraftTest, Finding, Freshness, Indicator, Problem, Silence

_REPEAT = (DraftTest("magnesium", "now"), DraftTest("bmp", "now"))


def sample_is_haemolysed(chart: Chart) -> Finding | Silence:
    """Haemolysis reads falsely high (s.0.8): a low result stands, a normal one does not reassure."""
    m = chart.current
    if m is None or not m.haemolysed or m.freshness is not Freshness.ACTIONABLE:
        return Silence("the sample is not reported as haemolysed")
    if m.low:
        return Finding("sample_is_haemolysed", Problem.LOW_MAGNESIUM, Indicator.INFO, ("low",), leads=False)
    if not danger.named(chart) and not danger.has_symptoms(chart):
        return Silence("haemolysed, normal, and nothing makes low magnesium dangerous here")
    return Finding(
        rule="sample_is_haemolysed",
        problem=Problem.DATA_QUALITY,
        indicator=Indicator.INFO,
        say=("found", "check"),
        values={"risks": ", ".join(danger.named(chart)) or "symptoms"},
        tests=_REPEAT,
    )
