"""Potassium beside magnesium: how low, what it should be, whether it answers to treatment (clinical rule s.3)."""

from cards.chart import Because, Chart, because

_GOAL = "target.potassium"


def level(chart: Chart) -> float | None:
    """The latest fresh potassium, mmol/L."""
    found = chart.results.get("potassium")
    return found.value if found else None


def is_low(chart: Chart) -> Because:
    """Low, as far as known."""
    return chart.below(level(chart), "potassium.low")


def is_very_low(chart: Chart) -> Because:
    """So low that it is critical beside low magnesium."""
    return chart.below(level(chart), "potassium.very_low")


def is_below_its_goal(chart: Chart) -> Because:
    """Below the goal beside low magnesium, as far as known."""
    return chart.below(level(chart), _GOAL)


def goal(chart: Chart) -> str:
    """What is to be said of potassium beside magnesium: its goal, unless that is known to be reached."""
    value, wanted = level(chart), chart.numbers[_GOAL]
    return (
        ""
        if value is not None and value >= wanted
        else chart.knowledge.words.say("potassium_goal", goal=chart.knowledge.told_numbers["potassium_of"][_GOAL])
    )


def is_refractory(chart: Chart) -> Because:
    """Still low although potassium was ordered some time ago."""
    ordered = [m.since for m in chart.active if m.is_potassium and m.since]
    if not ordered:
        return because("no potassium ordered")
    low = is_low(chart)
    return chart.of_parts(low and chart.at_least(chart.hours_since(min(ordered)), "potassium.refractory_hours"), low)


def is_falling(chart: Chart) -> bool:
    """Lower than the result before it."""
    last, before = level(chart), chart.previous("potassium")
    return last is not None and before is not None and last < before.value
