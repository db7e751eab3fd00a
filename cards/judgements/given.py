"""What magnesium is given or ordered already, beside what may be advised."""

from datetime import datetime

from cards.chart import Chart, once
from cards.model import MagnesiumKind, Medication, Route


@once
def iv_magnesium_lately(chart: Chart) -> bool:
    """IV magnesium now, or so lately that no more is to be given."""
    return any(is_iv_replacement(m) and _is_recent(m, chart) for m in chart.holding_magnesium)


@once
def iv_magnesium_ended(chart: Chart) -> Medication | None:
    """The last IV magnesium that ended lately, when none is in progress."""
    ended = [m for m in chart.holding_magnesium if is_iv_replacement(m) and _is_recent(m, chart)]
    if not ended or iv_magnesium_in_progress(chart):
        return None
    return max(ended, key=lambda m: last_time(m, chart))


def last_time(medication: Medication, chart: Chart) -> datetime:
    """When it ended, as far as known: else when it was given or ordered. A planned end that is to come is none."""
    return _known_time(medication, chart) or chart.now


def _known_time(medication: Medication, chart: Chart) -> datetime | None:
    return next((t for t in (medication.until, medication.since) if t is not None and t <= chart.now), None)


def end_is_known(medication: Medication, chart: Chart) -> bool:
    """Whether it has a beginning and an end, not one time only."""
    return medication.since is not None and last_time(medication, chart) > medication.since


def iv_magnesium_in_progress(chart: Chart) -> bool:
    """IV magnesium ordered and not ended."""
    return any(is_iv_replacement(m) for m in chart.holding_magnesium if m.status == "active")


def nutrition_has_magnesium(chart: Chart) -> bool:
    """Parenteral nutrition is running: it may hold magnesium, so no further IV order."""
    kinds = [m.magnesium.kind for m in chart.holding_magnesium if m.magnesium and m.status == "active"]
    return MagnesiumKind.NUTRITION in kinds


def gut_is_unused(chart: Chart) -> bool:
    """Fed parenterally, and no medicine is taken by mouth."""
    return nutrition_has_magnesium(chart) and not any(m.route is Route.ORAL for m in chart.active)


def is_iv_replacement(medication: Medication) -> bool:
    """Magnesium given IV for its own sake, not in nutrition or another fluid."""
    order = medication.magnesium
    kinds = (MagnesiumKind.REPLACEMENT, MagnesiumKind.OBSTETRIC)
    return order is not None and order.kind in kinds and medication.route is Route.INTRAVENOUS


def _is_recent(medication: Medication, chart: Chart) -> bool:
    last = _known_time(medication, chart)
    if medication.status == "active":
        return True
    return last is not None and bool(chart.at_most(chart.hours_since(last), "duplicate.iv_hours"))


def oral_magnesium(chart: Chart) -> tuple[Medication, ...]:
    """Oral magnesium being taken: replacement or a single-salt laxative."""
    kinds = (MagnesiumKind.REPLACEMENT, MagnesiumKind.LAXATIVE)
    taken = (m for m in chart.holding_magnesium if m.status == "active" and m.route is not Route.INTRAVENOUS)
    return tuple(m for m in taken if m.magnesium and m.magnesium.kind in kinds)


def oral_magnesium_is_new(chart: Chart) -> bool:
    """Whether all that is taken was started after the low result, which then tells nothing of how well it works."""
    taken, low = oral_magnesium(chart), chart.low
    return bool(taken) and low is not None and all(m.since is not None and m.since > low.when for m in taken)


def drafts_magnesium(chart: Chart) -> bool:
    """The clinician is ordering magnesium replacement."""
    kinds = (MagnesiumKind.REPLACEMENT, MagnesiumKind.OBSTETRIC)
    return any(d.magnesium and d.magnesium.kind in kinds for d in chart.drafts)
