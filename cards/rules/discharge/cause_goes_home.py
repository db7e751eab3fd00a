"""Does a drug go home that lowered magnesium in the stay?"""

from cards import wording
from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import allergies, causes, given, leaving
from cards.model import Indicator, Medication, Problem, Say
from cards.plan import after_discharge, doses, partners


@rule(Problem.DISCHARGE)
def cause_goes_home(chart: Chart) -> Say | Because:
    """Low in the stay, and a PPI taken for long, a loop or thiazide diuretic goes on (s.14, DIS-CAUSE)."""
    found = leaving.causes_that_go_home(chart)
    if not found:
        return leaving.home_is_known(chart) and because("no PPI or diuretic goes home that may have caused it")
    if given.oral_magnesium(chart) and after_discharge.recheck_is_planned(chart):
        return because("oral magnesium goes home and a recheck is ordered")
    return leaving.may_speak(chart) and leaving.was_low(chart) and _said(found, chart)


def _said(found: tuple[Medication, ...], chart: Chart) -> Say:
    acid = [m for m in found if causes.is_ppi(m)]
    diuretics = [m for m in found if causes.is_diuretic_drug(m)]
    spared = f"diuretic_spare{allergies.sparing_suffix('diuretic', chart)}"
    sparing = spared if doses.potassium_sparing_is_safe(chart) else "diuretic"
    acid_line = "ppi_allergy" if allergies.to_alternative("famotidine", chart) else "ppi"
    lines = (acid_line,) * bool(acid) + (sparing,) * bool(diuretics)
    heart = ("heart_failure",) * bool(diuretics and chart.has("heart_failure"))
    return Say(
        Indicator.INFO,
        ("found", *lines, *heart),
        values={
            "names": wording.listed(causes.depleting_names(found)),
            "acid": wording.listed(causes.depleting_names(acid)),
            "diuretics": wording.listed(causes.depleting_names(diuretics)),
            "why_no_sparing": partners.why_no_potassium_sparing(chart),
            **allergies.values(chart),
        },
    )
