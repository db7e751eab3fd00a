"""Is the newest magnesium only preliminary, and low?"""

from cards import assess
from cards.knowledge import Knowledge
from cards.model import DraftTest, Facts, Finding, Freshness, Indicator, Problem, Silence


def result_is_preliminary(facts: Facts, knowledge: Knowledge) -> Finding | Silence:
    """A preliminary result may inform, never dose (s.0.5); critically low it warns."""
    m = facts.preliminary
    if m is None or not m.low or m.freshness is not Freshness.ACTIONABLE:
        return Silence("no newer preliminary low magnesium")
    return Finding(
        rule="result_is_preliminary",
        problem=Problem.DATA_QUALITY,
        indicator=Indicator.WARNING if assess.x_is_critical(m, knowledge) else Indicator.INFO,
        say=("found", "check"),
        values={"preliminary": m.shown, "preliminary_date": f"{m.when:%d %b %Y, %H:%M}"},
        tests=(DraftTest("magnesium", "now"),),
        numbers=("band.critical_low",),
        about=f"{m.when.isoformat()} {m.x}",
    )
