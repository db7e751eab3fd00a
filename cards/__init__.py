"""Decides about magnesium: a patient snapshot in, cards and a trace out. Pure: no clock, network, files, logging."""

from cards.answer.explain import explain
from cards.decide import decide
from cards.loading import Knowledge, KnowledgeError, load_knowledge
from cards.model import Answered, Card, Decision, Finding, Indicator, Memory, Problem, SetAside, Snapshot
from cards.rules import RULES
from cards.services import SERVICES, Service, discovery, prefetch_templates

__all__ = [
    "RULES",
    "SERVICES",
    "Answered",
    "Card",
    "Decision",
    "Finding",
    "Indicator",
    "Knowledge",
    "KnowledgeError",
    "Memory",
    "Problem",
    "Service",
    "SetAside",
    "Snapshot",
    "decide",
    "discovery",
    "explain",
    "load_knowledge",
    "prefetch_templates",
]
