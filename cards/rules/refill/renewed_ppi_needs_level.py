"""Is a PPI renewed after a year without a level, where a low one would be dangerous?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import causes, renewing
from cards.model import DraftTest, Medication, Problem, Say

_TESTS = (DraftTest("magnesium", "with_refill"),)


@rule(Problem.REFILL)
def renewed_ppi_needs_level(chart: Chart) -> Say | Because:
    """A year on it, no magnesium in 12 months, and what makes a low level likely or dangerous (s.14, REF-PPI)."""
    renewed = renewing.old_ppis(chart)
    if not renewed:
        return because("a PPI taken for a year is not renewed")
    return renewing.needs_level(renewed, _risks, _TESTS, chart)


def _risks(chart: Chart) -> tuple[str, ...]:
    """Digoxin, a loop or thiazide diuretic, a torsades-risk drug, an earlier low level."""
    diuretics = (name for m in (*chart.active, *chart.chosen) if causes.is_diuretic_drug(m) for name in _names(m))
    prior = (chart.knowledge.words.say("prior_low"),) * renewing.was_ever_low(chart)
    return tuple(dict.fromkeys((*renewing.heart_risks(chart), *diuretics, *prior)))


def _names(medication: Medication) -> tuple[str, ...]:
    return causes.depleting_names([medication])
