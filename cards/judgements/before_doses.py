"""Which drugs are ordered before whose every dose magnesium or calcium is to be corrected (drugs/classes.yaml)."""

from cards.chart import Chart
from cards.judgements import calcium
from cards.model import DrugRole, Magnesium


def asked(m: Magnesium, chart: Chart) -> tuple[str, ...]:
    """Their ingredients, as far as magnesium is below the level of the class, or calcium is low where that counts."""
    roles = (r for d in chart.chosen for r in d.roles if r.role == "cause")
    return tuple(r.ingredient for r in roles if r.ingredient in r.of_class.corrected_before and _is_low(r, m, chart))


def _is_low(role: DrugRole, m: Magnesium, chart: Chart) -> bool:
    of_class = role.of_class
    if of_class.order_low_calcium and calcium.is_low(chart):
        return True
    return bool(chart.is_low and (not of_class.order_below or chart.below(m.x, of_class.order_below)))
