"""What ionised magnesium says beside the total: its own scale, and whether it was drawn with it (s.1.3)."""

from math import inf

from cards.chart import Because, Chart, because, once
from cards.model import SEVERE_BANDS


def is_low(chart: Chart) -> Because:
    """Whether ionised magnesium is below its lower limit: the laboratory's own, or the usual one."""
    found = chart.ionised
    if found is None:
        return because("no ionised magnesium that is not too old")
    return chart.below(found.value, "ionised.lower", found.lower_limit)


def is_of_the_same_draw(chart: Chart) -> bool:
    """Whether total and ionised magnesium were measured together."""
    return bool(chart.at_most(abs(_hours_later(chart)), "ionised.same_draw"))


def is_normal(chart: Chart) -> bool:
    """Low total magnesium, with a normal ionised one of the same draw or a later one."""
    known = chart.low is not None and chart.ionised is not None and not chart.ionised.low
    return known and _hours_later(chart) >= -chart.numbers["ionised.same_draw"]


@once
def explains(chart: Chart) -> bool:
    """A mildly or moderately low total with a normal ionised value of the same draw: an effect of protein (s.1.3)."""
    low = chart.low
    if low is None or low.band in SEVERE_BANDS:
        return False
    return is_normal(chart) and is_of_the_same_draw(chart)


def _hours_later(chart: Chart) -> float:
    """By how much the ionised result is later than the total."""
    if chart.ionised is None or chart.current is None:
        return inf
    return (chart.ionised.when - chart.current.when).total_seconds() / 3600
