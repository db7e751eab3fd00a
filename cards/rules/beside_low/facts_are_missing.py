"""Which facts could not be had?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.chart.inputs import INPUTS, Input
from cards.loading import Words
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
        _with_note(asked, chart.knowledge.words)
        for key, asked in _NAMED.items()
        if key in (chart.failed if asked.offered_only else chart.not_known)
    ]


def _in_part(chart: Chart) -> list[str]:
    cut, words = chart.cut - chart.not_known, chart.knowledge.words
    return [words.say("inputs.cut", input=a.missed_as(words)) for key, a in _NAMED.items() if key in cut]


def _with_note(asked: Input, words: Words) -> str:
    name = asked.missed_as(words)
    return words.say(f"inputs.note.{asked.key}", input=name) if asked.note else name
