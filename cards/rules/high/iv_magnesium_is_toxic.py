"""Do breathing or blood pressure show too much magnesium, whatever the level?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import assess, given, toxicity
from cards.model import DraftTest, Indicator, Problem, Say, Suggestion, removals
from cards.wording import opening

_TESTS = (DraftTest("magnesium", "now"), DraftTest("bmp", "now"), DraftTest("ecg", "now"))


@rule(Problem.HIGH_MAGNESIUM, starts=toxicity.signs)
def iv_magnesium_is_toxic(chart: Chart) -> Say | Because:
    """Slow breathing or low pressure while IV magnesium runs, or on a level that makes them (s.1.6)."""
    signs = toxicity.signs(chart)
    if not signs:
        return because("no slow breathing and no low pressure was measured in these hours")
    if not toxicity.is_likely(chart):
        return toxicity.is_likely(chart)
    if assess.high_is_unintended(chart):
        return because("the rule of high magnesium tells of it")
    slow = bool(toxicity.breathing_is_slow(chart))
    sources = ", ".join(dict.fromkeys(m.name for m in given.iv_running(chart)))
    values = {"signs": opening(", ".join(signs)), "sources": sources}
    return Say(
        Indicator.CRITICAL if slow else Indicator.WARNING,
        ("found", *_to_do(slow, chart), "check"),
        title="" if slow else "pressure",
        values=values,
        suggestions=_removal(chart, values) if slow else (),
        tests=_TESTS,
    )


def _to_do(slow: bool, chart: Chart) -> tuple[str, ...]:
    antidote = "antidote_child" if assess.is_child(chart) else "antidote"
    rate = chart.results.get("respiratory_rate")
    hardly_any = slow and rate is not None and chart.at_most(rate.value, "breathing.hardly_any")
    return (*(("look_now",) if hardly_any else ()), "stop" if slow else "slow", antidote)


def _removal(chart: Chart, values: dict[str, str]) -> tuple[Suggestion, ...]:
    gone = removals(m for m in given.iv_running(chart) if m.status == "active")
    return (Suggestion("stop", gone, recommended=True, values=values),) if gone else ()
