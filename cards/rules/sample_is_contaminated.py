"""Was the tube contaminated with K-EDTA or oxalate?"""

from cards.chart import Chart
from cards.judgements import assess
from cards.model import DraftTest, Finding, Indicator, Problem, Silence


def sample_is_contaminated(chart: Chart) -> Finding | Silence:
    """Low magnesium, potassium of 6.5 or more and calcium of 6.5 mg/dL or less at once (s.0.7): repeat."""
    if not assess.is_contaminated(chart):
        return Silence("potassium and calcium do not point to a contaminated tube")
    return Finding(
        rule="sample_is_contaminated",
        problem=Problem.DATA_QUALITY,
        indicator=Indicator.WARNING,
        say=("found", "check"),
        tests=(DraftTest("magnesium", "now"), DraftTest("bmp", "now")),
        numbers=("contamination.potassium", "contamination.calcium"),
    )
