"""Is a good level held by IV magnesium alone?"""

from cards import wording
from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import given, leaving
from cards.model import Indicator, Problem, Say
from cards.plan import after_discharge


@rule(Problem.DISCHARGE)
def level_is_held_by_iv(chart: Chart) -> Say | Because:
    """IV magnesium of late, a cause that stays, and no oral magnesium goes home (s.14, DIS-IV)."""
    stay, m = leaving.causes_that_stay(chart), chart.current
    if m is None or chart.is_low or not m.plausible:
        return because("magnesium is low, or not known")
    if not leaving.iv_of_late(chart):
        return because("no IV magnesium of late")
    if not stay:
        return because("no cause that stays is on record")
    if given.oral_magnesium(chart) or after_discharge.recheck_is_planned(chart):
        return because("oral magnesium goes home, or a recheck is ordered")
    lines = ("found", "do" if chart.going_home is not None else "in_words", "recheck")
    values = {"causes": wording.listed(stay)}
    return leaving.may_speak(chart) and Say(Indicator.INFO, lines, values=values, tests=after_discharge.tests(chart))
