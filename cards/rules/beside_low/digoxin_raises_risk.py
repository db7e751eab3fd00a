"""Does digoxin make low magnesium dangerous?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import assess, hard_stops
from cards.model import DraftTest, Indicator, Problem, Say

_TESTS = (DraftTest("ecg", "now"), DraftTest("digoxin_level", "now"))


@rule(Problem.LOW_MAGNESIUM, adds=True)
def digoxin_raises_risk(chart: Chart) -> Say | Because:
    """Digoxin is toxic at lower levels when magnesium or potassium is low (s.5)."""
    if not chart.taking("digitalis"):
        return because("no digoxin taken")
    return Say(Indicator.WARNING, (*_level(chart), *_treatment(chart)), tests=_TESTS)


def _level(chart: Chart) -> tuple[str, ...]:
    return ("level",) if assess.emergency(chart) == "digoxin" else ("found", "level")


def _treatment(chart: Chart) -> tuple[str, ...]:
    """IV magnesium for toxicity is spoken of only where it may be given and no emergency rule does."""
    if not chart.has("digoxin_toxicity"):
        return ()
    silent = assess.emergency(chart) or chart.has("av_block") or hard_stops.iv_is_forbidden(chart)
    return ("expert" if silent else "toxicity",)
