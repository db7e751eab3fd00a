"""Was another value reported for the time of this one, or did a later sample give none?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.model import Indicator, Magnesium, Problem, Say
from cards.wording import moment


@rule(Problem.LOW_MAGNESIUM, adds=True)
def other_samples_are_told(chart: Chart) -> Say | Because:
    """Of two values of one time both are told; a later sample without a value withdraws nothing and is told (s.0.5)."""
    m = chart.current
    if m is None:
        return chart.is_known
    lines = (*((_also(m),) if m.also is not None else ()), *(("unmeasured",) if m.unmeasured else ()))
    if not lines:
        return because("no other value of that time, and no later sample without one")
    return Say(
        Indicator.INFO,
        lines,
        values={
            "also": m.also_shown,
            "unmeasured": moment(m.unmeasured) if m.unmeasured else "",
        },
        problem=Problem.HIGH_MAGNESIUM if chart.is_high else Problem.LOW_MAGNESIUM,
        adds=True,
    )


def _also(m: Magnesium) -> str:
    """Which line tells of the other value: a dose goes by the milder of two low ones, none by a low and a high one."""
    if m.contradicted:
        return "also_high"
    return "also" if m.low else "also_worse"
