"""Is magnesium too high?"""

from operator import attrgetter

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import assess, danger, given, level_and_orders, toxicity
from cards.model import Band, DraftTest, Freshness, Indicator, Magnesium, Medication, Problem, Say, Suggestion, removals
from cards.wording import opening

Sources = tuple[Medication, ...]
_INFO = ("mild", "alone", "dialysis", "early", "old")
_URGENT = ("critical", "breathing")
_INDICATORS = {**dict.fromkeys(_URGENT, Indicator.CRITICAL), **dict.fromkeys(_INFO, Indicator.INFO)}
_TITLED = (*_URGENT, "mild", "dialysis", "early")


@rule(Problem.HIGH_MAGNESIUM, starts=attrgetter("is_high"))
def magnesium_is_high(chart: Chart) -> Say | Because:
    """Above the upper limit (s.1.6): stop every source, look at the heart, know the antidote."""
    m = chart.current
    if m is None:
        return chart.is_known
    if not m.plausible:
        return because("the result is not plausible")
    if assess.on_obstetric_magnesium(chart) or assess.may_be_on_obstetric_magnesium(chart):
        return because("magnesium given in pregnancy or for pre-eclampsia has its own limits")
    if danger.is_expected_on_dialysis(m.x, chart) and not _sources(chart):
        return because("as before any session of dialysis, which is ordered or was done of late")
    return chart.is_high and _said(m, _sources(chart), chart)


def _sources(chart: Chart) -> Sources:
    return tuple(d for d in chart.active if d.magnesium or d.has_role("magnesium_product"))


def _said(m: Magnesium, sources: Sources, chart: Chart) -> Say:
    state, signs = _state(m, sources, chart), ", ".join(danger.signs_of_toxicity(chart))
    measured = opening(", ".join(toxicity.signs(chart)))
    values = {"sources": ", ".join(dict.fromkeys(d.name for d in sources)), "signs": signs, "measured": measured}
    told = _lines(state, sources, bool(signs), chart)
    return Say(
        _INDICATORS.get(state, Indicator.WARNING),
        (
            *told,
            *(("expert",) * _has_torsades(chart)),
            *(("other_cause",) * (bool(measured) and not signs)),
            *(("haemolysed",) if m.haemolysed else ()),
        ),
        title=state if state in _TITLED else "" if chart.is_fresh else "repeat",
        values=values,
        suggestions=_removal(sources, values),
        tests=_tests(state, bool(signs), chart),
    )


def _state(m: Magnesium, sources: Sources, chart: Chart) -> str:
    """critical; breathing: slow; dialysis: usual before it; early: during a dose; mild: with a source by mouth; alone:
    without; old; else high.
    """
    if toxicity.breathing_is_slow(chart) and toxicity.is_likely(chart):
        return "breathing"
    if m.band is Band.CRITICAL_HIGH and chart.is_fresh and chart.at_least(m.x, "band.critical_high"):
        return "critical"
    if not sources and danger.is_usual_before_dialysis(m.x, chart):
        return "dialysis"
    if _is_early(m, chart):
        return "early"
    if danger.high_is_mild(m.x, chart) and not given.iv_magnesium_in_progress(chart):
        return "mild" if sources and chart.is_fresh else "alone"
    is_old = m.freshness is Freshness.REPEAT_FIRST and m.band is Band.HIGH and not m.superseded
    return "old" if is_old and not danger.signs_of_toxicity(chart) else "high"


def _has_torsades(chart: Chart) -> bool:
    """Torsades of now: an emergency at any level, whose treatment is the expert's above the limit (s.2.3)."""
    return danger.is_current(chart.conditions.get("torsades"), chart)


def _is_early(m: Magnesium, chart: Chart) -> bool:
    """Drawn during IV magnesium that is over or soon after it, where nothing else makes it a danger (s.1.6)."""
    if (
        given.iv_magnesium_in_progress(chart)
        or danger.has_symptoms(chart)
        or danger.signs_of_toxicity(chart)
        or toxicity.signs(chart)
    ):
        return False
    return bool(chart.is_fresh) and level_and_orders.reads_too_high(m, chart)


def _lines(state: str, sources: Sources, signs: bool, chart: Chart) -> tuple[str, ...]:
    if state == "dialysis":
        return ("found", "usual")
    if state == "early":
        return ("found", "early", "check")
    antidote = "antidote_child" if assess.is_child(chart) else "antidote"
    urgent = state in _URGENT or signs
    return (
        *(("found", "with_signs") if signs else ("found",)),
        "reduce" if state == "mild" else "stop" if sources else "look",
        ("check_critical" if urgent else "check") if chart.is_fresh else "check_old",
        *((antidote, "signs") if urgent else ()),
    )


def _removal(sources: Sources, values: dict[str, str]) -> tuple[Suggestion, ...]:
    gone = removals(sources)
    return (Suggestion("stop", gone, recommended=True, values=values),) if gone else ()


def _tests(state: str, signs: bool, chart: Chart) -> tuple[DraftTest, ...]:
    if state == "dialysis":
        return ()
    urgent = state in _URGENT or signs
    when = _recheck(state, urgent, chart) if chart.is_fresh else "now"
    ecg = (DraftTest("ecg", "now"),) if urgent else ()
    return (DraftTest("magnesium", when), DraftTest("bmp", "now"), *ecg)


def _recheck(state: str, urgent: bool, chart: Chart) -> str:
    """By height and place (s.1.6)."""
    if urgent or danger.has_symptoms(chart):
        return "high"
    if state == "early":
        return "after_iv"
    if state in ("mild", "alone"):
        return "next_morning" if chart.setting.stays_overnight else "high_mild_outpatient"
    return "high_inpatient" if chart.setting.stays_overnight else "high_outpatient"
