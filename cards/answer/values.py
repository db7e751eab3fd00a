"""The values every advice text may name: numbers with unit and date, in our own spelling."""

from functools import lru_cache

from cards.chart import Chart, once
from cards.judgements import danger
from cards.loading import Knowledge
from cards.units import level
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
        "magnesium_or_unknown": chart.knowledge.words.say("result.on", result=m.shown, day=day(m.when))
        if m
        else unknown,
        "date": moment(m.when) if m else "",
        "date_short": day(m.when) if m else "",
        "limit": _level(m.lower_limit, chart.knowledge) if m else "",
        "upper_limit": _level(m.upper_limit, chart.knowledge) if m else "",
        "renal": chart.renal.reason,
        "potassium": _shown(chart, "potassium"),
        "potassium_or_unknown": _shown(chart, "potassium"),
        "calcium": _shown(chart, "calcium"),
        "albumin": _shown(chart, "albumin"),
        "qtc": f"{qtc:.0f} ms" if qtc else unknown,
        "qtc_or_unknown": f"{qtc:.0f} ms" if qtc else unknown,
        "risks": ", ".join(named),
        "count": str(len(chart.active)),
        "pressure": _found("pressure", "hypotension", chart),
        "slow_heart": _found("slow_heart", "bradycardia", chart),
    }


def _found(phrase: str, category: str, chart: Chart) -> str:
    """Where a condition is known from: a vital sign with its time, else the record."""
    found, say = chart.conditions.get(category), chart.knowledge.words.say
    if found is None or not found.measured or found.since is None:
        return say(f"{phrase}.recorded")
    return say(f"{phrase}.measured", sign=found.name, time=moment(found.since))


def _shown(chart: Chart, analyte: str) -> str:
    found = chart.results.get(analyte)
    return found.shown if found else chart.knowledge.words.say("not_known")


def _level(value: float, knowledge: Knowledge) -> str:
    return level("magnesium", value, knowledge.site.unit_first, knowledge.units)


@lru_cache(maxsize=256)
def _both_units(name: str, knowledge: Knowledge) -> str:
    """A threshold of magnesium in both units, in the order the site asks for."""
    value, per_mass = knowledge.numbers[name], knowledge.units.by_analyte["magnesium"]["mg/dl"].factor
    if knowledge.site.units.alone:
        return _level(value, knowledge)
    moles, first = f"{value:.2f} mmol/L", knowledge.site.unit_first
    mass = _level(value, knowledge) if first == "mEq/L" else f"{value / per_mass:.1f} mg/dL"
    return f"{moles} ({mass})" if first == "mmol/L" else f"{mass} ({moles})"
