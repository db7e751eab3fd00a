"""Does feeding begin again while potassium or phosphate is low, and magnesium is not?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import assess, phosphate, potassium
from cards.model import DraftTest, Indicator, Problem, Say

_TESTS = tuple(DraftTest(name, "refeeding") for name in ("magnesium", "phosphate", "bmp"))


@rule(Problem.LOOK_FOR_LOW, starts=phosphate.is_refed)
def refeeding_needs_electrolytes(chart: Chart) -> Say | Because:
    """Refeeding (RSK-REFEED): electrolytes every 12 h, thiamine first; where magnesium is low its own card says it."""
    if chart.low or assess.emergency(chart):
        return because("the card of low magnesium tells of it")
    if chart.about_orders:
        return because("no matter of an order")
    shown = [chart.results[name] for name, low in _low(chart).items() if low]
    say = chart.knowledge.words.say
    values = {"levels": ", ".join(say(f"level.{r.analyte}", value=r.shown) for r in shown)}
    about = " ".join(f"{r.when.isoformat()} {r.value}" for r in shown)
    return phosphate.is_refed(chart) and Say(Indicator.INFO, ("found", "do"), values=values, tests=_TESTS, about=about)


def _low(chart: Chart) -> dict[str, Because]:
    return {"potassium": potassium.is_low(chart), "phosphate": phosphate.is_low(chart)}
