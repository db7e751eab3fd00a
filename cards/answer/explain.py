"""Why this card, why not that one: a decision as plain data for people."""

from datetime import datetime
from itertools import groupby
from math import isfinite

from cards.chart import Because, Chart, inputs
from cards.chart.bands import default_lower_limit, scale_of
from cards.chart.sorting import Kind
from cards.judgements import allergies, causes
from cards.loading import Knowledge
from cards.model import LOW_BANDS, Band, Decision, DrugRole, Magnesium, Medication, Result, RuleTrace

Json = dict[str, object]
_CAUSES = "drugs_cause_low_magnesium"


def explain(decision: Decision, knowledge: Knowledge) -> Json:
    """Facts, every rule with its outcome, reason, deciding numbers and their sources, what was set aside."""
    facts = decision.trace.chart
    return {
        "knowledge_version": decision.trace.knowledge_version,
        "approval": knowledge.approval,
        "facts": _facts(facts, _named_causes(decision, knowledge), knowledge),
        "rules": [_rule(r, knowledge) for r in decision.trace.rules],
        "not_understood": [{"what": k.what.value, "why": k.why.value, "count": n} for k, n in _counted(facts)],
        "set_aside": [{"what": s.what, "why": s.why} for s in facts.set_aside],
        "cards": [card.body for card in decision.cards],
    }


def _counted(chart: Chart) -> list[tuple[Kind, int]]:
    return sorted(chart.not_understood.items(), key=lambda item: (-item[1], item[0].what, item[0].why))


def _named_causes(decision: Decision, knowledge: Knowledge) -> tuple[Medication, ...]:
    """The medicines that the rule about causes spoke of."""
    spoke = any(r.rule == _CAUSES and r.outcome != "silent" for r in decision.trace.rules)
    return tuple(c.medication for c in causes.culprits(decision.trace.chart)) if spoke else ()


def _facts(chart: Chart, named: tuple[Medication, ...], knowledge: Knowledge) -> Json:
    return {
        "hook": chart.hook,
        "setting": chart.setting.value,
        "age_years": None if chart.age_days is None else int(chart.age_days / 365.25),
        "sex": chart.sex,
        "magnesium": chart.magnesium and _magnesium(chart.magnesium, chart.is_adult),
        "magnesium_scale": _scale(chart),
        "renal": {"gate": chart.renal.gate.name, "egfr": chart.renal.egfr, "reason": chart.renal.reason},
        "results": {name: _result(r) for name, r in sorted(chart.results.items())},
        "medications": None
        if chart.medications is None
        else [_medication(m, knowledge, m in named) for m in chart.medications],
        "drafts": [_medication(d, knowledge) for d in chart.drafts],
        "conditions": sorted(chart.conditions),
        "allergies": _allergies(chart),
        "not_known": sorted(chart.not_known),
    }


def _allergies(chart: Chart) -> list[str] | None:
    """Of the allergy list what stands against anything that may be offered; None where nobody could say."""
    if inputs.ALLERGIES in chart.not_known:
        return None
    return [allergies.told((allergy,), chart) for allergy in chart.allergies]


def _magnesium(m: Magnesium, adult: bool | None) -> Json:
    return {
        "shown": m.shown,
        "mmol_per_l": m.x,
        "band": _graded(m.band, adult),
        "limits": [m.lower_limit, m.upper_limit],
        "when": _iso(m.when),
        "freshness": m.freshness.value,
        "status": m.status,
        "haemolysed": m.haemolysed,
        "plausible": m.plausible,
        "earlier": [{"when": _iso(when), "mmol_per_l": x} for when, x in m.earlier],
    }


def _scale(chart: Chart) -> list[Json]:
    """The bands in mmol/L as they apply to this patient; severity is graded in adults only."""
    n, m = chart.numbers, chart.magnesium
    lower = m.lower_limit if m else n[default_lower_limit(chart.age_days, n)]
    bands = scale_of(lower, m.upper_limit if m else n["limit.upper.default"], n)
    named = [(_graded(band, chart.is_adult), a, b) for band, a, b in bands]
    return [_joined(name, [(a, b) for _, a, b in same]) for name, same in groupby(named, key=lambda part: part[0])]


def _graded(band: Band, adult: bool | None) -> str:
    if adult is not False:
        return band.value
    return "low" if band in LOW_BANDS else "normal" if band is Band.SUBOPTIMAL else band.value


def _joined(name: str, parts: list[tuple[float, float]]) -> Json:
    top = parts[-1][1]
    return {"band": name, "from": parts[0][0], "to": top if isfinite(top) else None}


def _result(result: Result) -> Json:
    return {"shown": result.shown, "when": _iso(result.when)}


def _evidence(role: DrugRole, knowledge: Knowledge) -> Json:
    """What the table of drugs says of one role: since when, what to do, how far apart, and who says so."""
    told = {"onset": role.onset, "advice": role.advice, "h_before": role.hours_before, "h_after": role.hours_after}
    sources = [_source(number, knowledge) for number in role.source.split(";") if number]
    return {"role": role.role, "class": role.drug_class, **{k: v for k, v in told.items() if v}, "sources": sources}


def _medication(medication: Medication, knowledge: Knowledge, named_cause: bool = False) -> Json:
    roles = sorted({f"{r.role} ({r.evidence})" if r.evidence else r.role for r in medication.roles})
    return {
        "name": medication.name,
        "reference": medication.reference,
        "route": medication.route.value,
        "status": medication.status,
        "since": medication.since and _iso(medication.since),
        "until": medication.until and _iso(medication.until),
        "roles": roles,
        "evidence": [_evidence(role, knowledge) for role in medication.roles],
        "named_cause": named_cause,
        "magnesium": medication.magnesium.kind.value if medication.magnesium else None,
    }


def _rule(trace: RuleTrace, knowledge: Knowledge) -> Json:
    advice = knowledge.advice[trace.rule]
    told: Json = {"rule": trace.rule, "question": advice.question, "outcome": trace.outcome, "why": trace.why}
    if trace.outcome != "silent":
        told["numbers"] = [_number(reason) for reason in trace.decided]
        told["sources"] = [_source(number, knowledge) for number in advice.sources]
    return told


def _number(reason: Because) -> Json:
    """A limit, and the patient's value that crossed it."""
    t = reason.threshold
    if t is None:
        return {"told": reason.words}
    limit = {"id": t.id, "value": t.value, "unit": t.unit, "source": t.source, "valid_from": str(t.valid_from)}
    return {**limit, "patient": reason.value, "told": reason.told, "limit": reason.limit}


def _source(number: str, knowledge: Knowledge) -> Json:
    source = knowledge.sources.get(number.removesuffix("m") if number != "MEM" else number)
    return {"id": number, "title": source.title, "status": source.status} if source else {"id": number}


def _iso(when: datetime) -> str:
    return when.isoformat(timespec="minutes")
