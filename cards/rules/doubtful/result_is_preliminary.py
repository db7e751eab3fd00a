"""Is the newest magnesium only preliminary, and low?"""

from operator import attrgetter

from cards import wording
from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.model import DraftTest, Freshness, Indicator, Magnesium, Problem, Say


@rule(Problem.DATA_QUALITY, starts=attrgetter("preliminary"))
def result_is_preliminary(chart: Chart) -> Say | Because:
    """A preliminary result may inform, never dose (s.0.5); critically low it warns."""
    m = chart.preliminary
    if m is None or not m.low or m.freshness is not Freshness.ACTIONABLE:
        return because("no newer preliminary low magnesium")
    return _said(m, chart)


def _said(m: Magnesium, chart: Chart) -> Say:
    return Say(
        Indicator.WARNING if chart.below(m.x, "band.critical_low") else Indicator.INFO,
        ("found", "check"),
        values={"preliminary": m.shown, "preliminary_date": wording.moment(m.when)},
        tests=(DraftTest("magnesium", "now"),),
        about=f"{m.when.isoformat()} {m.x}",
    )
