"""Advice texts: one YAML file a rule, of the same stem."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import Any

from cards.loading.reading import KnowledgeError, read_yaml, traverse

# The order in which a clinician reads a card.
SECTIONS = ("found", "do", "check", "why")
_REQUIRED = ("question", "status", "author", "approved_by", "reviewed", "next_review", "sources", "lines")


@dataclass(frozen=True, slots=True)
class Line:
    """One bullet of a card: its section and text with {placeholders}; a minor one gives way on a critical card."""

    section: str
    text: str
    minor: bool = False


@dataclass(frozen=True, slots=True)
class Advice:
    """The words of one rule, with author, approval, review dates and sources.

    `thresholds` are the numbers that it alone compares, as thresholds.yaml writes them.
    """

    rule: str
    question: str
    status: str
    author: str
    approved_by: str | None
    next_review: object
    sources: tuple[str, ...]
    summary: str
    summaries: Mapping[str, str]
    lines: Mapping[str, Line]
    suggestions: Mapping[str, str]
    thresholds: Mapping[str, Mapping[str, Any]]


def read_advice(folder: Traversable) -> dict[str, Advice]:
    """All advice texts by rule; KnowledgeError when a file lacks a required key or has an unknown section."""
    paths = sorted((p for p in traverse(folder) if p.name.endswith(".yaml")), key=lambda p: p.name)
    return {advice.rule: advice for advice in map(_read_one, paths)}


def _read_one(path: Traversable) -> Advice:
    told = read_yaml(path)
    missing = [key for key in _REQUIRED if key not in told]
    if missing:
        raise KnowledgeError(f"{path.name}: lacks {', '.join(missing)}")
    return Advice(
        rule=path.name.removesuffix(".yaml"),
        question=told["question"],
        status=told["status"],
        author=told["author"],
        approved_by=told["approved_by"],
        next_review=told["next_review"],
        sources=tuple(map(str, told["sources"])),
        summary=told.get("summary", ""),
        summaries=told.get("summaries", {}),
        lines={key: _line(key, entry, path.name) for key, entry in (told["lines"] or {}).items()},
        suggestions=told.get("suggestions", {}),
        thresholds={name: _dated(entry, told) for name, entry in told.get("thresholds", {}).items()},
    )


def _dated(entry: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    """A number of the rule, looked at when its words are, unless it says otherwise."""
    return {"reviewed": told["reviewed"], "next_review": told["next_review"], **entry}


def _line(key: str, entry: dict[str, Any], name: str) -> Line:
    (section, text), *more = ((key_, value) for key_, value in entry.items() if key_ != "minor")
    if more or section not in SECTIONS:
        raise KnowledgeError(f"{name}: line {key} needs exactly one of {', '.join(SECTIONS)}")
    return Line(section, str(text), bool(entry.get("minor")))
