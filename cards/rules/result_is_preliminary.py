"""Is the newest magnesium only preliminary, and low?"""

from cards.chart import Chart
from cards.judgements import assess
from cards.model import DraftTest, Finding, Freshness, Indicator, Problem, Silence


def result_is_preliminary(chart: Chart) -> Finding | Silence:
    """A preliminary result may inform, never dose (s.0.5); critically low it warns."""
    m = chart.preliminary
    if m is None or not m.low or m.freshness is not Freshness.ACTIONABLE:
        return Silence("no newer preliminary low magnesium")
    return Finding(
        rule="result_is_preliminary",
        problem=Problem.DATA_QUALITY,
        indicator=Indicator.WARNING if assess.x_is_critical(m, chart.knowledge) else Indicator.INFO,
        say=("found", "check"),
        values={"preliminary": m.shown, "preliminary_date": f"{m.when:%d %b %Y, %H:%M}"},
        tests=(DraftTest("magnesium", "now"),),
        numbers=("band.critical_low",),
        about=f"{m.when.isoformat()} {m.x}",
    )
