"""Is a torsades-risk drug or digoxin ordered while magnesium is low or unknown?"""

from cards import wording
from cards.ask import rule
from cards.chart import Because, Chart, because, inputs
from cards.judgements import assess, causes, corrected, danger, potassium
from cards.model import DraftTest, Indicator, Magnesium, Medication, Problem, Say, Suggestion, removals

_TESTS = (DraftTest("magnesium", "before_order"), DraftTest("bmp", "before_order"), DraftTest("ecg", "before_order"))
_BASELINE = "fresh.qt_order_baseline"
Drafts = tuple[Medication, ...]


@rule(Problem.DRAFT_QT)
def draft_prolongs_qt(chart: Chart) -> Say | Because:
    """Magnesium too low for such a drug, or none of late on a depleting drug (OS-QT, s.5): correct or measure first."""
    drafts = tuple(d for d in chart.chosen if d.has_role("qt_risk"))
    if not drafts:
        return because("no chosen draft with a known torsades risk")
    m = chart.current
    if m is not None and assess.is_doubtful(m, chart):
        return because("the magnesium result must be repeated first")
    if m is None or (_is_old(m, chart) and not chart.is_low and not _torsades_now(chart)):
        return _baseline(tuple(d for d in drafts if not _has_baseline(d, chart)), chart)
    return _is_risky(m, chart) and (
        _critical_or_new(m, drafts, chart) or because("corrected already, quiet or renewed")
    )


def _critical_or_new(m: Magnesium, drafts: Drafts, chart: Chart) -> Say | None:
    """What makes it critical is said always; else new starts only, and not while magnesium is corrected (s.5)."""
    if not _dangers(m, drafts, chart):
        drafts = corrected.new_starts(tuple(d for d in drafts if not _is_quiet(d, chart)), chart)
        if not drafts or corrected.is_under_way(chart):
            return None
    return _said(m, drafts, chart)


def _dangers(m: Magnesium, drafts: Drafts, chart: Chart) -> tuple[str, ...]:
    """A quiet drug beside another is no second one that matters."""
    if _is_old(m, chart):
        return ()
    return danger.dangers_with_qt_drug(m.x, chart, several=not all(_is_quiet(d, chart) for d in drafts))


def _is_quiet(draft: Medication, chart: Chart) -> bool:
    return chart.knowledge.order_entry.quiet.issuperset(draft.ingredients("qt_risk"))


def _has_baseline(draft: Medication, chart: Chart) -> bool:
    """Asked for by draft_needs_baseline_magnesium, or quiet."""
    known = chart.knowledge.order_entry.baselines.keys()
    return not known.isdisjoint(draft.ingredients("qt_risk")) or _is_quiet(draft, chart)


def _is_risky(m: Magnesium, chart: Chart) -> Because:
    if _torsades_now(chart):
        return Because(True, "torsades now")
    return chart.is_low or danger.is_too_low_for_the_heart(m.x, chart)


def _torsades_now(chart: Chart) -> bool:
    return danger.is_current(chart.conditions.get("torsades"), chart)


def _is_old(m: Magnesium, chart: Chart) -> bool:
    return bool(chart.above(chart.hours_since(m.when), _BASELINE))


def _said(m: Magnesium, drafts: Drafts, chart: Chart) -> Say:
    dangers = _dangers(m, drafts, chart)
    return Say(
        Indicator.CRITICAL if dangers else Indicator.WARNING,
        _lines(m, drafts, chart),
        values=_values(drafts, chart),
        suggestions=_removal(drafts),
        tests=_TESTS,
        about=" ".join(dangers),
    )


def _lines(m: Magnesium, drafts: Drafts, chart: Chart) -> tuple[str, ...]:
    """`several`: another such drug is taken, which by itself can make it critical."""
    found = "torsades" if _torsades_now(chart) else "found"
    old = _is_old(m, chart) or assess.must_repeat_first(m, chart)
    return (found, *(("several",) if _taken(drafts, chart) else ()), "old" if old else "do", "check")


def _baseline(drafts: Drafts, chart: Chart) -> Say | Because:
    depleting = causes.depleting_names(chart.active)
    if not drafts:
        return because("its baseline is asked for elsewhere, or it is given once")
    if inputs.MAGNESIUM in chart.not_known:
        return because("magnesium could not be looked at")
    if not depleting:
        return because("no recent magnesium, but no depleting drug either")
    values = {**_values(drafts, chart), "others": wording.listed(depleting)}
    return causes.no_magnesium_within(_BASELINE, chart) and Say(
        Indicator.INFO, ("no_level", "check"), title="baseline", values=values, tests=_TESTS
    )


def _taken(drafts: Drafts, chart: Chart) -> tuple[str, ...]:
    return tuple(name for name in danger.qt_drugs(chart) if name not in danger.qt_names(drafts))


def _values(drafts: Drafts, chart: Chart) -> dict[str, str]:
    names = danger.qt_names(drafts)
    return {
        "drug": wording.listed(names),
        "has": chart.knowledge.words.form("verbs.has", len(set(names)) > 1),
        "and_potassium": potassium.goal(chart),
        "taken": wording.listed(_taken(drafts, chart)),
    }


def _removal(drafts: Drafts) -> tuple[Suggestion, ...]:
    orders = removals(drafts)
    values = {"drug": wording.listed(d.name for d in drafts)}
    return (Suggestion("remove", orders, values=values),) if orders else ()
