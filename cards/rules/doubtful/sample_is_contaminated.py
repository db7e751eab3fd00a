"""Was the tube contaminated with K-EDTA or oxalate?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import assess
from cards.model import DraftTest, Indicator, Problem, Say


@rule(Problem.DATA_QUALITY)
def sample_is_contaminated(chart: Chart) -> Say | Because:
    """Low magnesium, potassium of 6.5 or more and calcium of 6.5 mg/dL or less at once (s.0.7): repeat."""
    if not assess.is_contaminated(chart):
        return because("potassium and calcium do not point to a contaminated tube")
    return Say(
        Indicator.WARNING,
        ("found", "check"),
        tests=(DraftTest("magnesium", "now"), DraftTest("bmp", "now")),
    )
