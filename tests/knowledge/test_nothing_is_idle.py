"""No row of the knowledge is there in vain: each drug that lowers magnesium is spoken of, each threshold is used."""

import ast
import re
from collections.abc import Iterator
from typing import Any

import pytest

from cards.loading.reading import read_yaml
from tests.cards.chart import decide, knowledge, snapshot
from tests.knowledge.asking import ROOT

CAUSES = [
    role.ingredient
    for roles in knowledge().terminology.roles.values()
    for role in roles
    if role.role == "cause" and role.of_class.named_cause
]
_TEXTS = re.compile(r"[a-z0-9_]+(?:\.[a-z0-9_]+)+")
_ANY, _DOTTED = "[a-z0-9_]+", re.compile(r"[a-z_]+\\?\.")


@pytest.mark.parametrize("name", CAUSES)
def test_a_drug_that_lowers_magnesium_is_named_as_a_cause(name: str) -> None:
    taken = {"text": name, "days": 400}
    chart = {"setting": "inpatient", "magnesium": 1.4, "labs": {"egfr": 80}, "medications": [taken]}
    told = [card for card in decide(snapshot(chart)).cards if "drugs_cause_low_magnesium" in card.rules]
    assert any(name.lower() in str(card.body["detail"]).lower() for card in told)


def _python() -> Iterator[ast.AST]:
    for path in (ROOT / "cards").rglob("*.py"):
        yield from ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def _patterns() -> Iterator[str]:
    """The ids that the code names: as they are, and those that it puts together, with any word in the gap."""
    for node in _python():
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _TEXTS.fullmatch(node.value):
            yield re.escape(node.value) + rf"(\.{_ANY})?"
        elif isinstance(node, ast.JoinedStr):
            parts = [re.escape(p.value) if isinstance(p, ast.Constant) else _ANY for p in node.values]
            if _DOTTED.match("".join(parts)):
                yield "".join(parts)


def _but_thresholds(told: Any) -> str:
    """What a file says, without the thresholds that stand in it."""
    return str({key: value for key, value in told.items() if key != "thresholds"} if isinstance(told, dict) else told)


def test_every_threshold_is_used() -> None:
    """In the code, or named by another table of the knowledge or a text."""
    folder = ROOT / "cards" / "knowledge"
    tables = (_but_thresholds(read_yaml(p)) for p in folder.rglob("*.yaml") if p.name != "thresholds.yaml")
    named = {name for text in tables for name in _TEXTS.findall(text)}
    ages = (re.escape(age) + rf"(\.{_ANY})?" for age in knowledge().results.fresh.values())  # of a place each
    used = re.compile("|".join({*_patterns(), *ages}))
    assert not [name for name in knowledge().thresholds if name not in named and not used.fullmatch(name)]
