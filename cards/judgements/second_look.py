"""What is worth asking for beyond the first look: only where magnesium matters (clinical rule s.10)."""

from cards.chart import Chart
from cards.chart.inputs import IF_SENT, INPUTS, Input
from cards.judgements import danger, given

_BLOCKER = "neuromuscular_blocker"


def second_look(chart: Chart) -> tuple[Input, ...]:
    """The inputs to ask for by now: none for most patients, and none for who has died or is in comfort care."""
    if chart.died or chart.in_comfort_care or not _matters(chart):
        return ()
    unknown = chart.not_known - chart.failed
    waiting = (asked for asked in INPUTS if asked.second_look and asked.key in unknown)
    return tuple(asked for asked in (*waiting, *IF_SENT) if not asked.beside or chart.has(asked.beside))


def _matters(chart: Chart) -> bool:
    """Magnesium out of range or running into a vein, an emergency of now, or magnesium or a blocker drafted."""
    drafted = any(d.magnesium or any(role.is_in(_BLOCKER) for role in d.roles) for d in chart.drafts)
    emergency = any(danger.is_current(condition, chart) for condition in chart.among("emergencies"))
    return drafted or emergency or bool(chart.is_low) or bool(chart.is_high) or bool(given.iv_running(chart))
