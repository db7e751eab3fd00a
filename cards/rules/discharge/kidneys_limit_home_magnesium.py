"""Does oral magnesium go home with kidneys that cannot clear it?"""

from cards import wording
from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import assess, given, leaving
from cards.model import Indicator, Medication, Problem, RenalGate, Say, Suggestion, removals
from cards.plan import after_discharge

Taken = tuple[Medication, ...]


@rule(Problem.DISCHARGE)
def kidneys_limit_home_magnesium(chart: Chart) -> Say | Because:
    """eGFR below 30 or kidney injury: dose and level in 1 week; below 15 or dialysis: stop it (s.14, DIS-RENAL)."""
    taken = given.oral_magnesium(chart)
    if not taken:
        return because("no oral magnesium goes home")
    if not leaving.kidneys_are_poor(chart):
        return because("the kidneys allow it, as far as known")
    return leaving.may_speak(chart) and assess.kidneys_limit(chart) and _said(taken, chart)


def _said(taken: Taken, chart: Chart) -> Say:
    never, names = chart.renal.gate is RenalGate.R3, wording.listed(m.name for m in taken)
    values = {"names": names}
    return Say(
        Indicator.CRITICAL if never else Indicator.WARNING,
        ("found", "stop") if never else ("found", "limit", after_discharge.line(chart)),
        title="stop" if never else "",
        values=values,
        suggestions=_stopping(taken, values) if never else (),
        tests=() if never else after_discharge.tests(chart),
    )


def _stopping(taken: Taken, values: dict[str, str]) -> tuple[Suggestion, ...]:
    gone = removals(taken)
    return (Suggestion("stop", gone, recommended=True, values=values),) if gone else ()
