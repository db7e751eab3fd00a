"""Is IV magnesium already running?"""

from cards import dosing, given
from cards.knowledge import Knowledge
from cards.model import DraftTest, Facts, Finding, Indicator, Medication, Problem, Silence
from cards.values import moment


def iv_magnesium_is_running(facts: Facts, knowledge: Knowledge) -> Finding | Silence:
    """IV magnesium now or within 24 hours, or in parenteral nutrition (SAF-DUP): no second order."""
    lately = given.iv_magnesium_lately(facts, knowledge)
    if not lately and not given.nutrition_has_magnesium(facts):
        return Silence("no IV magnesium now or in the last 24 hours, no parenteral nutrition")
    ended, when = given.iv_magnesium_ended(facts, knowledge), dosing.recheck_after_iv(facts, knowledge)
    state = _past(ended, facts) if ended else "running" if lately else "nutrition"
    return Finding(
        rule="iv_magnesium_is_running",
        problem=Problem.LOW_MAGNESIUM,
        indicator=Indicator.INFO,
        title="given" if ended else state,
        say=(state, "check") if lately and when == "after_iv" else (state,),
        values={"time": moment(given.last_time(ended, facts)) if ended else ""},
        tests=(DraftTest("magnesium", when),) if lately else (),
        leads=False,
        numbers=("duplicate.iv_hours", "recheck.after_iv_end"),
    )


def _past(medication: Medication, facts: Facts) -> str:
    return "ended" if given.end_is_known(medication, facts) else "given"
