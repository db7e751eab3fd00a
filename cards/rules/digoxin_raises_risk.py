"""Does digoxin make low magnesium dangerous?"""

from cards.chart import Chart
from cards.judgements import assess
from cards.model import DraftTest, Finding, Indicator, Problem, Silence


def digoxin_raises_risk(chart: Chart) -> Finding | Silence:
    """Digoxin is toxic at lower levels when magnesium or potassium is low (s.5)."""
    if not chart.taking("digitalis"):
        return Silence("no digoxin taken")
    return Finding(
        rule="digoxin_raises_risk",
        problem=Problem.LOW_MAGNESIUM,
        indicator=Indicator.WARNING,
        say=_say(chart),
        values={},
        tests=(DraftTest("ecg", "now"), DraftTest("digoxin_level", "now")),
        leads=False,
        numbers=("target.high_risk",),
    )


def _say(chart: Chart) -> tuple[str, ...]:
    """IV magnesium for toxicity is spoken of only where it may be given and no emergency rule does."""
    emergency = assess.emergency(chart)
    told = ("level",) if emergency == "digoxin" else ("found", "level")
    if not chart.has("digoxin_toxicity"):
        return told
    silent = emergency or chart.has("av_block") or assess.iv_is_forbidden(chart)
    return (*told, "expert" if silent else "toxicity")
