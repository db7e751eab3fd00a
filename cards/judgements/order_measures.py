"""What a drafted order of IV magnesium is measured by: grams, g/h and minutes of its steps (indications.yaml)."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

from cards.chart import Chart
from cards.judgements import other_magnesium, spans
from cards.model import Infusion, Medication

_MINUTES = 60
_A_DAY = 24


def steps(drafts: Iterable[Medication]) -> tuple[Infusion, ...]:
    """The steps of all drafts."""
    return tuple(step for d in drafts if d.magnesium for step in d.magnesium.steps)


def is_load(step: Infusion, chart: Chart) -> bool:
    """A dose into a vein in at most an hour."""
    timed = step.grams is not None and step.hours is not None and not step.intramuscular
    return timed and (step.hours or 0.0) <= chart.numbers["review.load.hours"]


def loads(listed: Iterable[Infusion], chart: Chart) -> list[Infusion]:
    """The loading doses."""
    return [step for step in listed if is_load(step, chart)]


def steady(listed: Iterable[Infusion], chart: Chart) -> list[Infusion]:
    """The infusions that maintain."""
    return [step for step in listed if _is_steady(step, chart)]


def _is_steady(step: Infusion, chart: Chart) -> bool:
    return step.per_hour is not None and not is_load(step, chart)


def measure(name: str, drafts: tuple[Medication, ...], chart: Chart) -> float | None:
    """The measure of some drafts taken together, to one decimal; None when it is not told."""
    value = _MEASURES[name](drafts, chart)
    return None if value is None else round(value, 1)


def concentration(drafts: Iterable[Medication]) -> float | None:
    """mg/mL of what goes into a vein, the most of the steps that tell it; the muscle takes it undiluted."""
    told = (step.per_ml for step in steps(drafts) if step.per_ml is not None and not step.intramuscular)
    return max((round(per_ml * 1000, 1) for per_ml in told), default=None)


def _rate(listed: Iterable[Infusion]) -> float | None:
    return max((step.per_hour for step in listed if step.per_hour is not None), default=None)


def _dose(listed: Iterable[Infusion]) -> float | None:
    return max((step.grams for step in listed if step.grams is not None), default=None)


def _minutes(listed: Iterable[Infusion]) -> float | None:
    return min((step.hours * _MINUTES for step in listed if step.hours is not None), default=None)


def _within(hours: float, drafts: tuple[Medication, ...], chart: Chart) -> float:
    return spans.most(hours, spans.of_drafts(drafts, chart), chart.now)


def _large(number: str, drafts: tuple[Medication, ...], chart: Chart) -> list[Infusion]:
    most = chart.numbers[number]
    return [step for step in loads(steps(drafts), chart) if step.grams and step.grams > most]


def _quick(drafts: tuple[Medication, ...], chart: Chart) -> list[Infusion]:
    return [s for s in steps(drafts) if s.hours is not None and s.hours < chart.numbers["review.quick_hours"]]


def _day(drafts: tuple[Medication, ...], chart: Chart) -> float:
    """Of the 24 hours from now, with all that was given before; of any later ones with what goes on then."""
    drafted = spans.of_drafts(drafts, chart)
    first = spans.within(_A_DAY, drafted, chart.now) + other_magnesium.grams(drafts, chart)
    return max(first, spans.most(_A_DAY, (*drafted, *other_magnesium.going_on(drafts, chart)), chart.now))


def _doses_day(drafts: tuple[Medication, ...], chart: Chart) -> float:
    """Grams of a day that no rate limits."""
    told = zip(steps(drafts), spans.of_drafts(drafts, chart), strict=True)
    doses = [(raw.begins is None, step) for raw, step in told if not _is_steady(step, chart)]
    is_loaded = any(step.times == 1 for _, step in doses)
    return spans.most(_A_DAY, [_after_load(s) if is_loaded and free else s for free, s in doses], chart.now)


def _after_load(step: Infusion) -> Infusion:
    """Into the muscle the first of the doses that come again is due one interval after the load (s.1.5)."""
    if step.begins is None or step.every is None or not step.intramuscular:
        return step
    return step._replace(begins=step.begins + timedelta(hours=step.every))


def steady_rates(drafts: Iterable[Medication], chart: Chart) -> tuple[float, ...]:
    """The steady rates of some drafts, one of each, at the time when together they are most."""
    each = [steady(spans.of_drafts((d,), chart), chart) for d in drafts]
    times = spans.moments(0, [step for listed in each for step in listed], chart.now)
    return max((_rates_at(at, each) for at in times), key=sum)


def _rates_at(at: datetime | None, each: Iterable[list[Infusion]]) -> tuple[float, ...]:
    rates = (_rate(step for step in listed if spans.runs(step, at)) for listed in each)
    return tuple(rate for rate in rates if rate is not None)


Measure = Callable[[tuple[Medication, ...], Chart], float | None]
_MEASURES: Mapping[str, Measure] = {
    "rate": lambda drafts, chart: _rate(steps(drafts)),
    "load_rate": lambda drafts, chart: _rate(loads(steps(drafts), chart)),
    "steady_rate": lambda drafts, chart: _rate(steady(steps(drafts), chart)),
    "dose": lambda drafts, chart: _dose(steps(drafts)),
    "load": lambda drafts, chart: _dose(loads(steps(drafts), chart)),
    "quick_dose": lambda drafts, chart: _dose(_quick(drafts, chart)),
    "load_minutes": lambda drafts, chart: _minutes(loads(steps(drafts), chart)),
    "large_load_minutes": lambda drafts, chart: _minutes(_large("review.load.large", drafts, chart)),
    "heavy_load_rate": lambda drafts, chart: _rate(_large("review.load.grams", drafts, chart)),
    "hour": lambda drafts, chart: _within(1, drafts, chart),
    "two_hours": lambda drafts, chart: _within(2, drafts, chart),
    "six_hours": lambda drafts, chart: _within(6, drafts, chart),
    "day": _day,
    "doses_day": _doses_day,
    "push": lambda drafts, chart: float(any(d.magnesium and d.magnesium.is_push for d in drafts)),
    "doses_before": lambda drafts, chart: float(len(other_magnesium.ended(chart))),
}
