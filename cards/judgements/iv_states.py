"""What each order and dose of IV magnesium is now: running, given, ordered, as needed or over (clinical rule s.2.4)."""

from datetime import datetime, timedelta

from cards.chart import Chart, inputs, once
from cards.model import DoseState, MagnesiumKind, Medication, Route, Schedule

_WANTED = (MagnesiumKind.REPLACEMENT, MagnesiumKind.OBSTETRIC)
_ENDLESS = (Schedule.REPEATED, Schedule.CONTINUOUS)
_LATELY = "duplicate.iv_hours"


def is_iv_replacement(medication: Medication) -> bool:
    """Magnesium given IV for its own sake, not in nutrition or another fluid."""
    order = medication.magnesium
    return order is not None and order.kind in _WANTED and medication.route is Route.INTRAVENOUS


def of_state(chart: Chart, *states: DoseState) -> tuple[Medication, ...]:
    """The orders and doses of IV magnesium that are in one of some states."""
    return tuple(m for m, state in _states(chart) if state in states)


@once
def _states(chart: Chart) -> tuple[tuple[Medication, DoseState | None], ...]:
    found = tuple(m for m in chart.holding_magnesium if is_iv_replacement(m))
    charted = tuple(m for m in found if m.charted)
    return tuple((m, _state(m, charted, chart)) for m in found)


def _state(medication: Medication, charted: tuple[Medication, ...], chart: Chart) -> DoseState | None:
    """What it is now; None where it is over."""
    if medication.charted:
        return _of_dose(medication, chart)
    if medication.schedule is Schedule.AS_NEEDED:
        return DoseState.AS_NEEDED if medication.status == "active" else None
    if medication.schedule is Schedule.RARELY or _is_charted(medication, charted):
        return None
    if medication.status != "active":
        return _ended(last_end(medication, chart), chart)
    return _of_order(medication, chart)


def _of_dose(medication: Medication, chart: Chart) -> DoseState | None:
    """A charted dose: one that nobody closed runs some hours past its planned end, and counts as given to there."""
    over = end(medication)
    if medication.status != "active":
        return _ended(last_end(medication, chart), chart)
    if over is None:
        runs = medication.since is None or chart.at_most(chart.hours_since(medication.since), _unclosed(medication))
        return DoseState.RUNNING if runs else None
    runs_on = chart.at_most(chart.hours_since(over), "iv_state.closing_hours")
    return DoseState.RUNNING if runs_on else _ended(over, chart)


def _of_order(medication: Medication, chart: Chart) -> DoseState | None:
    """An active order of which no dose is charted; where nobody charts doses it runs for its time."""
    repeated = medication.schedule is Schedule.REPEATED
    start, over = _due(medication), medication.until if repeated else end(medication)
    if start is None or start > chart.now:
        return DoseState.ORDERED
    if not _doses_are_offered(chart):
        return _by_its_time(medication, start, over, chart)
    if repeated and (over is None or over > chart.now):
        return DoseState.ORDERED
    limit = _unclosed(medication) if medication.schedule is Schedule.CONTINUOUS else _LATELY
    return DoseState.ORDERED if chart.at_most(chart.hours_since(start), limit) else None


def _by_its_time(medication: Medication, start: datetime, over: datetime | None, chart: Chart) -> DoseState | None:
    if over is None and medication.schedule is Schedule.REPEATED:
        return DoseState.RUNNING
    if over is None:
        is_bag = medication.schedule is Schedule.CONTINUOUS
        limit = _unclosed(medication) if is_bag else "iv_state.order_hours"
        over = start + timedelta(hours=chart.numbers[limit])
    return DoseState.RUNNING if over >= chart.now else _ended(over, chart)


def _ended(over: datetime | None, chart: Chart) -> DoseState | None:
    lately = over is not None and bool(chart.at_most(chart.hours_since(over), _LATELY))
    return DoseState.GIVEN if lately else None


def _unclosed(medication: Medication) -> str:
    obstetric = medication.magnesium and medication.magnesium.kind is MagnesiumKind.OBSTETRIC
    return "iv_state.unclosed_hours.obstetric" if obstetric else "iv_state.unclosed_hours"


def _is_charted(order: Medication, charted: tuple[Medication, ...]) -> bool:
    """Whether the one dose of an order is on the chart: given since it was due."""
    if order.schedule in _ENDLESS:
        return False
    start = order.since
    return any(start is None or m.since is None or m.since >= start for m in charted)


def _doses_are_offered(chart: Chart) -> bool:
    return inputs.ADMINISTRATIONS not in chart.not_known


def _due(medication: Medication) -> datetime | None:
    return medication.due or medication.since


def end(medication: Medication) -> datetime | None:
    """When a dose or order is over by what it says: its end, else its beginning and its time; None where neither is."""
    if medication.until and not _is_one_moment(medication):
        return medication.until
    hours, start = _hours(medication), _due(medication)
    if start is None or hours is None:
        return None
    return start + timedelta(hours=hours)


def last_end(medication: Medication, chart: Chart) -> datetime | None:
    """When what is no longer active ended; the one moment of a charted dose is its start."""
    told = end(medication)
    if told is not None and told > chart.now and not _is_one_moment(medication):
        told = None
    if told is None and medication.since is not None:
        told = medication.since + timedelta(hours=_usual_hours(medication, chart))
    return min(told, chart.now) if told else None


def _is_one_moment(medication: Medication) -> bool:
    return medication.charted and medication.until is not None and medication.until == medication.since


def _usual_hours(medication: Medication, chart: Chart) -> float:
    grams = grams_of(medication)
    if grams is None:
        return chart.numbers["iv_state.one_moment_hours"]
    return grams / chart.numbers["iv_state.one_moment_rate"]


def grams_of(medication: Medication) -> float | None:
    """The grams of sulfate of a dose or a day's order; None where nobody can say."""
    return medication.magnesium.grams if medication.magnesium else None


def _hours(medication: Medication) -> float | None:
    """How long its steps take; None where one has no time."""
    steps = medication.magnesium.steps if medication.magnesium else ()
    hours = [s.hours * s.times for s in steps if s.hours is not None and s.grams is not None]
    return sum(hours) if steps and len(hours) == len(steps) else None
