"""The IV magnesium for a low-normal level that is critical for the heart (clinical rules s.2.6, 4.4)."""

from cards.chart import Chart, once
from cards.judgements import danger
from cards.model import DraftMedication
from cards.plan import doses


@once
def order(chart: Chart) -> DraftMedication | None:
    """With a critically long QTc on a drug with a known risk, where the kidneys and the stops allow; else in words."""
    critical = danger.qt_names(chart.taking("qt_risk")) and danger.qtc_is_critical(chart)
    return doses.intravenous("low_normal", chart) if critical and chart.is_fresh else None
