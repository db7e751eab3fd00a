"""When magnesium is to be measured again: which time of monitoring.yaml holds (clinical rule s.3)."""

from collections.abc import Iterable
from datetime import timedelta

from cards.chart import Chart
from cards.judgements import assess, cause_advice, danger, given, iv_states
from cards.model import Band, RenalGate, Setting
from cards.plan import doses, site_protocol


def when(band: Band, chosen: doses.Plan, chart: Chart) -> str:
    """When to measure magnesium again: an id of monitoring.yaml (clinical rule s.3)."""
    if chosen.course and (own := site_protocol.recheck(chosen.course, chart)):
        return own
    if chosen.iv:
        return "after_iv_r2" if chart.renal.gate is RenalGate.R2 else "after_iv"
    if given.iv_magnesium_lately(chart):
        return after_iv(chart)
    asked = _severe(band, chart) if assess.is_severe_band(band) else _oral(band, chart)
    return earliest((asked, *cause_advice.rechecks(chart.active, chart)), chart)


def earliest(times: Iterable[str], chart: Chart) -> str:
    """Of several times the shortest: the one that begins first, of several such the one that ends first (s.3)."""
    return min(times, key=lambda when: ((w := chart.knowledge.windows[when]).hours, w.until or 0.0))


def _oral(band: Band, chart: Chart) -> str:
    if assess.is_refed(chart):
        return "refeeding"
    if chart.setting.stays_overnight:
        return "next_morning"
    soon = band is Band.MODERATE or chart.renal.gate is RenalGate.R2
    if soon or assess.loses_magnesium(chart) or danger.named(chart):
        return "oral_soon"
    return "oral_week" if chart.renal.gate > RenalGate.R0 else "oral_mild"


def after_iv(chart: Chart) -> str:
    """After its end; now when that time has come; from day to day when the result is of that time."""
    ended = given.iv_magnesium_ended(chart)
    if ended is None:
        return site_protocol.recheck_of_running(chart) or "after_iv"
    if given.level_is_baseline(chart):
        return "daily"
    over = iv_states.last_end(ended, chart) or chart.now
    due = over + timedelta(hours=chart.numbers["recheck.after_iv_end"])
    return "now" if chart.now >= due else "after_iv"


def _severe(band: Band, chart: Chart) -> str:
    if chart.inpatient:
        return "severe_inpatient"
    if band is Band.CRITICAL_LOW:
        return "today"
    return "severe_inpatient" if chart.setting is Setting.UNKNOWN else "severe_outpatient"
