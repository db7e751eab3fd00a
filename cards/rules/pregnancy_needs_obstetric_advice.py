"""Is the patient pregnant?"""

from cards.chart import Chart
from cards.model import Finding, Indicator, Problem, Silence


def pregnancy_needs_obstetric_advice(chart: Chart) -> Finding | Silence:
    """Magnesium falls in pregnancy (s.1.5): IV only if severe or symptomatic, with obstetric advice."""
    if not chart.has("pregnancy", "pre_eclampsia"):
        return Silence("no pregnancy on record")
    return Finding(
        rule="pregnancy_needs_obstetric_advice",
        problem=Problem.LOW_MAGNESIUM,
        indicator=Indicator.INFO,
        say=("preeclampsia",) if chart.has("pre_eclampsia") else ("found",),
        values={},
        tests=(),
        leads=False,
        numbers=(),
    )
