"""Tries a protocol on worked cases: how many come out as the hospital's paper orders."""

from dataclasses import dataclass, replace

from cards.loading import Knowledge
from cards.loading.protocol import read_protocol
from cards.model.protocol import Protocol
from cards.model.protocol_answer import Facts
from cards.protocol import engine
from cards.protocol.bounds import bounds_of
from cards.protocol.cases import Case, read_cases
from cards.protocol.drafting import drafted
from cards.protocol.judge import differs


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of the cases: a line for each that fails, and for each that a stop of ours overrules."""

    passed: int
    failed: tuple[str, ...]
    stopped: tuple[str, ...] = ()


def read(text: str, name: str, knowledge: Knowledge) -> Protocol:
    """The protocol of a file's text; KnowledgeError with file, line, reason and the nearest known word."""
    return read_protocol(text, name, knowledge.protocol_words, knowledge.units, knowledge.products)


def try_cases(protocol: Protocol, cases: str, name: str, knowledge: Knowledge, stops: bool = False) -> Tried:
    """Every case of a file's text; KnowledgeError when the text holds none.

    Asked of the protocol alone; with `stops`, of what the service would draft of it.
    """
    read_as = read_cases(cases, name, protocol, knowledge.protocol_words, knowledge.units)
    listed = [replace(case, facts=_with_kidneys(case.facts, knowledge)) for case in read_as]
    failed = {c.name: f"{c.name}: {fault}" for c in listed if (fault := _fault(c, protocol, knowledge))}
    asked = [case for case in listed if stops and case.name not in failed]
    stopped = tuple(f"{c.name}: stopped: {why}" for c in asked if (why := _stopped(c, protocol, knowledge)))
    return Tried(len(listed) - len(failed) - len(stopped), tuple(failed.values()), stopped)


def _with_kidneys(facts: Facts, knowledge: Knowledge) -> Facts:
    """The patient with the state of the kidneys that his eGFR or conditions mean, where the case names none."""
    return replace(facts, states={"kidneys": bounds_of(facts, knowledge).gate.name, **facts.states})


def _stopped(case: Case, protocol: Protocol, knowledge: Knowledge) -> str:
    """Which stop makes the drafted orders others than the case expects, or leaves less of a choice; "" else."""
    answer = engine.ask(protocol, case.facts)
    made = drafted(answer, protocol, case.facts, bounds_of(case.facts, knowledge), knowledge)
    if not made.lost and not differs(made.as_answer(answer), case.expect, protocol, knowledge):
        return ""
    row = f'row "{answer.row.name}": ' if answer.row else ""
    return row + "; ".join(made.told)


def _fault(case: Case, protocol: Protocol, knowledge: Knowledge) -> str:
    return case.fault or differs(engine.ask(protocol, case.facts), case.expect, protocol, knowledge)
