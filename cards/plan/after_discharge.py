"""What may be offered to a patient who goes home: tablets, and one recheck (clinical rule s.14)."""

from cards.chart import Chart, once
from cards.judgements import assess, danger, given, ionised, leaving
from cards.model import Band, DraftMedication, DraftTest
from cards.plan import oral_doses, recheck, shipped
from cards.plan.ordered import is_planned

_BY_BAND = {
    Band.CRITICAL_LOW: "severe_outpatient",
    Band.SEVERE: "severe_outpatient",
    Band.MODERATE: "oral_soon",
    Band.MILD: "oral_mild",
}


def tablets(band: Band, chart: Chart) -> DraftMedication | None:
    """Oral magnesium to go on with; None where it goes home already, or may not be given."""
    return None if ionised.explains(chart) else oral_doses.oral(shipped.tablets(band, chart), chart)


@once
def recheck_is_planned(chart: Chart) -> bool:
    """Whether magnesium is ordered for the next two weeks."""
    return is_planned("magnesium", "discharge.recheck_days", chart)


@once
def recheck_at_home(chart: Chart) -> str:
    """When magnesium is measured after going home: the earliest of all that apply (one time a patient, s.3)."""
    low = assess.trusted_low(chart)
    times = [_BY_BAND[low.band]] if low else []
    times += ["oral_soon"] if _is_risky(chart) or leaving.iv_of_late(chart) else []
    times += ["oral_week"] if leaving.kidneys_are_poor(chart) and given.oral_magnesium(chart) else []
    times += [when for when in leaving.monitored(chart).values() if not chart.knowledge.windows[when].undated]
    return recheck.earliest(times or ["oral_soon"], chart)


def _is_risky(chart: Chart) -> bool:
    m = chart.current
    return bool(m and leaving.risky_qt_drugs(chart) and danger.is_too_low_for_a_risky_drug(m.x, chart))


def tests(chart: Chart) -> tuple[DraftTest, ...]:
    """The recheck with potassium, calcium, creatinine; none where magnesium is ordered for the next two weeks."""
    if recheck_is_planned(chart):
        return ()
    when = recheck_at_home(chart)
    return (DraftTest("magnesium", when), DraftTest("bmp", when))


def line(chart: Chart) -> str:
    """The line of advice on the recheck: to be ordered, or ordered already."""
    return "planned" if recheck_is_planned(chart) else "recheck"
