"""Is a torsades-risk drug or digoxin ordered while magnesium is low or unknown?"""

from cards import wording
from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import assess, causes, danger
from cards.model import DraftTest, Indicator, Medication, Problem, Say, Suggestion, removals

NUMBERS = ("qt_drug.magnesium_below", "band.severe", "potassium.very_low", "qtc.critical", "fresh.qt_order_baseline")
_TESTS = (DraftTest("magnesium", "before_order"), DraftTest("bmp", "before_order"), DraftTest("ecg", "before_order"))


@rule(Problem.DRAFT_QT)
def draft_prolongs_qt(chart: Chart) -> Say | Because:
    """Magnesium below 0.74 mmol/L, or none in 30 days on a depleting drug (OS-QT, s.5): correct or measure first."""
    drafts = tuple(d for d in chart.chosen if d.has_role("qt_risk"))
    if not drafts:
        return because("no chosen draft with a known torsades risk")
    m = chart.current
    if m is not None and assess.is_doubtful(m, chart):
        return because("the magnesium result must be repeated first")
    torsades = danger.is_current(chart.conditions.get("torsades"), chart)
    old = m is None or chart.above(chart.hours_since(m.when), "fresh.qt_order_baseline")
    if m is None or (old and not m.low and not torsades):
        return _baseline(drafts, chart)
    if not (m.low or torsades or danger.is_too_low_for_the_heart(m.x, chart)):
        return because("magnesium is high enough for a torsades-risk drug")
    dangers = () if old else danger.dangers_with_qt_drug(m.x, chart)
    gone = removals(drafts)
    return Say(
        Indicator.CRITICAL if dangers else Indicator.WARNING,
        (
            "torsades" if torsades else "found",
            *_several(drafts, chart),
            "old" if old or assess.must_repeat_first(m, chart) else "do",
            "check",
        ),
        values=_values(drafts, chart),
        suggestions=(Suggestion("remove", gone, values=_removed(drafts)),) if gone else (),
        tests=_TESTS,
        about=" ".join(dangers),
    )


def _baseline(drafts: tuple[Medication, ...], chart: Chart) -> Say | Because:
    depleting, last = causes.depleting_names(chart.active), chart.magnesium
    if "magnesium" in chart.not_known:
        return because("magnesium could not be looked at")
    if last and chart.at_most(chart.hours_since(last.when), "fresh.qt_order_baseline"):
        return because("magnesium was measured within 30 days")
    if not depleting:
        return because("no recent magnesium, but no depleting drug either")
    return Say(
        Indicator.INFO,
        ("no_level", "check"),
        title="baseline",
        values={**_values(drafts, chart), "others": wording.listed(depleting)},
        tests=_TESTS,
    )


def _several(drafts: tuple[Medication, ...], chart: Chart) -> tuple[str, ...]:
    """Said when another such drug is taken, which by itself can make it critical."""
    return ("several",) if _taken(drafts, chart) else ()


def _taken(drafts: tuple[Medication, ...], chart: Chart) -> tuple[str, ...]:
    return tuple(name for name in danger.qt_drugs(chart) if name not in danger.qt_names(drafts))


def _values(drafts: tuple[Medication, ...], chart: Chart) -> dict[str, str]:
    names = danger.qt_names(drafts)
    return {
        "drug": wording.listed(names),
        "has": wording.verb(names, "has", "have"),
        "and_potassium": danger.potassium_goal(chart),
        "taken": wording.listed(_taken(drafts, chart)),
    }


def _removed(drafts: tuple[Medication, ...]) -> dict[str, str]:
    return {"drug": wording.listed(d.name for d in drafts)}
