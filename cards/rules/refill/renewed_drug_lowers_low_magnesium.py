"""Is a drug renewed that lowers magnesium, while it is low and nobody gives any?"""

from cards import wording
from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import allergies, assess, cause_advice, causes, given, renewing
from cards.model import DraftTest, Indicator, Medication, Problem, Say
from cards.plan import doses, partners

_TESTS = (DraftTest("magnesium", "oral_soon"), DraftTest("bmp", "oral_soon"))
_LINES = frozenset({"ppi", "ppi_protect", "ppi_famotidine", "ppi_allergy", "diuretic"})


@rule(Problem.REFILL)
def renewed_drug_lowers_low_magnesium(chart: Chart) -> Say | Because:
    """The line of its class, and a recheck; a warning where it is moderately low (s.14, REF-LOW)."""
    renewed = renewing.depleters(chart)
    if not renewed:
        return because("nothing is renewed that lowers magnesium")
    if given.oral_magnesium(chart) or renewing.oral_magnesium(chart):
        return because("oral magnesium is taken or renewed")
    low = assess.trusted_low(chart)
    if low is None:
        return assess.is_to_be_treated(chart)
    moderate = chart.below(low.x, "band.moderate")
    return chart.is_low and _said(Indicator.WARNING if moderate else Indicator.INFO, renewed, chart)


def _said(indicator: Indicator, renewed: tuple[Medication, ...], chart: Chart) -> Say:
    by_line = cause_advice.draft_advice(renewed, chart)
    sparing = doses.potassium_sparing_is_safe(chart)
    spared = f"diuretic_spare{allergies.sparing_suffix('diuretic', chart)}"
    known = (key if key in _LINES else "other" for key in by_line)
    lines = tuple(spared if key == "diuretic" and sparing else key for key in known)
    heart = ("heart_failure",) * ("diuretic" in by_line and chart.has("heart_failure"))
    return Say(
        indicator,
        ("found", *dict.fromkeys(lines), *heart, "recheck"),
        values={
            "names": wording.listed(causes.depleting_names(renewed)),
            "acid": cause_advice.acid_name(renewed),
            "why_no_sparing": partners.why_no_potassium_sparing(chart),
            **allergies.values(chart),
        },
        tests=_TESTS,
    )
