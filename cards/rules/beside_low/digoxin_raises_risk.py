"""Does digoxin make low magnesium dangerous?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import assess
from cards.model import DraftTest, Indicator, Problem, Say


@rule(Problem.LOW_MAGNESIUM, adds=True)
def digoxin_raises_risk(chart: Chart) -> Say | Because:
    """Digoxin is toxic at lower levels when magnesium or potassium is low (s.5)."""
    if not chart.taking("digitalis"):
        return because("no digoxin taken")
    return Say(
        Indicator.WARNING,
        _say(chart),
        tests=(DraftTest("ecg", "now"), DraftTest("digoxin_level", "now")),
    )


def _say(chart: Chart) -> tuple[str, ...]:
    """IV magnesium for toxicity is spoken of only where it may be given and no emergency rule does."""
    emergency = assess.emergency(chart)
    told = ("level",) if emergency == "digoxin" else ("found", "level")
    if not chart.has("digoxin_toxicity"):
        return told
    silent = emergency or chart.has("av_block") or assess.iv_is_forbidden(chart)
    return (*told, "expert" if silent else "toxicity")
