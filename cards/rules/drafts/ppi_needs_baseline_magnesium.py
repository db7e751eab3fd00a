"""Does a long-term PPI, or digoxin, beside a drug that lowers magnesium need a baseline magnesium?"""

from collections.abc import Iterator

from cards import wording
from cards.ask import rule
from cards.chart import Because, Chart, because, inputs
from cards.chart.supply import is_long_term, ordered_days
from cards.judgements import causes, corrected, indication
from cards.model import DraftTest, Indicator, Medication, Problem, Say

_TEST = (DraftTest("magnesium", "now"),)


@rule(Problem.DRAFT_DEPLETES)
def ppi_needs_baseline_magnesium(chart: Chart) -> Say | Because:
    """Digoxin with a depleter, or a PPI for long with either, and no magnesium of late (OS-BASE, s.5; FDA 2011)."""
    if inputs.MAGNESIUM in chart.not_known:
        return because("magnesium could not be looked at")
    asked = next(_asked(chart), None)
    if asked is None:
        return because("neither a PPI for long nor digoxin is newly ordered beside such a drug")
    line, draft, number = asked
    return causes.no_magnesium_within(number, chart) and Say(
        Indicator.INFO, (f"found_{line}", "do"), title=line, values=_values(draft, chart), tests=_TEST
    )


def _asked(chart: Chart) -> Iterator[tuple[str, Medication, str]]:
    """The line, the order it is about, and how old a magnesium may be."""
    for draft in (d for d in chart.chosen if not corrected.is_renewal(d, chart)):
        if draft.has_role("digitalis") and any(map(causes.depletes, _others(draft, chart))):
            yield "digoxin", draft, "fresh.baseline"
        elif causes.is_ppi(draft) and _is_for_long(draft, chart) and any(map(_adds_risk, _others(draft, chart))):
            yield "ppi", draft, "fresh.baseline.ppi"


def _is_for_long(draft: Medication, chart: Chart) -> Because:
    order = indication.raw(draft, chart)
    if is_long_term(order):
        return Because(True, "ordered for long, in words")
    return chart.above(ordered_days(order), "cause.ppi_min_days")


def _others(draft: Medication, chart: Chart) -> list[Medication]:
    return [m for m in (*chart.chosen, *chart.active) if m is not draft]


def _adds_risk(medication: Medication) -> bool:
    return medication.has_role("digitalis") or (causes.depletes(medication) and not causes.is_ppi(medication))


def _values(draft: Medication, chart: Chart) -> dict[str, str]:
    """The order is named first, what it meets after it."""
    names = (name for m in _others(draft, chart) for name in _names(m))
    own = _names(draft)
    return {"drug": wording.listed(own), "partners": wording.listed(n for n in names if n not in own)}


def _names(medication: Medication) -> tuple[str, ...]:
    return causes.depleting_names([medication]) + medication.ingredients("digitalis")
