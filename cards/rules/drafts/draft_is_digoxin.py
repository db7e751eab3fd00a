"""Is digoxin ordered while magnesium is low?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import assess, corrected, danger, potassium
from cards.model import DraftTest, Indicator, Magnesium, Problem, Say

_TESTS = (DraftTest("magnesium", "before_order"), DraftTest("bmp", "before_order"), DraftTest("ecg", "before_order"))


@rule(Problem.DRAFT_QT)
def draft_is_digoxin(chart: Chart) -> Say | Because:
    """Low magnesium, or too low for this heart (OS-DIG): correct first."""
    if not any(d.has_role("digitalis") for d in chart.chosen):
        return because("digoxin is not being ordered")
    m = chart.current
    if m is None:
        return chart.is_known
    if assess.is_doubtful(m, chart):
        return because("the magnesium result must be repeated first")
    return _is_too_low(m, chart) and (
        _said(m, chart) if _is_new(m, chart) else because("corrected already, or renewed")
    )


def _is_new(m: Magnesium, chart: Chart) -> bool:
    """What makes it critical is said always; else a new start only, and not while magnesium is corrected (s.5)."""
    if _is_critical(m, chart):
        return True
    drafts = tuple(d for d in chart.chosen if d.has_role("digitalis"))
    return bool(corrected.new_starts(drafts, chart)) and not corrected.is_under_way(chart)


def _is_critical(m: Magnesium, chart: Chart) -> bool:
    return bool(chart.below(m.x, "band.severe") or potassium.is_very_low(chart))


def _is_too_low(m: Magnesium, chart: Chart) -> Because:
    risky = danger.is_too_low_for_the_heart(m.x, chart) or chart.is_low
    return risky or danger.is_too_low_for_a_risky_drug(m.x, chart)


def _said(m: Magnesium, chart: Chart) -> Say:
    return Say(
        Indicator.CRITICAL if _is_critical(m, chart) else Indicator.WARNING,
        ("found", "old" if assess.must_repeat_first(m, chart) else "do"),
        values={"and_potassium": potassium.goal(chart)},
        tests=_TESTS,
    )
