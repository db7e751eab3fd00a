"""Which facts could not be had?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
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


_NAMES = {
    "medications": "medication list",
    "conditions": "problem list (heart block, myasthenia)",
    "age": "age",
    "renal": "kidney results",
    "electrolytes": "potassium and calcium",
    "encounters": "inpatient or outpatient",
}


def _missing(chart: Chart) -> tuple[str, ...]:
    missing = [shown for key, shown in _NAMES.items() if key in chart.not_known]
    first_pages = [f"rest of {shown}" for key, shown in _NAMES.items() if key in chart.partial - chart.not_known]
    lists = {key: shown.partition(" (")[0] for key, shown in _NAMES.items()}
    strays = [f"{shown} (only another patient's came)" for key, shown in lists.items() if key in chart.strays]
    unread = [f"drug of {_orders(chart.unread_orders)}"] * bool(chart.unread_orders)
    return (*missing, *first_pages, *strays, *unread)


def _orders(number: int) -> str:
    return f"{number} active order{'s' if number > 1 else ''}"
