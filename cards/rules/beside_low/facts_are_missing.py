"""Which facts could not be had?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.chart.inputs import INPUTS, Input
from cards.model import Indicator, Problem, Say


@rule(Problem.LOW_MAGNESIUM, adds=True)
def facts_are_missing(chart: Chart) -> Say | Because:
    """What is not known is named, where it matters for treatment."""
    if not _missing(chart):
        return because("everything asked for was supplied")
    return Say(
        Indicator.INFO,
        ("found",),
        title="age" if "age" in chart.not_known else "",
        values={"missing": ", ".join(_missing(chart))},
    )


def _missing(chart: Chart) -> tuple[str, ...]:
    named = {asked.fact or asked.key: asked for asked in INPUTS if asked.missed}
    missing = [_with_note(asked) for key, asked in named.items() if key in chart.not_known]
    first_pages = [f"rest of {_with_note(a)}" for key, a in named.items() if key in chart.partial - chart.not_known]
    strays = [f"{a.missed} (only another patient's came)" for key, a in named.items() if key in chart.strays]
    unread = [f"drug of {_orders(chart.unread_orders)}"] * bool(chart.unread_orders)
    return (*missing, *first_pages, *strays, *unread)


def _with_note(asked: Input) -> str:
    return f"{asked.missed} ({asked.note})" if asked.note else asked.missed


def _orders(number: int) -> str:
    return f"{number} active order{'s' if number > 1 else ''}"
