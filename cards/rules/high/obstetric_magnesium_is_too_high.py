"""Is magnesium above its range on magnesium for pre-eclampsia?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import assess, danger
from cards.loading import Knowledge
from cards.model import DraftTest, Freshness, Indicator, Magnesium, Problem, Say

_TESTS = (DraftTest("magnesium", "high"), DraftTest("bmp", "now"))
_LINES = {
    "": ("found", "do_slow", "check"),
    "stop": ("found", "do_stop", "check"),
    "unlisted": ("unlisted", "do_unlisted", "check"),
    "stop_unlisted": ("unlisted", "do_stop", "do_unlisted", "check"),
    "repeat": ("found", "check"),
}


@rule(Problem.HIGH_MAGNESIUM)
def obstetric_magnesium_is_too_high(chart: Chart) -> Say | Because:
    """2.0 to 3.5 mmol/L is intended there (s.1.5); more is a warning, from 3.95 stop; none on record, any is odd."""
    m, listed = chart.current, assess.on_obstetric_magnesium(chart)
    if m is None or not (listed or assess.may_be_on_obstetric_magnesium(chart)) or not m.plausible:
        return because("no obstetric magnesium with a result that counts")
    if m.x <= (chart.numbers["obstetric.caution"] if listed else m.upper_limit):
        return because("within the intended range, or low: the obstetric protocol decides")
    title = _title(m, listed, chart.knowledge)
    return Say(
        _indicator(m, title, chart),
        _LINES[title],
        title=title,
        tests=(DraftTest("magnesium", "now"), DraftTest("bmp", "now")) if title == "repeat" else _TESTS,
    )


def _indicator(m: Magnesium, title: str, chart: Chart) -> Indicator:
    if title.startswith("stop"):
        return Indicator.CRITICAL
    return Indicator.INFO if danger.high_is_mild(m.x, chart) else Indicator.WARNING


def _title(m: Magnesium, listed: bool, knowledge: Knowledge) -> str:
    if m.freshness is not Freshness.ACTIONABLE:
        return "repeat"
    stop = m.x >= knowledge.numbers["obstetric.stop"]
    return "_".join(["stop"] * stop + ["unlisted"] * (not listed))
