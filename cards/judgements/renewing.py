"""What several rules ask of a renewal: only what is renewed is judged (clinical rule s.14)."""

from collections.abc import Callable

from cards import wording
from cards.chart import Because, Chart, because, inputs
from cards.judgements import assess, causes, danger, given
from cards.model import DraftTest, Indicator, Medication, RemoveOrder, Say, removals

Drafts = tuple[Medication, ...]
_HOLDS = frozenset({"strong", "moderate"})


def of_adult(chart: Chart) -> Because:
    """Whether the rules of adults speak."""
    return because("a child: the rule of children speaks") if assess.is_child(chart) else Because(True)


def needs_level(
    renewed: Drafts, risks: Callable[[Chart], tuple[str, ...]], tests: tuple[DraftTest, ...], chart: Chart
) -> Say | Because:
    """Whether a renewal of what lowers magnesium asks for a level: none in 12 months, and something beside it."""
    if inputs.MAGNESIUM in chart.not_known:
        return because("magnesium could not be looked at")
    found = risks(chart)
    if not found:
        return because("nothing beside it makes a low level likely or dangerous")
    values = {"names": wording.listed(causes.depleting_names(renewed)), "risks": wording.listed(found)}
    no_level = causes.no_magnesium_within("refill.depleter_hours", chart)
    said = Say(Indicator.INFO, ("found", "check"), values=values, tests=tests)
    return of_adult(chart) and no_level and said


def oral_magnesium(chart: Chart) -> Drafts:
    """The oral magnesium that is renewed."""
    return tuple(d for d in chart.chosen if given.is_oral_magnesium(d))


def old_ppis(chart: Chart) -> Drafts:
    """The PPIs that are renewed and have been taken for a year."""
    renewed = (d for d in chart.chosen if causes.is_ppi(d))
    return tuple(d for d in renewed if chart.at_least(causes.days_on_class(d, chart), "refill.ppi_days"))


def diuretics(chart: Chart) -> Drafts:
    """The loop and thiazide diuretics that are renewed."""
    return tuple(d for d in chart.chosen if causes.is_diuretic_drug(d))


def depleters(chart: Chart) -> Drafts:
    """What is renewed and lowers magnesium with at least moderate evidence."""
    return tuple(d for d in chart.chosen if _lowers(d))


def guarded_qt_drugs(chart: Chart) -> tuple[str, ...]:
    """The renewed drugs that are only given while potassium and magnesium are followed."""
    return tuple(name for name in danger.qt_names(chart.chosen) if name in chart.knowledge.order_entry.followed)


def heart_risks(chart: Chart) -> tuple[str, ...]:
    """What makes a low level dangerous: digoxin, torsades-risk drugs; taken or renewed, each once."""
    listed = (*chart.chosen, *chart.taking("digitalis"))
    digoxin = (name for m in listed for name in m.ingredients("digitalis"))
    return tuple(dict.fromkeys((*digoxin, *danger.qt_drugs(chart))))


def others_that_lower(renewed: Drafts, chart: Chart) -> tuple[str, ...]:
    """Further drugs that lower magnesium, taken or renewed."""
    own = {r.ingredient for m in renewed for r in m.roles}
    every = (m for m in (*chart.active, *chart.chosen) if _lowers(m))
    return tuple(dict.fromkeys(n for m in every for n in causes.depleting_names([m]) if n not in own))


def was_ever_low(chart: Chart) -> bool:
    """Whether any magnesium result that came is below its lower limit of normal."""
    m = chart.magnesium
    return m is not None and (m.low or any(x < m.lower_limit for _, x in m.earlier))


def gone(drafts: Drafts, chart: Chart) -> tuple[RemoveOrder, ...]:
    """The removals of what is renewed; none where nobody is there who could decide it."""
    return removals(drafts) if chart.snapshot.has_user else ()


def _lowers(medication: Medication) -> bool:
    return any(r.role == "cause" and r.evidence in _HOLDS for r in medication.roles)
