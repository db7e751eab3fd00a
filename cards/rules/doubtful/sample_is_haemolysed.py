"""Does haemolysis hide or distort the magnesium?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import danger
from cards.model import DraftTest, Indicator, Problem, Say

_REPEAT = (DraftTest("magnesium", "now"), DraftTest("bmp", "now"))


def _is_haemolysed(chart: Chart) -> bool:
    return chart.current is not None and chart.current.haemolysed


@rule(Problem.DATA_QUALITY, starts=_is_haemolysed)
def sample_is_haemolysed(chart: Chart) -> Say | Because:
    """Haemolysis reads falsely high (s.0.8): a low result stands, a normal one does not reassure."""
    m = chart.current
    if m is None or not chart.is_fresh:
        return chart.is_fresh
    if not m.haemolysed:
        return because("the sample is not reported as haemolysed")
    return Say(Indicator.INFO, ("low",), problem=Problem.LOW_MAGNESIUM, adds=True) if m.low else _hides_a_risk(chart)


def _hides_a_risk(chart: Chart) -> Say | Because:
    if not danger.named(chart) and not danger.has_symptoms(chart):
        return because("haemolysed, normal, and nothing makes low magnesium dangerous here")
    risks = ", ".join(danger.named(chart)) or chart.knowledge.words.say("dangers.symptoms")
    return Say(Indicator.INFO, ("found", "check"), values={"risks": risks}, tests=_REPEAT)
