"""Tries a protocol on worked cases: how many come out as the hospital's paper orders."""

from dataclasses import dataclass

from cards.loading import Knowledge
from cards.loading.protocol import read_protocol
from cards.model.protocol import Protocol
from cards.protocol import engine
from cards.protocol.cases import Case, read_cases
from cards.protocol.judge import differs


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of the cases: a line for each that fails, and for each that a stop of ours overrules."""

    passed: int
    failed: tuple[str, ...]
    stopped: tuple[str, ...] = ()


def read(text: str, name: str, knowledge: Knowledge) -> Protocol:
    """The protocol of a file's text; KnowledgeError with file, line, reason and the nearest known word."""
    return read_protocol(text, name, knowledge.protocol_words, knowledge.units)


def try_cases(protocol: Protocol, cases: str, name: str, knowledge: Knowledge) -> Tried:
    """Every case of a file's text, asked of the protocol alone; KnowledgeError when the text holds none."""
    listed = read_cases(cases, name, protocol, knowledge.protocol_words, knowledge.units)
    faults = [(case, _fault(case, protocol, knowledge)) for case in listed]
    failed = tuple(f"{case.name}: {fault}" for case, fault in faults if fault)
    return Tried(len(listed) - len(failed), failed)


def _fault(case: Case, protocol: Protocol, knowledge: Knowledge) -> str:
    return case.fault or differs(engine.ask(protocol, case.facts), case.expect, protocol, knowledge.protocol_words)
