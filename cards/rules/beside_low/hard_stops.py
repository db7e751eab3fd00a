"""What on record forbids IV magnesium? One rule for each row of knowledge/hard_stops.yaml that the kidneys are not."""

from cards.ask import Question, Rule, rule
from cards.chart import Because, Chart, because
from cards.judgements import assess, hard_stops
from cards.model import Indicator, Problem, Say

_FIRES = "A hard stop for IV magnesium (s.2.2)."


def _forbids(stop: str) -> Rule:
    """The rule of a stop (s.2.2), called by its name."""

    def question(chart: Chart) -> Say | Because:
        row = chart.knowledge.hard_stops[stop]
        if not hard_stops.is_on_record(row, chart):
            return chart.on_record(row.condition) if row.condition else because("no such drug is taken")
        if not hard_stops.stops(row, chart):
            return Say(Indicator.WARNING, ("lifted",))
        if not row.forbids_in(assess.emergency(chart)):
            expert = because("an expert decides: the emergency rule says so")
            return expert if row.draft_yielded else Say(Indicator.WARNING, ("yields",))
        return Say(Indicator.WARNING, ("stop",), title="suffix")

    question.__name__, question.__doc__ = f"{stop}_forbids_iv", _FIRES
    named: Question = question
    return rule(Problem.LOW_MAGNESIUM, adds=True)(named)


heart_block_forbids_iv = _forbids("heart_block")
myasthenia_forbids_iv = _forbids("myasthenia")
breathing_failure_forbids_iv = _forbids("breathing_failure")
hypotension_forbids_iv = _forbids("hypotension")
paralysis_forbids_iv = _forbids("paralysis")
