"""What is remembered of earlier advice is asked here: no fault of the memory may cost a card."""

from collections.abc import Callable
from typing import TypeVar

from cards.ask import failure
from cards.chart import Chart
from cards.model import Stopped

T = TypeVar("T")


def recalled(ask: Callable[[], T], chart: Chart) -> T | None:
    """What the memory tells; None where that fails, as if nobody had answered or seen anything: the trace tells it."""
    try:
        return ask()
    except Stopped:
        raise
    except Exception as fault:  # of ours, or a kept value that is none
        chart.not_recalled.append(failure("the memory", fault))
        return None
