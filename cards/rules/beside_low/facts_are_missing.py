"""Which facts could not be had?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.model import Indicator, Problem, Say


@rule(Problem.LOW_MAGNESIUM, adds=True)
def facts_are_missing(chart: Chart) -> Say | Because:
    """What is not known is named, where it matters for treatment."""
    missing = ", ".join((*_not_supplied(chart), *_in_part(chart), *_unread(chart)))
    if not missing:
        return because("everything asked for was supplied")
    title = "age" if "age" in chart.not_known else ""
    return Say(Indicator.INFO, ("found",), title=title, values={"missing": missing})


_NAMES = {
    "medications": "medication list",
    "conditions": "problem list (heart block, myasthenia)",
    "age": "age",
    "renal": "kidney results",
    "electrolytes": "potassium and calcium",
    "encounters": "inpatient or outpatient",
}


def _not_supplied(chart: Chart) -> list[str]:
    return [shown for key, shown in _NAMES.items() if key in chart.not_known]


def _in_part(chart: Chart) -> list[str]:
    first_pages = [f"rest of {shown}" for key, shown in _NAMES.items() if key in chart.partial - chart.not_known]
    lists = {key: shown.partition(" (")[0] for key, shown in _NAMES.items()}
    return first_pages + [
        f"{shown} (only another patient's came)" for key, shown in lists.items() if key in chart.strays
    ]


def _unread(chart: Chart) -> list[str]:
    orders = chart.unread_orders
    return [f"drug of {orders} active order{'s' if orders > 1 else ''}"] * bool(orders)
