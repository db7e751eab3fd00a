"""What limits magnesium in the patient of a worked case: kidneys and stops by what the case tells."""

from collections.abc import Iterator

from cards.loading import HardStop, Knowledge
from cards.model import RenalGate
from cards.model.protocol_answer import Facts
from cards.protocol.stops import Bounds

_ALL, _IV, _ORAL = "", "iv", "oral"


def bounds_of(facts: Facts, knowledge: Knowledge) -> Bounds:
    """The bounds of a case; an eGFR that it does not tell is its clearance."""
    gate = _gate(facts, knowledge)
    say, listed = knowledge.words.say, _allergies(facts, knowledge)
    recorded = {salt: say("protocol.allergy", allergy=word) for word, salt in listed}
    return Bounds(gate, against=dict(_against(facts, gate, knowledge)), against_salts=recorded)


def _allergies(facts: Facts, knowledge: Knowledge) -> list[tuple[str, str]]:
    """What a case tells of the allergy list, in words, and the salt that it is to."""
    salts = knowledge.protocol_words.allergies
    return [(word.replace("_", " "), salts[word]) for word in sorted(facts.has) if word in salts]


def _categories(facts: Facts, knowledge: Knowledge) -> frozenset[str]:
    words = knowledge.protocol_words
    return frozenset(category for word in facts.has for category in words.conditions.get(word, ()))


def _gate(facts: Facts, knowledge: Knowledge) -> RenalGate:
    categories, n = _categories(facts, knowledge), knowledge.numbers
    egfr = facts.numbers.get("egfr", facts.numbers.get("crcl"))
    listed = (s for s in knowledge.renal_states if s.condition in categories and (egfr is None or not s.without_egfr))
    states = [state.gate for state in listed]
    if egfr is None:
        return RenalGate.deciding(states or [RenalGate.R4])
    gates = (("egfr.r0", RenalGate.R0), ("egfr.r1", RenalGate.R1), ("egfr.r2", RenalGate.R2))
    return RenalGate.deciding([*states, next((gate for limit, gate in gates if egfr >= n[limit]), RenalGate.R3)])


def _against(facts: Facts, gate: RenalGate, knowledge: Knowledge) -> Iterator[tuple[str, str]]:
    kidneys, say = kidneys_forbid(gate, knowledge), knowledge.words.say
    if kidneys:
        yield _ALL, kidneys
    if why := next((stop.name.replace("_", " ") for stop in _stops(facts, knowledge)), ""):
        yield _IV, say("protocol.stop", stop=why)
    if gate is RenalGate.R2 and (facts.magnesium or 0.0) >= knowledge.numbers["band.moderate"]:
        yield _ORAL, say("protocol.kidneys_mild")
    if "bowel_obstruction" in facts.has:
        yield _ORAL, say("protocol.no_oral")


def kidneys_forbid(gate: RenalGate, knowledge: Knowledge) -> str:
    """Why the kidneys allow no magnesium at all; "" where they allow some."""
    if gate is RenalGate.R4:
        return knowledge.words.say("protocol.kidneys_unknown")
    return knowledge.words.say("protocol.kidneys_none") if gate is RenalGate.R3 else ""


def _stops(facts: Facts, knowledge: Knowledge) -> Iterator[HardStop]:
    categories = _categories(facts, knowledge)
    drugs = {knowledge.protocol_words.drugs.get(word) for word in facts.has}
    for stop in knowledge.hard_stops.values():
        known = stop.condition in categories or (bool(stop.drug_group) and stop.drug_group in drugs)
        known |= bool(stop.allergy) and any(salt in ("", stop.allergy) for _, salt in _allergies(facts, knowledge))
        if known and not stop.caution and stop.unless not in categories:
            yield stop
