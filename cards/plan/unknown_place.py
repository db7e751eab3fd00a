"""What is to be done about a severe level where nobody knows where the patient is (clinical rule s.0.6)."""

from cards.chart import Chart, once
from cards.judgements import assess, given
from cards.model import SEVERE_BANDS, Setting
from cards.plan import doses, shipped


@once
def alone_withholds_iv(chart: Chart) -> bool:
    """Whether nothing but the unknown place withholds an IV order for a severe or critical level."""
    low, unknown = chart.low, chart.setting is Setting.UNKNOWN
    if not unknown or low is None or low.band not in SEVERE_BANDS or not assess.dose_may_be_offered(chart):
        return False
    band = assess.dose_band(low, chart)
    row = shipped.infusion(band, chart) if band in SEVERE_BANDS else ""
    return bool(row) and doses.intravenous_anywhere(row, chart) is not None


def lines(chart: Chart) -> tuple[str, ...]:
    """IV magnesium is named only where nothing but the place withholds it: never beside what forbids it."""
    if alone_withholds_iv(chart):
        return ("place_unknown",)
    return ("do_none",) if given.holds_dose(chart) else ("do_none", "if_at_home")


def title(plan: doses.Plan, chart: Chart) -> str:
    """The summary names the place of treatment where a dose is withheld for it."""
    return "place_unknown" if alone_withholds_iv(chart) else plan.title
