"""A call as an example for people: what was known and which rule said what; no name, date or free text."""

from cards import Knowledge
from cds_service.backtest.compare import suggestion_labels
from cds_service.backtest.replay import Call
from cds_service.errors import JsonDict

_OLDEST_DECADE = 90


def example_of(call: Call, knowledge: Knowledge) -> JsonDict:
    """Facts in our words, cards and their suggestions, and the rules that spoke or were suppressed."""
    facts = call.decision.trace.chart
    magnesium = facts.magnesium
    return {
        "hook": call.moment.hook,
        "age": _decade(facts.age_days),
        "sex": facts.sex or "not told",
        "setting": facts.setting.value,
        "magnesium": f"{magnesium.shown}, {magnesium.band.value}" if magnesium else "none",
        "kidneys": f"{facts.renal.gate.name}: {facts.renal.reason}",
        "medicines": sorted({m.name for m in facts.active if m.roles}),
        "drafts": sorted({d.name for d in facts.drafts}),
        "conditions": sorted(name.replace("_", " ") for name in facts.conditions),
        "not_known": sorted(facts.not_known),
        "cards": [
            {
                "indicator": card.indicator.word,
                "question": knowledge.advice[card.rules[0]].question,
                "suggestions": suggestion_labels(card.body),
            }
            for card in call.decision.cards
        ],
        "rules": [
            {"question": knowledge.advice[r.rule].question, "outcome": r.outcome, "why": r.why}
            for r in call.decision.trace.rules
            if r.outcome != "silent"
        ],
    }


def _decade(age_days: int | None) -> str:
    """The decade of an age, as coarse as privacy rules ask for."""
    if age_days is None:
        return "age not told"
    years = int(age_days / 365.25)
    return "90 or older" if years >= _OLDEST_DECADE else f"{years // 10 * 10} to {years // 10 * 10 + 9}"
