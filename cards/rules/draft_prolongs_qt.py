"""Is a torsades-risk drug or digoxin ordered while magnesium is low or unknown?"""

from cards import assess, causes, risks, wording
from cards.knowledge import Knowledge
from cards.model import DraftTest, Facts, Finding, Indicator, Medication, Problem, RemoveOrder, Silence, Suggestion

NUMBERS = ("qt_drug.magnesium_below", "band.severe", "potassium.very_low", "qtc.critical", "fresh.qt_order_baseline")
_TESTS = (DraftTest("magnesium", "before_order"), DraftTest("bmp", "before_order"), DraftTest("ecg", "before_order"))


def draft_prolongs_qt(facts: Facts, knowledge: Knowledge) -> Finding | Silence:
    """Magnesium below 0.74 mmol/L, or none in 30 days on a depleting drug (OS-QT, s.5): correct or measure first."""
    drafts = tuple(d for d in facts.chosen if d.has_role("qt_risk"))
    if not drafts:
        return Silence("no chosen draft with a known torsades risk")
    m = facts.current
    if m is not None and assess.is_doubtful(m, facts, knowledge):
        return Silence("the magnesium result must be repeated first")
    torsades = risks.is_current(facts.conditions.get("torsades"), facts, knowledge)
    old = m is None or facts.hours_since(m.when) > knowledge.numbers["fresh.qt_order_baseline"]
    if m is None or (old and not m.low and not torsades):
        return _baseline(drafts, facts, knowledge)
    if not (m.low or torsades or risks.is_too_low_for_the_heart(m.x, facts, knowledge)):
        return Silence("magnesium is high enough for a torsades-risk drug")
    dangers = () if old else risks.dangers_with_qt_drug(m.x, facts, knowledge)
    removals = tuple(RemoveOrder(d.reference, d.name) for d in drafts if d.reference)
    return Finding(
        rule="draft_prolongs_qt",
        problem=Problem.DRAFT_QT,
        indicator=Indicator.CRITICAL if dangers else Indicator.WARNING,
        say=(
            "torsades" if torsades else "found",
            *_several(drafts, facts),
            "old" if old or assess.must_repeat_first(m, facts, knowledge) else "do",
            "check",
        ),
        values=_values(drafts, facts, knowledge),
        suggestions=(Suggestion("remove", removals, values=_removed(drafts)),) if removals else (),
        tests=_TESTS,
        numbers=NUMBERS,
        about=" ".join(dangers),
    )


def _baseline(drafts: tuple[Medication, ...], facts: Facts, knowledge: Knowledge) -> Finding | Silence:
    depleting, last = causes.depleting_names(facts.active), facts.magnesium
    if "magnesium" in facts.not_known:
        return Silence("magnesium could not be looked at")
    if last and facts.hours_since(last.when) <= knowledge.numbers["fresh.qt_order_baseline"]:
        return Silence("magnesium was measured within 30 days")
    if not depleting:
        return Silence("no recent magnesium, but no depleting drug either")
    return Finding(
        rule="draft_prolongs_qt",
        problem=Problem.DRAFT_QT,
        indicator=Indicator.INFO,
        title="baseline",
        say=("no_level", "check"),
        values={**_values(drafts, facts, knowledge), "others": wording.listed(depleting)},
        tests=_TESTS,
        numbers=NUMBERS,
    )


def _several(drafts: tuple[Medication, ...], facts: Facts) -> tuple[str, ...]:
    """Said when another such drug is taken, which by itself can make it critical."""
    return ("several",) if _taken(drafts, facts) else ()


def _taken(drafts: tuple[Medication, ...], facts: Facts) -> tuple[str, ...]:
    return tuple(name for name in risks.qt_drugs(facts) if name not in risks.qt_names(drafts))


def _values(drafts: tuple[Medication, ...], facts: Facts, knowledge: Knowledge) -> dict[str, str]:
    names = risks.qt_names(drafts)
    return {
        "drug": wording.listed(names),
        "has": wording.verb(names, "has", "have"),
        "and_potassium": risks.potassium_goal(facts, knowledge),
        "taken": wording.listed(_taken(drafts, facts)),
    }


def _removed(drafts: tuple[Medication, ...]) -> dict[str, str]:
    return {"drug": wording.listed(d.name for d in drafts)}
