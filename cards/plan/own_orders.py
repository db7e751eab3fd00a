"""Whether a draft is what the plan offers itself: what was told beside the offer is not told again (s.2.7)."""

from cards.chart import Chart
from cards.model import DraftMedication, Medication, Route
from cards.plan import doses

_ALIKE = 0.01


def is_own(draft: Medication, chart: Chart) -> bool:
    """The same salt and dose as the order of the plan, by the same route."""
    plan = doses.plan(chart)
    offered = plan.iv if draft.route is Route.INTRAVENOUS else plan.oral
    return offered is not None and _is_same(draft, offered, chart)


def _is_same(draft: Medication, offered: DraftMedication, chart: Chart) -> bool:
    order, salt = draft.magnesium, chart.knowledge.products[offered.product].salt
    if order is None or order.salt != salt:
        return False
    if draft.route is Route.INTRAVENOUS:
        return _alike(order.grams, sum(step.quantity for step in offered.steps))
    return _alike(order.elemental_mg_per_day, offered.elemental_mg_per_day)


def _alike(one: float | None, other: float | None) -> bool:
    return one is not None and other is not None and abs(one - other) <= _ALIKE * other
