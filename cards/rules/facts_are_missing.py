"""Which facts could not be had?"""

from cards.chart import Chart
from cards.model import Finding, Indicator, Problem, Silence


def facts_are_missing(chart: Chart) -> Finding | Silence:
    """What is not known is named, where it matters for treatment."""
    if not _missing(chart):
        return Silence("everything asked for was supplied")
    return Finding(
        rule="facts_are_missing",
        problem=Problem.LOW_MAGNESIUM,
        indicator=Indicator.INFO,
        title="age" if "age" in chart.not_known else "",
        say=("found",),
        values={"missing": ", ".join(_missing(chart))},
        tests=(),
        leads=False,
        numbers=(),
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
