"""Why this card, why not that one: a decision as plain data for people."""

from datetime import datetime

from cards.knowledge import Knowledge
from cards.model import Decision, Facts, Medication, Result, RuleTrace

Json = dict[str, object]


def explain(decision: Decision, knowledge: Knowledge) -> Json:
    """Facts, every rule with its outcome, reason, deciding numbers and their sources, what was set aside."""
    facts = decision.trace.facts
    return {
        "knowledge_version": decision.trace.knowledge_version,
        "approval": knowledge.approval,
        "facts": _facts(facts),
        "rules": [_rule(r, knowledge) for r in decision.trace.rules],
        "set_aside": [{"what": s.what, "why": s.why} for s in facts.set_aside],
        "cards": [card.body for card in decision.cards],
    }


def _facts(facts: Facts) -> Json:
    m = facts.magnesium
    return {
        "hook": facts.hook,
        "setting": facts.setting.value,
        "age_years": None if facts.age_days is None else int(facts.age_days / 365.25),
        "sex": facts.sex,
        "magnesium": m
        and {
            "shown": m.shown,
            "mmol_per_l": m.x,
            "band": m.band.value,
            "limits": [m.lower_limit, m.upper_limit],
            "when": _iso(m.when),
            "freshness": m.freshness.value,
            "status": m.status,
            "haemolysed": m.haemolysed,
        },
        "renal": {"gate": facts.renal.gate.value, "egfr": facts.renal.egfr, "reason": facts.renal.reason},
        "results": {name: _result(r) for name, r in sorted(facts.results.items())},
        "medications": None if facts.medications is None else [_medication(m) for m in facts.medications],
        "drafts": [_medication(d) for d in facts.drafts],
        "conditions": sorted(facts.conditions),
        "not_known": sorted(facts.not_known),
    }


def _result(result: Result) -> Json:
    return {"shown": result.shown, "when": _iso(result.when)}


def _medication(medication: Medication) -> Json:
    roles = sorted({f"{r.role} ({r.evidence})" if r.evidence else r.role for r in medication.roles})
    return {
        "name": medication.name,
        "route": medication.route.value,
        "status": medication.status,
        "roles": roles,
        "magnesium": medication.magnesium.kind.value if medication.magnesium else None,
    }


def _rule(trace: RuleTrace, knowledge: Knowledge) -> Json:
    advice = knowledge.advice[trace.rule]
    told: Json = {"rule": trace.rule, "question": advice.question, "outcome": trace.outcome, "why": trace.why}
    if trace.outcome != "silent":
        told["numbers"] = [_number(name, knowledge) for name in trace.numbers]
        told["sources"] = [_source(number, knowledge) for number in advice.sources]
    return told


def _number(name: str, knowledge: Knowledge) -> Json:
    t = knowledge.thresholds[name]
    return {"id": name, "value": t.value, "unit": t.unit, "source": t.source, "valid_from": str(t.valid_from)}


def _source(number: str, knowledge: Knowledge) -> Json:
    source = knowledge.sources.get(number.removesuffix("m") if number != "MEM" else number)
    return {"id": number, "title": source.title, "status": source.status} if source else {"id": number}


def _iso(when: datetime) -> str:
    return when.isoformat(timespec="minutes")
