"""Is IV magnesium already running?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import given
from cards.model import DraftTest, Indicator, Medication, Problem, Say
from cards.plan import doses
from cards.wording import moment


@rule(Problem.LOW_MAGNESIUM, adds=True)
def iv_magnesium_is_running(chart: Chart) -> Say | Because:
    """IV magnesium now or lately, or in parenteral nutrition (SAF-DUP): no second order."""
    if given.iv_magnesium_lately(chart):
        return _given(chart)
    if given.nutrition_has_magnesium(chart):
        return Say(Indicator.INFO, ("nutrition",), title="nutrition")
    return because("no IV magnesium now or lately, no parenteral nutrition")


def _given(chart: Chart) -> Say:
    ended, when = given.iv_magnesium_ended(chart), doses.recheck_after_iv(chart)
    state = _past(ended, chart) if ended else "running"
    return Say(
        Indicator.INFO,
        (state, "check") if when == "after_iv" else (state,),
        title="given" if ended else state,
        values={"time": moment(given.last_time(ended, chart)) if ended else ""},
        tests=(DraftTest("magnesium", when),),
    )


def _past(medication: Medication, chart: Chart) -> str:
    return "ended" if given.end_is_known(medication, chart) else "given"
