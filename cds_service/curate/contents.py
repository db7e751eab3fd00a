"""The clinical content piece by piece: each with a name, what it says, and a hash of that for a signature to bind to.

Sources, dates and authors are about a piece and no part of it.
"""

import csv
import hashlib
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import tzinfo
from enum import Enum
from functools import cached_property
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

from cards import RULES, Knowledge, parse_yaml, piece_of_protocol
from cds_service.curate.rule_pages import numbers_in, rule_facts

_HASH = 32
# told piece by piece, about the content only, or about this service
_NOT_TABLES = frozenset(
    {"thresholds.yaml", "doses.yaml", "products.yaml", "tests.yaml", "monitoring.yaml", "hard_stops.yaml"}
    | {"override_reasons.yaml", "sources.yaml", "never_on_trial_alone.yaml", "switch_scopes.yaml"}
)
_PIECE_BY_PIECE = frozenset({"advice", "words"})  # the words of a language as far as the site speaks it
_OF_SITE = (
    "units", "intent", "stop", "rules_off", "switches", "maximum_cards", "lab_codes", "drug_codes", "condition_codes",
    "unit_codes", "encounter_classes", "zone", "links", "preferred_salts", "override_reasons",
)  # fmt: skip
_NOT_SAID = frozenset({"line", "file", "source", "approved", "band", "at_kidneys", "like"})  # or told by another field
_OF_PROTOCOL = "protocol: "  # the times of a hospital's protocol are said by its rows
Parts = Mapping[str, object]


@dataclass(frozen=True)
class Piece:
    """One piece of the content: a rule, a number, a text, ...; `parts` are what it says, by name."""

    kind: str
    name: str
    parts: Parts

    @property
    def id(self) -> str:
        """As signatures name it: `number:band.severe`."""
        return f"{self.kind}:{self.name}"

    @cached_property
    def hash(self) -> str:
        """Of what it says."""
        return digest(self.parts)


def digest(told: object) -> str:
    """A hash of any value of the knowledge, the same in every process."""
    return hashlib.sha256(json.dumps(plain(told), sort_keys=True).encode()).hexdigest()[:_HASH]


def plain(told: object) -> object:
    """A value of the knowledge as JSON, without what only says where it was read."""
    if isinstance(told, str | int | float | bool | None) and not isinstance(told, Enum):
        return told
    if isinstance(told, Mapping):
        return {_key(key): plain(value) for key, value in told.items()}
    if isinstance(told, frozenset | set):
        return sorted(map(str, (plain(one) for one in told)))
    if isinstance(told, list | tuple):
        return [plain(one) for one in told]
    return _plain_object(told)


def _key(key: object) -> str:
    return key.name if isinstance(key, Enum) else str(key)


def _plain_object(told: object) -> object:
    if isinstance(told, Enum):
        return told.name
    if isinstance(told, re.Pattern):
        return told.pattern
    if is_dataclass(told):
        return {name: plain(value) for name, value in _fields(told).items()}
    return str(told)


def _fields(told: Any) -> Parts:
    """What a dataclass says, by field."""
    return {f.name: getattr(told, f.name) for f in fields(told) if f.name not in _NOT_SAID}


def contents(knowledge: Knowledge, folder: Traversable | None = None) -> dict[str, Piece]:
    """Every piece of the knowledge in force, by its id; the tables are read from the folder of the shipped ones."""
    made = (Piece(kind, name, parts) for kind, read in _KINDS.items() for name, parts in read(knowledge))
    tables = (Piece("table", name, parts) for name, parts in _tables(folder or resources.files("cards.knowledge")))
    return {piece.id: piece for piece in (*made, *tables)}


def _rules(knowledge: Knowledge) -> Iterator[tuple[str, Parts]]:
    for rule in RULES:
        advice, told = knowledge.advice[rule.name], rule_facts(rule.name)
        yield (
            rule.name,
            {
                "question": advice.question,
                "summary": advice.summary,
                **{f"summary {key}": text for key, text in advice.summaries.items()},
                **{f"{line.section} {key}": (line.text, line.minor) for key, line in advice.lines.items()},
                **{f"button {key}": text for key, text in advice.suggestions.items()},
                "card": [problem.name for problem in told.problems],
                "urgency": told.indicators,
                "manner": [rule.adds, rule.alone, rule.in_comfort],
                "numbers": told.compared,
                "cases": told.behaviour,
            },
        )


def numbers_of(rule: str, knowledge: Knowledge) -> frozenset[str]:
    """The numbers that the cards of a rule rest on: those that it compares, and those that its words tell."""
    advice = knowledge.advice[rule]
    texts = (advice.summary, *advice.summaries.values(), *(line.text for line in advice.lines.values()))
    return frozenset((*rule_facts(rule).compared, *rule_facts(rule).numbers, *numbers_in(texts)))


def _numbers(knowledge: Knowledge) -> Iterator[tuple[str, Parts]]:
    for t in knowledge.thresholds.values():
        yield t.id, {"value": t.value, "unit": t.unit, "of": t.of}


def _doses(knowledge: Knowledge) -> Iterator[tuple[str, Parts]]:
    doses = knowledge.doses
    for situation, by_gate in doses.iv.items():
        yield from ((f"iv.{situation}.{gate.name}", {"steps": steps}) for gate, steps in by_gate.items())
    for band, daily in doses.oral.items():
        yield from ((f"oral.{band}.{gate.name}", {"mg a day": mg}) for gate, mg in daily.items())
    yield "oral.days", {"days": doses.oral_days}
    yield from ((f"salts.{name}", _fields(salt)) for name, salt in doses.salts.items())
    yield from ((f"alternatives.{name}", _fields(drug)) for name, drug in doses.alternatives.items())
    for indication in knowledge.indications.listed:
        if indication.usual:
            yield f"usual.{indication.id}", {"g, min": indication.usual}


def _texts(knowledge: Knowledge) -> Iterator[tuple[str, Parts]]:
    yield from ((f"phrase.{key}", {"text": text}) for key, text in knowledge.words.phrases.items())
    for key, text in knowledge.monitoring.items():
        if not key.startswith(_OF_PROTOCOL):
            yield f"recheck.{key}", {"text": text, "window": knowledge.windows.get(key)}
    yield from ((f"condition.{key}", {"text": text}) for key, text in knowledge.conditions.names.items())
    yield from ((f"override.{code}", {"text": text}) for code, text in knowledge.override_reasons.reasons)
    yield from _voice(knowledge)


def _voice(knowledge: Knowledge) -> Iterator[tuple[str, Parts]]:
    """What another language puts in place of the words that the code fills in; in English nothing."""
    voice = knowledge.voice
    yield from ((f"term.{english}", {"text": text}) for english, text in voice.terms.items())
    yield from ((f"pattern.{told.pattern}", {"text": text}) for told, text in voice.patterns)
    yield "written", {"decimal": voice.decimal, "date": voice.date}


def _stops(knowledge: Knowledge) -> Iterator[tuple[str, Parts]]:
    yield from (
        (stop.name, {f.name: getattr(stop, f.name) for f in fields(stop)}) for stop in knowledge.hard_stops.values()
    )


def _protocols(knowledge: Knowledge) -> Iterator[tuple[str, Parts]]:
    for protocol in knowledge.protocols:
        general = {**_fields(protocol), "rows": None, "is signed": protocol.is_signed}
        yield _named(piece_of_protocol(protocol.file)), general
        yield from ((_named(piece_of_protocol(protocol.file, row.name)), _fields(row)) for row in protocol.rows)


def _named(piece: str) -> str:
    return piece.partition(":")[2]


def _products(knowledge: Knowledge) -> Iterator[tuple[str, Parts]]:
    own = knowledge.site.orderable_products
    for name, product in knowledge.products.items():
        yield name, {**_fields(product), "ordered by": own.get(name)}


def _tests(knowledge: Knowledge) -> Iterator[tuple[str, Parts]]:
    yield from ((name, _fields(test)) for name, test in knowledge.tests.items())


def _site(knowledge: Knowledge) -> Iterator[tuple[str, Parts]]:
    for key in _OF_SITE:
        value = getattr(knowledge.site, key)
        yield key, {"value": str(value) if isinstance(value, tzinfo) else value}


_KINDS: Mapping[str, Callable[[Knowledge], Iterator[tuple[str, Parts]]]] = {
    "rule": _rules,
    "number": _numbers,
    "dose": _doses,
    "stop": _stops,
    "protocol": _protocols,
    "product": _products,
    "test": _tests,
    "text": _texts,
    "site": _site,
}


def _tables(folder: Traversable, prefix: str = "") -> Iterator[tuple[str, Parts]]:
    for path in sorted(folder.iterdir(), key=lambda p: p.name):
        if path.is_dir() and path.name not in _PIECE_BY_PIECE:
            yield from _tables(path, f"{prefix}{path.name}/")
        elif path.name not in _NOT_TABLES and path.name.endswith((".yaml", ".csv")):
            yield f"{prefix}{path.name}", {"rows": rows_of(path)}


def rows_of(table: Traversable) -> list[object]:
    """What a table says, a row each, without its comments."""
    text = table.read_text(encoding="utf-8")
    if table.name.endswith(".csv"):
        return [row for row in csv.reader(io.StringIO(text)) if row]
    told = parse_yaml(text, table.name)
    return [[key, value] for key, value in told.items()] if isinstance(told, dict) else list(told or ())
