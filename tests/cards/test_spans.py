"""What falls into one span of hours: held against the sum of every hour, and against what its limits say."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from cards.judgements import spans
from cards.model import Infusion
from tests.cards.chart import NOW
from tests.cards.test_properties import examples

_hours = st.integers(1, 30)


@st.composite
def doses(draw: st.DrawFn) -> Infusion:
    """One dose at a steady rate, of whole hours, that begins within two days."""
    lasts, rate = draw(_hours), draw(st.integers(1, 4))
    begins = NOW + timedelta(hours=draw(st.integers(0, 48)))
    return Infusion(float(lasts * rate), float(rate), float(lasts), begins=begins, lasts=float(lasts))


def by_hour(listed: list[Infusion]) -> list[float]:
    """The grams of each of the hours from now on."""
    told = [0.0] * 200
    for dose in listed:
        first = round(((dose.begins or NOW) - NOW).total_seconds() / 3600)
        for hour in range(first, first + round(dose.lasts or 0)):
            told[hour] += dose.per_hour or 0.0
    return told


@examples
@given(st.lists(doses(), min_size=1, max_size=4), st.integers(1, 24))
def test_the_most_of_a_span_is_that_of_its_hours(listed: list[Infusion], hours: int) -> None:
    told = by_hour(listed)
    assert spans.most(hours, listed, NOW) == max(sum(told[at : at + hours]) for at in range(len(told) - hours))


@examples
@given(st.lists(doses(), min_size=1, max_size=4), st.integers(1, 24))
def test_what_is_not_known_adds_and_takes_nothing_away(listed: list[Infusion], hours: int) -> None:
    most = spans.most(hours, listed, NOW)
    untold = [dose._replace(begins=None, lasts=None) for dose in listed]
    assert most <= spans.most(hours, untold, NOW) == sum(dose.grams_within(hours) for dose in listed)
    assert most <= spans.most(hours, [dose._replace(lasts=None) for dose in listed], NOW)


def test_of_too_many_moments_all_count_together() -> None:
    each = Infusion(1.0, 1.0, 1.0, lasts=1.0)
    few, many = ([each._replace(begins=NOW + timedelta(days=2 * day)) for day in range(number)] for number in (20, 200))
    assert spans.most(24, few, NOW) == 1
    assert spans.most(24, many, NOW) == 200
