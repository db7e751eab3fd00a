"""What is said where low magnesium goes home (clinical rule s.14): tablets, and the recheck."""

from cards.chart import Because, Chart, because
from cards.judgements import assess, given, ionised
from cards.model import Band, DraftMedication, Indicator, Say, Suggestion
from cards.plan import after_discharge, doses


def says_low(band: Band, usual: Indicator, chart: Chart) -> Say | Because:
    """Tablets where none go home, and a recheck where none is ordered; silent where nothing is left to do."""
    low = assess.trusted_low(chart)
    if low is None:
        return assess.is_to_be_treated(chart)
    in_band = assess.lies_in(band, low.x, chart)
    if in_band and given.oral_magnesium(chart) and after_discharge.recheck_is_planned(chart) and chart.going_home:
        return because("oral magnesium goes home and a recheck is ordered")
    return in_band and _said(band, usual, after_discharge.tablets(band, chart), chart)


def _said(band: Band, usual: Indicator, tablets: DraftMedication | None, chart: Chart) -> Say:
    values = doses.dose_values(tablets)
    offered = tablets is not None and chart.going_home is not None
    button = (Suggestion("oral", (tablets,), recommended=True, values=values),) if tablets and offered else ()
    return Say(
        Indicator.INFO if ionised.explains(chart) else usual,
        ("found", _tablet_line(tablets, chart), after_discharge.line(chart)),
        values=values,
        suggestions=button,
        tests=after_discharge.tests(chart),
        title="oral" if offered else "",
    )


def _tablet_line(tablets: DraftMedication | None, chart: Chart) -> str:
    """Where nobody says what goes home, tablets are told in words alone."""
    if given.oral_replacement(chart):
        return "taken" if chart.going_home else "taken_here"
    if tablets is None:
        return "none"
    return "oral" if chart.going_home is not None else "in_words"
