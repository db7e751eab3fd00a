"""Does the ordered drug need a magnesium before its first dose?"""

from cards import wording
from cards.ask import rule
from cards.chart import Because, Chart, because, inputs
from cards.judgements import corrected
from cards.loading.order_entry import Baseline
from cards.model import DraftTest, Medication, Problem, Say
from cards.plan import ordered

_TESTS = (DraftTest("magnesium", "before_order"),)


@rule(Problem.DRAFT_QT)
def draft_needs_baseline_magnesium(chart: Chart) -> Say | Because:
    """New start of a drug of order_entry.yaml and no magnesium within its time (OS-BASE)."""
    if inputs.MAGNESIUM in chart.not_known:
        return because("magnesium could not be looked at")
    wanted = {name: b for d in chart.chosen for name, b in _baselines(d, chart) if _has_none(d, b, chart)}
    if not wanted:
        return because("no such drug is being ordered, or magnesium was measured lately")
    if ordered.is_ordered(_TESTS[0], chart):
        return because("magnesium is ordered already")
    return Say(
        max(b.indicator for b in wanted.values()),
        ("do",),
        values={"drug": wording.listed(wanted)},
        tests=_TESTS,
        about=" ".join(sorted(wanted)),
    )


def _baselines(draft: Medication, chart: Chart) -> list[tuple[str, Baseline]]:
    known = chart.knowledge.order_entry.baselines
    return [(name, known[name]) for name in dict.fromkeys(r.ingredient for r in draft.roles) if name in known]


def _has_none(draft: Medication, baseline: Baseline, chart: Chart) -> bool:
    """A renewal asks only where a magnesium was measured and is older than that."""
    m = chart.magnesium
    if m is None:
        return not corrected.is_renewal(draft, chart)
    return bool(chart.above(chart.hours_since(m.when), baseline.inpatient if chart.inpatient else baseline.outpatient))
