"""The load of magnesium that an emergency asks for (clinical rule s.2.3)."""

from cards.chart import Because, Chart, once
from cards.judgements import assess, emergencies, order_measures
from cards.model import DraftMedication
from cards.plan import doses


@once
def held(chart: Chart) -> str:
    """Why no load is ordered, as the line that says so.

    It was given, the day has no room for it (the review of an order says the same), or the level is old and not severe.
    """
    if emergencies.dose_is_given(chart):
        return "do_given"
    if _is_above_day(chart):
        return "do_sum"
    return "" if emergencies.level_allows(chart) else "do_if_low"


@once
def order(chart: Chart) -> DraftMedication | None:
    """The load that is offered; None without an emergency, or where one is held or forbidden."""
    return None if held(chart) else _load(chart)


@once
def of_day(chart: Chart) -> float:
    """Grams of magnesium sulfate that were given, run or are ordered in 24 h."""
    return order_measures.measure("day", (), chart) or 0.0


def _is_above_day(chart: Chart) -> Because:
    """Whether with the load more is given in 24 h than any review lets pass (s.2.7)."""
    load = _load(chart)
    grams = of_day(chart) + sum(step.quantity for step in load.steps) if load else None
    return chart.above(grams, "review.day.most")


@once
def _load(chart: Chart) -> DraftMedication | None:
    kind = assess.emergency(chart)
    return doses.intravenous(_situation(kind), chart, emergency=kind) if kind else None


def usual(chart: Chart) -> str:
    """The load in words as the kidneys allow it, whatever holds it here."""
    return doses.emergency_text(_situation(assess.emergency(chart)), chart)


def is_once_only(chart: Chart) -> bool:
    """Whether a load is neither repeated nor followed before a level: digoxin, kidneys poor or not known (s.2.3)."""
    return assess.emergency(chart) == "digoxin" or not chart.renal.gate.in_emergency.is_good


def _situation(kind: str | None) -> str:
    return "digoxin_toxicity" if kind == "digoxin" else "emergency"
