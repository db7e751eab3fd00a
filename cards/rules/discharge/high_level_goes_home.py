"""Does a magnesium product go home although the level is high?"""

from cards import wording
from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import danger, leaving
from cards.model import Band, DraftTest, Indicator, Magnesium, Medication, Problem, Say, Suggestion, removals
from cards.plan import after_discharge


@rule(Problem.DISCHARGE)
def high_level_goes_home(chart: Chart) -> Say | Because:
    """Stop it, and measure again (s.14, DIS-HIGH); information where the level was drawn too soon after a dose."""
    m, products = chart.current, leaving.magnesium_products(chart)
    if not products:
        return because("no magnesium product goes home")
    if m is None or not m.plausible:
        return chart.is_known and because("the result is not plausible")
    return leaving.may_speak(chart) and chart.is_high and _said(m, products, chart)


def _said(m: Magnesium, products: tuple[Medication, ...], chart: Chart) -> Say:
    values, gone, when = {"names": wording.listed(p.name for p in products)}, removals(products), _recheck(m, chart)
    tests = () if after_discharge.recheck_is_planned(chart) else (DraftTest("magnesium", when), DraftTest("bmp", when))
    return Say(
        leaving.softened(Indicator.WARNING, chart),
        ("found", "stop", after_discharge.line(chart)),
        values=values,
        suggestions=(Suggestion("stop", gone, recommended=True, values=values),) if gone else (),
        tests=tests,
    )


def _recheck(m: Magnesium, chart: Chart) -> str:
    """By its height, as for a patient who is not in hospital (s.1.6)."""
    if m.band is Band.CRITICAL_HIGH:
        return "high"
    return "high_mild_outpatient" if danger.high_is_mild(m.x, chart) else "high_outpatient"
