"""Does a drug go home that needs magnesium measured, and no level is ordered?"""

from cards import wording
from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import leaving
from cards.model import DraftTest, Indicator, Problem, Say
from cards.plan import after_discharge, rechecks


@rule(Problem.DISCHARGE)
def monitored_drug_goes_home(chart: Chart) -> Say | Because:
    """Magnesium at the interval of its class (s.14, DIS-TEST)."""
    found = leaving.monitored(chart)
    if not found:
        return leaving.home_is_known(chart) and because("no monitored drug goes home")
    if after_discharge.recheck_is_planned(chart):
        return because("a level is ordered")
    return leaving.may_speak(chart) and _said(found, chart)


def _said(found: dict[str, str], chart: Chart) -> Say:
    """Where the hour is known it is that of the whole card, one time a patient."""
    dated = [when for when in found.values() if not chart.knowledge.windows[when].undated]
    when = after_discharge.recheck(chart) if dated or chart.is_low else rechecks.earliest(found.values(), chart)
    return Say(
        Indicator.INFO,
        ("found", "check"),
        values={"drugs": wording.listed(found)},
        tests=(DraftTest("magnesium", when),),
    )
