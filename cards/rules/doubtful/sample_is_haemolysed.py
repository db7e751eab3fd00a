"""Does haemolysis hide or distort the magnesium?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import danger
from cards.model import DraftTest, Freshness, Indicator, Problem, Say

_REPEAT = (DraftTest("magnesium", "now"), DraftTest("bmp", "now"))


@rule(Problem.DATA_QUALITY)
def sample_is_haemolysed(chart: Chart) -> Say | Because:
    """Haemolysis reads falsely high (s.0.8): a low result stands, a normal one does not reassure."""
    m = chart.current
    if m is None or not m.haemolysed or m.freshness is not Freshness.ACTIONABLE:
        return because("the sample is not reported as haemolysed")
    if m.low:
        return Say(
            Indicator.INFO,
            ("low",),
            problem=Problem.LOW_MAGNESIUM,
            adds=True,
        )
    if not danger.named(chart) and not danger.has_symptoms(chart):
        return because("haemolysed, normal, and nothing makes low magnesium dangerous here")
    return Say(
        Indicator.INFO,
        ("found", "check"),
        values={"risks": ", ".join(danger.named(chart)) or "symptoms"},
        tests=_REPEAT,
    )
