"""The load of magnesium that an emergency asks for (clinical rule s.2.3)."""

from cards.chart import Chart, once
from cards.judgements import assess, emergencies
from cards.model import DraftMedication
from cards.plan import doses


@once
def held(chart: Chart) -> str:
    """Why no load is ordered, as the line that says so: it was given, or the level is old and not severe."""
    if emergencies.dose_is_given(chart):
        return "do_given"
    return "" if emergencies.level_allows(chart) else "do_if_low"


@once
def order(chart: Chart) -> DraftMedication | None:
    """The load that is offered; None without an emergency, or where one is held or forbidden."""
    kind = assess.emergency(chart)
    if kind is None or held(chart):
        return None
    return doses.intravenous("digoxin_toxicity" if kind == "digoxin" else "emergency", chart, emergency=kind)
