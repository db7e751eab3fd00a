"""Is magnesium too high?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import assess, danger
from cards.model import HIGH_BANDS, Band, DraftTest, Freshness, Indicator, Problem, Say, Suggestion, removals


@rule(Problem.HIGH_MAGNESIUM)
def magnesium_is_high(chart: Chart) -> Say | Because:
    """Above the upper limit (s.1.6): stop every source, look at the heart, know the antidote."""
    m = chart.current
    if m is None or m.band not in HIGH_BANDS or m.freshness is Freshness.TOO_OLD or not m.plausible:
        return because("magnesium is not high, or the result is old or implausible")
    if assess.on_obstetric_magnesium(chart) or assess.may_be_on_obstetric_magnesium(chart):
        return because("magnesium given in pregnancy or for pre-eclampsia has its own limits")
    sources = tuple(d for d in chart.active if d.magnesium or d.has_role("magnesium_product"))
    old = m.freshness is Freshness.REPEAT_FIRST
    critical = m.band is Band.CRITICAL_HIGH and not old
    signs = danger.signs_of_toxicity(chart)
    say = _say(bool(sources), critical, old, bool(signs), chart) + (("haemolysed",) if m.haemolysed else ())
    gone = removals(sources)
    values = {"sources": ", ".join(dict.fromkeys(d.name for d in sources)), "signs": ", ".join(signs)}
    return Say(
        _indicator(m.x, critical, bool(sources), chart),
        say,
        title="critical" if critical else "repeat" if old else "",
        values=values,
        suggestions=(Suggestion("stop", gone, recommended=True, values=values),) if gone else (),
        tests=(
            DraftTest("magnesium", "now" if old else "high"),
            DraftTest("bmp", "now"),
            *([DraftTest("ecg", "now")] if critical or signs else []),
        ),
    )


def _say(sources: bool, critical: bool, old: bool, signs: bool, chart: Chart) -> tuple[str, ...]:
    antidote = "antidote_child" if assess.is_child(chart) else "antidote"
    urgent = critical or signs
    return (
        *(("found", "with_signs") if signs else ("found",)),
        "stop" if sources else "look",
        "check_old" if old else "check_critical" if urgent else "check",
        *((antidote, "signs") if urgent else ()),
    )


def _indicator(x: float, critical: bool, sources: bool, chart: Chart) -> Indicator:
    if critical:
        return Indicator.CRITICAL
    mild = not sources and danger.high_is_mild(x, chart)
    return Indicator.INFO if mild else Indicator.WARNING
