"""What hangs on what nobody could read."""

from collections.abc import Iterable, Mapping

from cards.chart import Chart
from cards.chart.ingredients import told_of
from cards.judgements import allergies, hard_stops
from cards.loading import HardStop
from cards.model import JsonObject


def shares(chart: Chart) -> Mapping[str, str]:
    """How many of the medicines and problems could not be read, as texts name them."""
    medicines, problems, listed = chart.unread_current, chart.unread_problems, chart.unread_allergies
    return {
        "unread_medicines": str(medicines.unread),
        "medicines": str(medicines.listed),
        "unread_problems": str(problems.unread),
        "problems": str(problems.listed),
        "unread_allergies": str(listed.unread),
        "allergies": str(listed.listed),
    }


def told_apart(drafts: Iterable[JsonObject], chart: Chart) -> str:
    """What tells unread drafted orders from others: their codes, whatever their ids."""
    codes = (told.codes for draft in drafts for told in told_of(draft, chart.bundled)[:1])
    return " ".join(sorted(f"{system}|{code}" for listed in codes for system, code in listed))


def reasons_to_refuse(chart: Chart) -> tuple[str, ...]:
    """What on record forbids IV magnesium (hard_stops.yaml), in words."""
    stops = (stop for stop in chart.knowledge.hard_stops.values() if hard_stops.stops(stop, chart))
    return tuple(name for stop in stops for name in _named(stop, chart))


def _named(stop: HardStop, chart: Chart) -> tuple[str, ...]:
    if stop.renal:
        return (chart.renal.reason,)
    if stop.allergy:
        return (allergies.told(allergies.stop(stop.allergy, chart), chart),)
    if stop.condition:
        return tuple(c.name for c in chart.conditions.values() if c.category == stop.condition)
    return tuple(dict.fromkeys(m.name for m in chart.active if stop.drug_group in {r.of_class.group for r in m.roles}))
