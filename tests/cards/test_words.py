"""What a card says comes from data: with every letter of the data marked, a plain letter can only be from the code."""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import cards
from cards import IF_SENT, INPUTS, Knowledge
from cards.loading.words import Words
from cards.model import Doubt
from tests.cards.chart import NOW, cases, knowledge, snapshot

MARKED = str.maketrans({chr(code): chr(code - 0x61 + 0x1D5BA) for code in range(0x61, 0x7B)})
PACKAGE = Path(cards.__file__).parent
# reasons of silence, names of dangers, places and kinds that no card tells, displays of code systems, salts as orders
# name them, the docstring of made rules, faults of ours
NOT_ON_A_CARD = {
    ("hard_stops.py", "A hard stop for IV magnesium (s.2.2)."),
    ("danger.py", "two drugs"),
    ("merge.py", "the leading rule stands alone"),
    ("merge.py", "no drafted order that it concerns"),
    ("merge.py", "nothing to add it to"),
    ("merge.py", "more than "),
    ("merge.py", "something else is said"),
    ("merge.py", "what it asks for is ordered already"),
    ("quiet.py", ": quiet for "),
    ("shown.py", ": quiet for "),
    ("shown.py", "shown to the same user "),
    ("quiet.py", " min ago"),
    ("orders.py", "Oral route"),
    ("orders.py", "Intravenous route"),
    ("asked.py", "at most"),
    ("asked.py", "at least"),
    ("recall.py", "the memory"),
    ("because.py", "at most"),
    ("because.py", "at least"),
    ("because.py", "not below"),
    ("because.py", "not above"),
    ("because.py", " is not known"),
    ("asked_results.py", "nobody asks for "),
    ("asked_results.py", ": its file in knowledge/codes/analytes names the input that does"),
    ("destination.py", "another hospital"),
    ("magnesium_orders.py", "not told"),
    ("magnesium_orders.py", "parenteral nutrition"),
    ("magnesium_orders.py", "magnesium salicylate"),
    ("magnesium_orders.py", "magnesium trisilicate"),
    ("magnesium_orders.py", "magnesium acetate"),
    ("magnesium_orders.py", "magnesium citrate"),
    ("magnesium_orders.py", "magnesium hydroxide"),
    ("sorting.py", "procedure, diet or device"),
    ("sorting.py", "drafted order"),
    ("sorting.py", "selected order"),
    ("sorting.py", "magnesium result"),
}
PLACEHOLDER = re.compile(r"(\{[^{}]*\})")


def marked(text: str) -> str:
    return "".join(part if part.startswith("{") else part.translate(MARKED) for part in PLACEHOLDER.split(text))


def test_marking_keeps_placeholders():
    assert PLACEHOLDER.findall(marked("a {b} c {n[d.e]:g}")) == ["{b}", "{n[d.e]:g}"]
    assert not re.search("[a-z]", PLACEHOLDER.sub("", marked("abc {b} xyz")))


def strings(told: Any) -> Iterator[str]:
    if isinstance(told, str):
        yield told
    elif isinstance(told, Mapping):
        for value in told.values():
            yield from strings(value)
    elif isinstance(told, list | tuple):
        for value in told:
            yield from strings(value)


def advice_texts(known: Knowledge) -> Iterator[str]:
    for advice in known.advice.values():
        yield from strings([advice.summary, advice.summaries, advice.suggestions])
        yield from (line.text for line in advice.lines.values())
    yield from (role.advice for listed in known.terminology.roles.values() for role in listed)


def sentences(path: Path) -> Iterator[str]:
    """String literals with a blank between two words that are no docstring, reason of silence or error."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    passed = {id(inner) for node in ast.walk(tree) if _is_no_card_text(node) for inner in ast.walk(node)}
    literals = (n for n in ast.walk(tree) if isinstance(n, ast.Constant) and id(n) not in passed)
    texts = (node.value for node in literals if isinstance(node.value, str))
    yield from (text for text in texts if re.search(r"[A-Za-z]{2,} [A-Za-z]{2,}", text))


def _is_no_card_text(node: ast.AST) -> bool:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True
    named = ast.unparse(node.func).rpartition(".")[2] if isinstance(node, ast.Call) else ""
    return isinstance(node, ast.Raise) or named in ("because", "Because", "Silence", "compile")


def test_no_phrase_is_typed_where_cards_are_made():
    rooms = ("chart", "rules", "judgements", "plan", "answer")
    files = [path for room in rooms for path in (PACKAGE / room).rglob("*.py")]
    of_protocols = [PACKAGE / "protocol" / f"{name}.py" for name in ("engine", "bounds", "stops")]
    found = {(path.name, said) for path in (*files, *of_protocols) for said in sentences(path)}
    assert found == NOT_ON_A_CARD


def test_each_input_and_doubt_has_its_words_and_no_other_has_any():
    keys = {key.partition(".")[2] for key in knowledge().words.phrases if key.startswith(("inputs.", "doubts."))}
    own_name = {f"named.{asked.key}" for asked in IF_SENT}  # their keys are names, where there is no better one
    missed = {f"missed.{asked.fact or asked.key}" for asked in INPUTS if asked.missed}
    noted = {f"note.{asked.key}" for asked in INPUTS if asked.note}
    named = {f"named.{asked.key}" for asked in INPUTS}
    assert keys - own_name == named | missed | noted | set(Doubt) | {"cut", "foreign", "only_foreign", "other"}


def test_each_reason_of_a_protocol_has_its_words_and_no_other_has_any():
    text = (PACKAGE / "protocol" / "engine.py").read_text(encoding="utf-8")
    named = set(re.findall(r'Reason\(\s*"(\w+)"', text)) | {"too_old", "row_needs"}
    excluded = {f"excluded_{route}" for route in ("iv", "oral", "tube", "im")}
    keys = {key.removeprefix("protocol.why.") for key in knowledge().words.phrases if "protocol.why." in key}
    assert keys == named | excluded | {"needs", "not_known"}


def test_the_phrases_of_the_code_are_data():
    """A phrase of words/ that is marked comes out marked wherever it is used: none is typed in the code as well."""
    plain, phrases = knowledge(), knowledge().words.phrases
    changed = {k: [marked(f) for f in v] if isinstance(v, list) else marked(v) for k, v in phrases.items()}
    known = replace(plain, words=Words(changed))
    fixed = sorted({part.strip() for text in strings(phrases) for part in PLACEHOLDER.split(text)}, key=len)
    pieces = [piece for piece in fixed if len(piece) > 5 and not piece.startswith("{")]
    assert len(pieces) > 30
    ours = re.compile(rf"(?<![\w-])({'|'.join(map(re.escape, reversed(pieces)))})(?![\w-])")
    others = " ".join((*advice_texts(plain), *plain.conditions.names.values(), *plain.monitoring.values()))
    told: set[str] = set()
    for _, case in cases():
        decision = cards.decide(snapshot(case["chart"]), known, NOW, lambda: "1")
        told |= set(strings([card.body for card in decision.cards]))
    left = {found: text for text in told for found in ours.findall(text) if found not in others}
    assert left == {}
