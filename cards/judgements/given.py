"""What magnesium is given or ordered already, beside what may be advised (clinical rule s.2.4)."""

from datetime import datetime, timedelta
from itertools import accumulate

from cards.chart import Chart, once
from cards.judgements import iv_states
from cards.judgements.iv_states import is_iv_replacement, last_end, of_state
from cards.model import DoseState, MagnesiumKind, Medication, RenalGate, Route, Schedule

__all__ = ["is_iv_replacement"]

_NOW = (DoseState.RUNNING, DoseState.ORDERED)
_GIVEN = DoseState.GIVEN
_LATELY = (*_NOW, _GIVEN)


@once
def iv_magnesium_lately(chart: Chart) -> bool:
    """IV magnesium that runs, is ordered or was given of late; an order as needed is none."""
    return bool(of_state(chart, *_LATELY))


def iv_magnesium_in_progress(chart: Chart) -> bool:
    """IV magnesium that runs or is ordered for now."""
    return bool(of_state(chart, *_NOW))


@once
def iv_running(chart: Chart) -> tuple[Medication, ...]:
    """IV magnesium that runs as charted or as ordered, or may: a continuous order that nobody charted yet has begun."""
    listed = of_state(chart, DoseState.ORDERED)
    begun = [m for m in listed if m.schedule is Schedule.CONTINUOUS and (m.due or m.since or chart.now) <= chart.now]
    return (*of_state(chart, DoseState.RUNNING), *begun)


def iv_magnesium_may_run(chart: Chart) -> bool:
    """Whether IV magnesium runs, or may."""
    return bool(iv_running(chart))


@once
def iv_magnesium_ended(chart: Chart) -> Medication | None:
    """The last IV magnesium that ended lately, when none is in progress."""
    ended = of_state(chart, DoseState.GIVEN)
    if not ended or iv_magnesium_in_progress(chart):
        return None
    return max(ended, key=lambda m: last_end(m, chart) or chart.now)


def last_time(medication: Medication, chart: Chart) -> datetime:
    """When it ended, as far as told: else when it was given or ordered. A planned end that is to come is none."""
    times = (medication.until, medication.since)
    return next((t for t in times if t is not None and t <= chart.now), chart.now)


def end_is_known(medication: Medication, chart: Chart) -> bool:
    """Whether it has a beginning and an end, not one time only."""
    return medication.since is not None and last_time(medication, chart) > medication.since


@once
def lowers_urgency(chart: Chart) -> bool:
    """A charted dose that runs, or was begun after the level was drawn: the card is one step less urgent."""
    m = chart.current
    begun = [d for d in of_state(chart, DoseState.GIVEN) if m and d.since is not None and d.since > m.when]
    return any(d.charted for d in (*of_state(chart, DoseState.RUNNING), *begun))


@once
def level_is_baseline(chart: Chart) -> bool:
    """The level was drawn long enough after the last dose to judge the next one by; nothing is in progress."""
    return iv_magnesium_ended(chart) is not None and _is_drawn_after(chart, "review.level_after_dose")


@once
def level_is_early(chart: Chart) -> bool:
    """The level was drawn during a dose that ended, or soon after it, and so reads too high."""
    m, ended = chart.current, iv_magnesium_ended(chart)
    if m is None or ended is None or level_is_baseline(chart):
        return False
    return ended.since is not None and ended.since <= m.when


def _is_drawn_after(chart: Chart, limit: str) -> bool:
    """Whether the level was drawn so many hours after the end of the last dose."""
    m, dose = chart.current, iv_magnesium_ended(chart)
    over = last_end(dose, chart) if dose else None
    return bool(m and over and chart.at_least((m.when - over).total_seconds() / 3600, limit))


@once
def grams_given(chart: Chart) -> float | None:
    """The grams of IV magnesium that ended in the last 24 hours; None where a dose is not told."""
    told = [iv_states.grams_of(m) for m in of_state(chart, DoseState.GIVEN)]
    known = [grams for grams in told if grams is not None]
    return sum(known) if len(known) == len(told) else None


def grams_since(when: datetime, chart: Chart) -> float:
    """The grams of IV magnesium charted as begun since then, as far as told."""
    doses = of_state(chart, DoseState.GIVEN)
    begun = (m for m in doses if m.charted and m.since is not None and m.since >= when)
    return sum(filter(None, map(iv_states.grams_of, begun)))


@once
def room(chart: Chart) -> float:
    """How many grams more these 24 hours hold; 0 where nobody can say, and at R2 until some hours after the last."""
    grams = grams_given(chart)
    return 0.0 if grams is None or (grams and is_too_soon(chart)) else max(most_a_day(chart) - grams, 0.0)


@once
def most_a_day(chart: Chart) -> float:
    """The grams of IV magnesium that 24 hours hold here; at R2 those of a course."""
    return chart.numbers[chart.knowledge.ceilings.of(chart.renal.gate).iv_grams]


@once
def next_room(chart: Chart) -> datetime:
    """When a day that is used up has room again: a dose counts for 24 hours from its end."""
    ended = sorted((last_end(m, chart) or chart.now, iv_states.grams_of(m) or 0.0) for m in of_state(chart, _GIVEN))
    most, total = most_a_day(chart), sum(grams for _, grams in ended)
    if is_too_soon(chart) and total < most:
        return ended[-1][0] + timedelta(hours=chart.numbers["recheck.after_iv_end"])
    freed = zip((over for over, _ in ended), accumulate(grams for _, grams in ended), strict=True)
    over = next(over for over, gone in freed if total - gone < most)
    return over + timedelta(hours=chart.numbers["duplicate.iv_hours"])


def is_too_soon(chart: Chart) -> bool:
    """Whether kidneys of R2 have to wait for a level some hours after the last dose."""
    return chart.renal.gate is RenalGate.R2 and not _is_drawn_after(chart, "recheck.after_iv_end")


@once
def day_is_used_up(chart: Chart) -> bool:
    """What was given leaves no room for a dose before 24 hours are over (s.2.4)."""
    return bool(grams_given(chart)) and iv_magnesium_ended(chart) is not None and room(chart) == 0


@once
def holds_dose(chart: Chart) -> bool:
    """Whether what is given or ordered forbids a further dose of our own (s.2.4); an emergency has its own answer.

    After a dose one is judged by a level drawn late enough; by an earlier one only where it is critical.
    """
    if of_state(chart, *_NOW, DoseState.AS_NEEDED):
        return True
    if iv_magnesium_ended(chart) is None or level_is_baseline(chart):
        return False
    m = chart.current
    return not (m and level_is_early(chart) and chart.below(m.x, "band.critical_low"))


def nutrition_has_magnesium(chart: Chart) -> bool:
    """Parenteral nutrition is running: it may hold magnesium, so no further IV order."""
    kinds = [m.magnesium.kind for m in chart.holding_magnesium if m.magnesium and m.status == "active"]
    return MagnesiumKind.NUTRITION in kinds


def nutrition_holds_dose(chart: Chart) -> bool:
    """Parenteral nutrition is to be adjusted instead of an order of our own, unless it is critically low (s.2.4)."""
    m = chart.current
    return nutrition_has_magnesium(chart) and not (m and chart.below(m.x, "band.critical_low"))


def gut_is_unused(chart: Chart) -> bool:
    """Fed parenterally, and no medicine is taken by mouth."""
    return nutrition_has_magnesium(chart) and not any(m.route is Route.ORAL for m in chart.active)


def oral_magnesium(chart: Chart) -> tuple[Medication, ...]:
    """Oral magnesium being taken, or that goes home as far as known: replacement or a single-salt laxative."""
    home = chart.going_home if chart.is_leaving else None
    return tuple(m for m in (chart.active if home is None else home) if is_oral_magnesium(m))


def oral_replacement(chart: Chart) -> tuple[Medication, ...]:
    """The same without laxatives as needed, which replace nothing (s.2.4)."""
    return tuple(m for m in oral_magnesium(chart) if not is_laxative_as_needed(m))


def is_laxative_as_needed(medication: Medication) -> bool:
    """A laxative or antacid that is taken as needed."""
    order = medication.magnesium
    as_needed = medication.schedule is Schedule.AS_NEEDED
    return as_needed and order is not None and order.kind is not MagnesiumKind.REPLACEMENT


def is_oral_magnesium(medication: Medication) -> bool:
    """Magnesium by mouth: replacement or a single-salt laxative."""
    kind = medication.magnesium.kind if medication.magnesium else None
    return medication.route is not Route.INTRAVENOUS and kind in (MagnesiumKind.REPLACEMENT, MagnesiumKind.LAXATIVE)


def oral_magnesium_is_new(chart: Chart) -> bool:
    """Whether all that is taken was started after the low result, which then tells nothing of how well it works."""
    taken, low = oral_replacement(chart), chart.low
    return bool(taken) and low is not None and all(m.since is not None and m.since > low.when for m in taken)


def drafts_magnesium(chart: Chart) -> bool:
    """The clinician is ordering magnesium replacement."""
    kinds = (MagnesiumKind.REPLACEMENT, MagnesiumKind.OBSTETRIC)
    return any(d.magnesium and d.magnesium.kind in kinds for d in chart.drafts)
