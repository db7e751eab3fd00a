"""Which tests need not be ordered: the same test is ordered, or being ordered, for the same time."""

from datetime import timedelta

from cards.chart import Chart
from cards.chart.requests import OrderedTest
from cards.model import DraftMedication, DraftTest
from cards.plan.due import Due, due


def is_ordered(test: DraftTest, chart: Chart, infusion: DraftMedication | None = None) -> bool:
    """Whether a test is ordered or drafted already for the time that is asked for."""
    told = [request for request in chart.ordered_tests if request.test == test.test]
    return bool(told) and any(_counts(request, due(test.when, chart, infusion), chart) for request in told)


def is_planned(test: str, days: str, chart: Chart) -> bool:
    """Whether a test is ordered or drafted that is due within a threshold in days."""
    soon = Due(chart.now, chart.now + timedelta(days=chart.numbers[days]), in_days=True)
    return any(request.test == test and _counts(request, soon, chart) for request in chart.ordered_tests)


def _counts(request: OrderedTest, wanted: Due, chart: Chart) -> bool:
    if request.start is None or request.end is None:
        return request.is_draft or _is_of_now(request, chart)
    if wanted.in_days:
        return chart.now <= request.end and request.start <= wanted.end  # an earlier result will tell more
    if _is_first_draw(request, wanted, chart):
        return True
    slack = (wanted.start - chart.now) / 2  # an order for about that time is that order; one for now waits for nothing
    return request.start <= wanted.end + slack and request.end >= wanted.start - slack


def _is_first_draw(request: OrderedTest, wanted: Due, chart: Chart) -> bool:
    """What was never measured is drawn before the time that is wanted: what follows it, its result decides."""
    end, known = request.end, chart.readings.found.get(_result_of(request, chart))
    return end is not None and not known and end < wanted.start and chart.now - end < wanted.start - chart.now


def _result_of(request: OrderedTest, chart: Chart) -> str:
    """The name of the result that a test brings."""
    return chart.knowledge.tests[request.test].result


def _is_of_now(request: OrderedTest, chart: Chart) -> bool:
    """Ordered lately without a time, and not for the sample whose result is known."""
    if request.authored is None or not chart.at_most(chart.hours_since(request.authored), "ordered.test"):
        return False
    found = chart.readings.found.get(_result_of(request, chart), ())
    return all(result.when < request.authored for result in found)
