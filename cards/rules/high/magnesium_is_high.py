"""Is magnesium too high?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import assess, danger
from cards.model import Band, DraftTest, Indicator, Magnesium, Medication, Problem, Say, Suggestion, removals

Sources = tuple[Medication, ...]


@rule(Problem.HIGH_MAGNESIUM)
def magnesium_is_high(chart: Chart) -> Say | Because:
    """Above the upper limit (s.1.6): stop every source, look at the heart, know the antidote."""
    m = chart.current
    if m is None:
        return chart.is_known
    if not m.plausible:
        return because("the result is not plausible")
    if assess.on_obstetric_magnesium(chart) or assess.may_be_on_obstetric_magnesium(chart):
        return because("magnesium given in pregnancy or for pre-eclampsia has its own limits")
    return chart.is_high and _said(m, _sources(chart), chart)


def _sources(chart: Chart) -> Sources:
    return tuple(d for d in chart.active if d.magnesium or d.has_role("magnesium_product"))


def _said(m: Magnesium, sources: Sources, chart: Chart) -> Say:
    signs = ", ".join(danger.signs_of_toxicity(chart))
    values = {"sources": ", ".join(dict.fromkeys(d.name for d in sources)), "signs": signs}
    critical = _is_critical(m, chart)
    return Say(
        _indicator(m, sources, chart),
        (*_lines(sources, critical, bool(signs), chart), *(("haemolysed",) if m.haemolysed else ())),
        title="critical" if critical else "" if chart.is_fresh else "repeat",
        values=values,
        suggestions=_removal(sources, values),
        tests=_tests(critical or bool(signs), chart),
    )


def _is_critical(m: Magnesium, chart: Chart) -> bool:
    return m.band is Band.CRITICAL_HIGH and bool(chart.is_fresh and chart.at_least(m.x, "band.critical_high"))


def _indicator(m: Magnesium, sources: Sources, chart: Chart) -> Indicator:
    if _is_critical(m, chart):
        return Indicator.CRITICAL
    return Indicator.INFO if not sources and danger.high_is_mild(m.x, chart) else Indicator.WARNING


def _lines(sources: Sources, critical: bool, signs: bool, chart: Chart) -> tuple[str, ...]:
    antidote = "antidote_child" if assess.is_child(chart) else "antidote"
    urgent = critical or signs
    return (
        *(("found", "with_signs") if signs else ("found",)),
        "stop" if sources else "look",
        ("check_critical" if urgent else "check") if chart.is_fresh else "check_old",
        *((antidote, "signs") if urgent else ()),
    )


def _removal(sources: Sources, values: dict[str, str]) -> tuple[Suggestion, ...]:
    gone = removals(sources)
    return (Suggestion("stop", gone, recommended=True, values=values),) if gone else ()


def _tests(urgent: bool, chart: Chart) -> tuple[DraftTest, ...]:
    when = "high" if chart.is_fresh else "now"
    ecg = (DraftTest("ecg", "now"),) if urgent else ()
    return (DraftTest("magnesium", when), DraftTest("bmp", "now"), *ecg)
