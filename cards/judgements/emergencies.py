"""What an emergency asks for by what is known of it: its level, its age, and what was given since (s.2.3)."""

from cards.chart import Because, Chart, because
from cards.judgements import assess, danger, given
from cards.model import RenalGate


def dose_is_given(chart: Chart) -> bool:
    """As much as a load was charted since the emergency began: it is repeated only when it recurs (s.2.3)."""
    listed = (*chart.among("emergencies"), chart.conditions.get("digoxin_toxicity"))
    began = [c.since for c in listed if c is not None and c.since is not None and danger.is_current(c, chart)]
    return bool(began and chart.at_least(given.grams_since(min(began), chart), _load(chart)))


def load(chart: Chart) -> float:
    """The grams of magnesium sulfate that are a load here."""
    return chart.numbers[_load(chart)]


def _load(chart: Chart) -> str:
    """Half a load with kidneys that fail, and for digoxin toxicity with poor ones (s.2.3)."""
    gate, digoxin = chart.renal.gate, assess.emergency(chart) == "digoxin"
    halved = gate is RenalGate.R3 or (digoxin and gate is RenalGate.R2)
    return "emergency.load.half" if halved else "emergency.load"


def level_is_old(chart: Chart) -> Because:
    """Whether the level of an emergency is so old that another is drawn at once (s.2.3); torsades needs none."""
    m = chart.current
    if m is None or assess.emergency(chart) == "torsades":
        return because("no level, or torsades at any level")
    return chart.above(chart.hours_since(m.when), "emergency.hours")


def level_allows(chart: Chart) -> Because:
    """Whether the dose of an emergency may be ordered by its level: an old one only when it is severe (s.2.3)."""
    m, old = chart.current, level_is_old(chart)
    if m is None or not old:
        return Because(True, old.why)
    recent = chart.at_most(chart.hours_since(m.when), "emergency.level_hours")
    return chart.of_parts(recent and danger.is_severe(m.x, chart), recent)


def is_on_record(chart: Chart) -> bool:
    """An arrhythmia, seizure or tetany, of now or not."""
    return chart.has("emergencies")


def lacks_level(chart: Chart) -> Because:
    """An arrhythmia, seizure or tetany of now, no child, and no magnesium of these days to judge it by."""
    if assess.is_child(chart) or assess.emergency(chart):
        return because("a child, or the emergency rule speaks")
    found = [c for c in chart.among("emergencies") if danger.is_current(c, chart)]
    if not found or chart.has("pre_eclampsia"):
        return because("no emergency now, or one of the obstetrician's")
    last = chart.magnesium
    if last is None:
        return Because(True, "no magnesium result")
    return chart.above(chart.hours_since(last.when), "emergency.level_hours")
