"""Which facts could not be had?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.chart.inputs import INPUTS, Input
from cards.model import Indicator, Problem, Say


@rule(Problem.LOW_MAGNESIUM, adds=True)
def facts_are_missing(chart: Chart) -> Say | Because:
    """What is not known is named, where it matters for treatment."""
    missing = ", ".join((*_not_supplied(chart), *_in_part(chart)))
    if not missing:
        return because("everything asked for was supplied")
    title = "age" if "age" in chart.not_known else ""
    return Say(Indicator.INFO, ("found",), title=title, values={"missing": missing})


_NAMED = {asked.fact or asked.key: asked for asked in INPUTS if asked.missed}


def _not_supplied(chart: Chart) -> list[str]:
    return [
        _with_note(asked)
        for key, asked in _NAMED.items()
        if key in (chart.failed if asked.offered_only else chart.not_known)
    ]


def _in_part(chart: Chart) -> list[str]:
    cut = chart.cut - chart.not_known
    return [chart.knowledge.words.say("inputs.cut", input=a.missed) for key, a in _NAMED.items() if key in cut]


def _with_note(asked: Input) -> str:
    return f"{asked.missed} ({asked.note})" if asked.note else asked.missed
