"""Where the marks of a chart stand: pixels of a picture that a template draws. No more than bars, lines and dots."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import log10

from cds_service.goals import CARDS_PER_1000_SELECTS
from cds_service.insights.figures import Day, Insights, Outcomes
from cds_service.insights.words import short_day

WIDTH, HEIGHT = 640, 240
LEFT, RIGHT, TOP, BOTTOM = 52, 632, 26, 208
_SELECT = "magnesium-order-select"
_MOST_DATES = 7
_WEEK = 7
_STEPS = (1, 2, 5, 10)
_TICKS = 4
Value = float | None


@dataclass(frozen=True, slots=True)
class Label:
    """A word on an axis, or beside a line across the picture."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar from the axis up."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Line:
    """A line with its name; `style` is its class. Where a value is missing it has a gap."""

    name: str
    style: str
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart by day: its title, a sentence that says what it shows, and the marks."""

    name: str
    title: str
    told: str
    ticks: tuple[Label, ...]
    dates: tuple[Label, ...]
    versions: tuple[Label, ...]
    bars: tuple[Bar, ...] = ()
    dots: tuple[tuple[float, float], ...] = ()
    lines: tuple[Line, ...] = ()


def charts(insights: Insights) -> tuple[Chart, ...]:
    """Cards per 100 calls, acceptance and latency by day."""
    return (_burden(insights.days, insights.service == _SELECT), _acceptance(insights.days), _latency(insights.days))


def _burden(days: Sequence[Day], of_selects: bool) -> Chart:
    """With the goal, where the days are about the moment that has one."""
    values = [day.totals.cards_per_100.per_100 for day in days]
    top = _top(values, 1)
    width = (RIGHT - LEFT) / len(days)
    bars = (
        Bar(_x(number, days) - width * 0.4, _y(value, top), width * 0.8, BOTTOM - _y(value, top))
        for number, value in enumerate(values)
        if value is not None
    )
    told = "Bars: cards for every 100 answered calls of the day."
    goal = [CARDS_PER_1000_SELECTS / 10] * len(days)
    lines = (_line("goal", "goal", goal, top),) if of_selects else ()
    if of_selects:
        told += f" Line: the goal, at most {CARDS_PER_1000_SELECTS:g} for every 1,000."
    return Chart(
        *("burden", "Cards per 100 calls", told, _ticks(top, ""), _dates(days), _versions(days), tuple(bars)),
        lines=lines,
    )


def _acceptance(days: Sequence[Day]) -> Chart:
    values = [day.totals.outcomes.acceptance.per_100 for day in days]
    week = [_of_week(days, number).acceptance.per_100 for number in range(len(days))]
    dots = tuple((_x(n, days), _y(value, 100)) for n, value in enumerate(values) if value is not None)
    told = (
        "Of cards with feedback. Dots: the day. Line: the seven days up to it. Days with little feedback are left out."
    )
    return Chart(
        *("acceptance", "Accepted cards", told),
        *(_ticks(100, "%"), _dates(days), _versions(days)),
        dots=dots,
        lines=(_line("seven days", "first", week, 100),),
    )


def _of_week(days: Sequence[Day], number: int) -> Outcomes:
    found = [day.totals.outcomes for day in days[max(0, number - _WEEK + 1) : number + 1]]
    return Outcomes(sum(o.cards for o in found), sum(o.accepted for o in found), sum(o.overridden for o in found))


def _latency(days: Sequence[Day]) -> Chart:
    """Each line up is ten times the one below: one bad day must not flatten the others."""
    found = [day.totals.latency for day in days]
    named = (
        ("99 of 100 calls", "third", [latency.p99 for latency in found]),
        ("95 of 100", "second", [latency.p95 for latency in found]),
        ("half of the calls", "first", [latency.p50 for latency in found]),
    )
    powers = len(str(int(max((value or 1 for _, _, values in named for value in values), default=1))))
    ticks = tuple(Label(_y(power, powers), f"{10**power:,}") for power in range(powers + 1))
    lines = tuple(_line(name, style, [_power(value) for value in values], powers) for name, style, values in named)
    told = "Milliseconds within which calls were answered; each step is ten times the one below."
    return Chart("latency", "Time to answer", told, ticks, _dates(days), _versions(days), lines=lines)


def _power(value: Value) -> Value:
    return None if value is None else log10(max(value, 1))


def _line(name: str, style: str, values: Sequence[Value], top: float) -> Line:
    paths: list[list[str]] = [[]]
    for number, value in enumerate(values):
        if value is None:
            paths.append([])
        else:
            paths[-1].append(f"{_x(number, values):.1f},{_y(value, top):.1f}")
    drawn = (path * 2 if len(path) == 1 else path for path in paths if path)  # a line to itself is a dot
    return Line(name, style, tuple(" ".join(path) for path in drawn))


def _x(number: int, among: Sequence[object]) -> float:
    return LEFT + (RIGHT - LEFT) * (number + 0.5) / len(among)


def _y(value: float, top: float) -> float:
    return BOTTOM - (BOTTOM - TOP) * min(value, top) / top


def _top(values: Iterable[Value], least: float) -> float:
    """A round number that no value exceeds."""
    highest = max(least, *(value or 0 for value in values), least)
    size = 10.0 ** (len(str(int(highest))) - 1)
    return next(step * size for step in _STEPS if step * size >= highest)


def _ticks(top: float, unit: str) -> tuple[Label, ...]:
    values = (top * number / _TICKS for number in range(_TICKS + 1))
    return tuple(Label(_y(value, top), f"{value:g}{unit}") for value in values)


def _dates(days: Sequence[Day]) -> tuple[Label, ...]:
    step = -(-len(days) // _MOST_DATES)
    return _labels(days, lambda number, _: short_day(days[number].day) if number % step == 0 else "")


def _versions(days: Sequence[Day]) -> tuple[Label, ...]:
    return _labels(days, lambda _, day: ", ".join(day.versions))


def _labels(days: Sequence[Day], text: Callable[[int, Day], str]) -> tuple[Label, ...]:
    texts = (text(number, day) for number, day in enumerate(days))
    return tuple(Label(_x(number, days), told) for number, told in enumerate(texts) if told)
