"""The values every advice text may name: numbers with unit and date, in our own spelling."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache

from cards.chart import Chart, once
from cards.judgements import danger
from cards.loading import Knowledge
from cards.model import Result

_UNKNOWN = "not known"
_TOLD_IN_DAYS = 168
_MG_PER_MMOL = 24.305  # the molar mass of magnesium


@once
def common_values(chart: Chart) -> dict[str, object]:
    """Placeholder to text. Nothing here repeats free text of the record."""
    m = chart.current
    qtc = danger.qtc(chart)
    named = danger.named(chart)
    return {
        "n": chart.numbers,
        **_told_numbers(chart.knowledge),
        "target": _both_units("target.high_risk", chart.knowledge),
        "target_stable": _both_units("target.stable", chart.knowledge),
        "magnesium": m.shown if m else _UNKNOWN,
        "magnesium_or_unknown": f"{m.shown} on {day(m.when)}" if m else _UNKNOWN,
        "date": moment(m.when) if m else "",
        "date_short": day(m.when) if m else "",
        "limit": f"{m.lower_limit:.2f} mmol/L" if m else "",
        "upper_limit": f"{m.upper_limit:.2f} mmol/L" if m else "",
        "renal": chart.renal.reason,
        "potassium": _shown(chart.results, "potassium"),
        "potassium_or_unknown": _shown(chart.results, "potassium"),
        "calcium": _shown(chart.results, "calcium"),
        "albumin": _shown(chart.results, "albumin"),
        "qtc": f"{qtc:.0f} ms" if qtc else _UNKNOWN,
        "qtc_or_unknown": f"{qtc:.0f} ms" if qtc else _UNKNOWN,
        "risks": ", ".join(named),
        "count": str(len(chart.active)),
    }


@lru_cache(maxsize=256)
def _told_numbers(knowledge: Knowledge) -> dict[str, dict[str, str]]:
    """Thresholds as sentences name them: a span of time in hours or days, a rate in mg/min, magnesium in mg."""
    known = knowledge.thresholds.values()
    return {
        "span": {t.id: _span(t.value) for t in known if t.unit == "h"},
        "mg_min": {t.id: f"{t.value * 1000 / 60:g}" for t in known if t.unit == "g/h"},
        "mg": {t.id: f"{t.value * _MG_PER_MMOL:.0f}" for t in known if t.unit.startswith("mmol/24")},
    }


def _span(hours: float) -> str:
    """Weeks and more are told in days."""
    days = hours / 24
    return f"{days:g} days" if hours >= _TOLD_IN_DAYS and days == int(days) else f"{hours:g} h"


def day(when: datetime) -> str:
    """A date as it is read on a ward."""
    return f"{when.day} {when:%b %Y}"


def moment(when: datetime) -> str:
    """Date and time, in the zone of the result."""
    return f"{day(when)}, {when:%H:%M}"


def _shown(results: Mapping[str, Result], analyte: str) -> str:
    found = results.get(analyte)
    return found.shown if found else _UNKNOWN


@lru_cache(maxsize=256)
def _both_units(name: str, knowledge: Knowledge) -> str:
    """A threshold of magnesium in both units, in the order the site asks for."""
    value, per_mass = knowledge.numbers[name], knowledge.units.by_analyte["magnesium"]["mg/dl"].factor
    mass, moles = f"{value / per_mass:.1f} mg/dL", f"{value:.2f} mmol/L"
    return f"{moles} ({mass})" if knowledge.site.unit_first == "mmol/L" else f"{mass} ({moles})"
