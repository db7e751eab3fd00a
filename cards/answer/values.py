"""The values every advice text may name: numbers with unit and date, in our own spelling."""

from functools import lru_cache

from cards.chart import Chart, once
from cards.judgements import danger
from cards.loading import Knowledge
from cards.wording import day, moment


@once
def common_values(chart: Chart) -> dict[str, object]:
    """Placeholder to text. Nothing here repeats free text of the record."""
    m, unknown = chart.current, chart.knowledge.words.say("not_known")
    qtc = danger.qtc(chart)
    named = danger.named(chart)
    return {
        "n": chart.numbers,
        **chart.knowledge.told_numbers,
        "target": _both_units("target.high_risk", chart.knowledge),
        "target_stable": _both_units("target.stable", chart.knowledge),
        "magnesium": m.shown if m else unknown,
        "magnesium_or_unknown": f"{m.shown} on {day(m.when)}" if m else unknown,
        "date": moment(m.when) if m else "",
        "date_short": day(m.when) if m else "",
        "limit": f"{m.lower_limit:.2f} mmol/L" if m else "",
        "upper_limit": f"{m.upper_limit:.2f} mmol/L" if m else "",
        "renal": chart.renal.reason,
        "potassium": _shown(chart, "potassium"),
        "potassium_or_unknown": _shown(chart, "potassium"),
        "calcium": _shown(chart, "calcium"),
        "albumin": _shown(chart, "albumin"),
        "qtc": f"{qtc:.0f} ms" if qtc else unknown,
        "qtc_or_unknown": f"{qtc:.0f} ms" if qtc else unknown,
        "risks": ", ".join(named),
        "count": str(len(chart.active)),
    }


def _shown(chart: Chart, analyte: str) -> str:
    found = chart.results.get(analyte)
    return found.shown if found else chart.knowledge.words.say("not_known")


@lru_cache(maxsize=256)
def _both_units(name: str, knowledge: Knowledge) -> str:
    """A threshold of magnesium in both units, in the order the site asks for."""
    value, per_mass = knowledge.numbers[name], knowledge.units.by_analyte["magnesium"]["mg/dl"].factor
    mass, moles = f"{value / per_mass:.1f} mg/dL", f"{value:.2f} mmol/L"
    return f"{moles} ({mass})" if knowledge.site.unit_first == "mmol/L" else f"{mass} ({moles})"
