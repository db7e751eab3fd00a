"""Is IV magnesium already running, ordered or given?"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import assess, given, hard_stops, iv_states
from cards.model import DoseState, DraftTest, Indicator, Medication, Problem, Say
from cards.plan import doses, recheck, shipped
from cards.units import shown
from cards.wording import moment


@rule(Problem.LOW_MAGNESIUM, adds=True)
def iv_magnesium_is_running(chart: Chart) -> Say | Because:
    """IV magnesium now, ordered or lately, by protocol, or in parenteral nutrition (SAF-DUP): no second order."""
    if running := iv_states.of_state(chart, DoseState.RUNNING):
        return _said("running", _latest(running, chart), chart)
    if ordered := iv_states.of_state(chart, DoseState.ORDERED):
        return _said("ordered", _latest(ordered, chart), chart)
    if ended := given.iv_magnesium_ended(chart):
        return _said("given", ended, chart)
    if iv_states.of_state(chart, DoseState.AS_NEEDED):
        return Say(Indicator.INFO, ("protocol",), title="protocol")
    if given.nutrition_has_magnesium(chart):
        return Say(Indicator.INFO, ("nutrition",), title="nutrition")
    return because("no IV magnesium now or lately, no parenteral nutrition")


def _latest(doses_of: Sequence[Medication], chart: Chart) -> Medication:
    """The one that is named: in whatever order they are listed."""
    return max(doses_of, key=lambda m: given.last_time(m, chart))


def _said(state: str, medication: Medication, chart: Chart) -> Say:
    when = recheck.after_iv(chart)
    used = _used_up(chart) if state == "given" else ()
    past = _past(medication, chart) if state == "given" else (state,)
    lines = (*used, *(past[1:] if used else past))
    return Say(
        Indicator.INFO,
        (*lines, "check") if when == "after_iv" else lines,
        title="day_used" if used else "" if given.level_is_baseline(chart) else state,
        values={
            "time": moment(_when(state, medication, chart)),
            "grams": _grams(given.grams_given(chart)),
            "room": shown(given.room(chart), 1),
            **(_room_again(chart) if used else {}),
        },
        tests=() if doses.plan(chart).iv else (DraftTest("magnesium", when),),
    )


def _when(state: str, medication: Medication, chart: Chart) -> datetime:
    """Of what was given its end, by start and rate where nobody charted one."""
    planned = iv_states.end(medication) if state == "given" else None
    return planned if planned and planned <= chart.now else given.last_time(medication, chart)


def _grams(grams: float | None) -> str:
    return f"{shown(grams, 1)} g " if grams else ""


def _used_up(chart: Chart) -> tuple[str, ...]:
    """That the day holds no more, where an infusion is what this level asks for and nothing else forbids it."""
    band = assess.dose_band(chart.low, chart) if chart.low else None
    wanted = band is not None and shipped.infusion(band, chart)
    if not wanted or not given.day_is_used_up(chart) or hard_stops.iv_is_forbidden(chart) or assess.emergency(chart):
        return ()
    return ("too_soon",) if given.is_too_soon(chart) else ("day_used", "day_most")


def _room_again(chart: Chart) -> Mapping[str, str]:
    return {"room_time": moment(given.next_room(chart)), "most": shown(given.most_a_day(chart), 1)}


def _past(medication: Medication, chart: Chart) -> tuple[str, ...]:
    """What was given, how the level stands to it, and what a protocol may add."""
    early = ("early",) * given.level_is_early(chart)
    protocol = ("protocol_room",) * bool(iv_states.of_state(chart, DoseState.AS_NEEDED))
    planned = iv_states.end(medication)
    is_over = given.end_is_known(medication, chart) or (planned is not None and planned <= chart.now)
    return ("ended" if is_over else "given", *early, *protocol)
