"""Could what failed hide the only advice?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.chart.inputs import Input
from cards.judgements import lacking
from cards.model import Indicator, Problem, Say


@rule(Problem.INCOMPLETE, in_comfort=True)
def check_is_incomplete(chart: Chart) -> Say | Because:
    """A query that failed is not an empty one (s.0.11), and a rule that fails is no all-clear (s.8)."""
    if chart.snapshot.patient_unknown:
        return Say(Indicator.INFO, ("found_unknown", "check_unknown"), title="unknown")
    if lacking.rules_failed(chart):
        return Say(Indicator.INFO, ("found_broken", "check_broken"), title="broken")
    missing = ", ".join(_named(asked, chart) for asked in lacking.inputs(chart))
    if not missing:
        return because("no rule was silent for want of data that failed")
    return Say(Indicator.INFO, ("found", "check"), values={"missing": missing}, about=missing)


def _named(asked: Input, chart: Chart) -> str:
    words = chart.knowledge.words
    name = asked.missed_as(words)
    return words.say("inputs.cut", input=name) if asked.key in chart.cut else name
