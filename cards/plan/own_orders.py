"""Whether a draft is what the plan offers itself: what was told beside the offer is not told again (s.2.7)."""

from collections.abc import Iterable

from cards.chart import Chart
from cards.judgements.indication import reason_of
from cards.model import DoseStep, DraftMedication, Medication, Route
from cards.plan import doses, emergency_load, low_normal

_ALIKE = 0.01
_MINUTES_A_DAY = 1440


def is_own(draft: Medication, chart: Chart) -> bool:
    """The same salt and dose as an order of the plan, by the same route."""
    return any(_is_same(draft, offered, chart) for offered in _offered(draft, chart))


def is_of_protocol(drafts: Iterable[Medication], chart: Chart) -> bool:
    """Drafts just as one way of the hospital's own protocol orders them; infusions no faster and no more often.

    They were held against our stops and ceilings when they were offered, and not against those of any other order.
    """
    listed, course = tuple(drafts), doses.plan(chart).course
    if course is None or not listed:
        return False
    if any(_is_for_another_reason(draft, chart) for draft in listed):
        return False
    return any(_are_among(listed, choice.orders, chart) for choice in course.choices)


def _is_for_another_reason(draft: Medication, chart: Chart) -> bool:
    """Whether the order itself says that it is for something else than low magnesium, which the protocol treats."""
    reason = reason_of(draft, chart)
    return reason.stated and reason.indication.kidneys != "deficiency"


def _are_among(drafts: Iterable[Medication], orders: Iterable[DraftMedication], chart: Chart) -> bool:
    """Whether each draft is another one of these orders."""
    left = list(orders)
    for draft in drafts:
        same = [order for order in left if _is_just(draft, order, chart)]
        if not same:
            return False
        left.remove(same[0])
    return True


def _is_just(draft: Medication, order: DraftMedication, chart: Chart) -> bool:
    infused = draft.route is Route.INTRAVENOUS
    if _is_infusion(order) is not infused or not _is_same(draft, order, chart):
        return False
    return not infused or _is_given_alike(draft, order.steps[0])


def _is_infusion(order: DraftMedication) -> bool:
    return any(step.minutes for step in order.steps)


def _offered(draft: Medication, chart: Chart) -> tuple[DraftMedication, ...]:
    plan = doses.plan(chart)
    infused = draft.route is Route.INTRAVENOUS
    if plan.course:
        return tuple(order for order in plan.course.all_orders if _is_infusion(order) is infused)
    offered = (plan.iv, emergency_load.order(chart), low_normal.order(chart)) if infused else (plan.oral,)
    return tuple(filter(None, offered))


def _is_same(draft: Medication, offered: DraftMedication, chart: Chart) -> bool:
    order, salt = draft.magnesium, chart.knowledge.products[offered.product].salt
    if order is None or order.salt != salt:
        return False
    if draft.route is Route.INTRAVENOUS:
        return _alike(order.grams, sum(step.quantity * _times(step) for step in offered.steps))
    return _alike(order.elemental_mg_per_day, offered.elemental_mg_per_day)


def _times(step: DoseStep) -> float:
    """The most doses of a step in 24 hours."""
    often = step.per_day or (-(-_MINUTES_A_DAY // step.every) if step.every else None)
    return min(often or 1, step.count or often or 1)


def _is_given_alike(draft: Medication, step: DoseStep) -> bool:
    steps = draft.magnesium.steps if draft.magnesium else ()
    rate = step.grams_per_hour
    return len(steps) == 1 and all(
        _alike(told.grams, step.quantity) and (rate is None or (told.per_hour or 0.0) <= rate * (1 + _ALIKE))
        for told in steps
    )


def _alike(one: float | None, other: float | None) -> bool:
    return one is not None and other is not None and abs(one - other) <= _ALIKE * other
