"""The protocol language: the worked protocols order what their papers order, and a wrong file is told by line."""

from functools import cache
from importlib import resources
from pathlib import Path

import pytest

from cards import Knowledge, KnowledgeError, load_knowledge, read_protocol, try_cases

FOLDER = Path(__file__).parents[2] / "docs" / "site" / "protocols"
PROTOCOLS = sorted(path.stem for path in FOLDER.glob("*.yaml"))
HEAD = "protocol: p\nunit: mg/dL\n"
AT = HEAD + "rows:\n  - {{row: low, level: {level}, act: admit}}\n"
ROW = HEAD + "rows:\n  - row: low\n    level: < 1.9\n    give: [{order}]\n"


@cache
def knowledge() -> Knowledge:
    return load_knowledge(resources.files("cards.knowledge"))


def text_of(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def test_six_protocols_are_worked() -> None:
    assert len(PROTOCOLS) >= 6
    assert {path.stem for path in (FOLDER / "cases").glob("*.yaml")} == set(PROTOCOLS)


@pytest.mark.parametrize("name", PROTOCOLS)
def test_the_protocol_orders_what_its_paper_orders(name: str) -> None:
    protocol = read_protocol(text_of(f"{name}.yaml"), f"{name}.yaml", knowledge())
    tried = try_cases(protocol, text_of(f"cases/{name}.yaml"), "cases", knowledge())
    assert tried.failed == ()
    assert tried.passed >= 10


def test_a_wrong_dose_is_noticed() -> None:
    text = text_of("us-trauma-icu.yaml").replace("sulfate 4 g", "sulfate 3 g")
    tried = try_cases(read_protocol(text, "p", knowledge()), text_of("cases/us-trauma-icu.yaml"), "cases", knowledge())
    assert len(tried.failed) == 3
    assert tried.failed[0].startswith("2: expected ")
    assert "3 g IV over 4 h" in tried.failed[0]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (HEAD, "p.yaml:1: a protocol needs rows"),
        ("protocol: p\nunit: mg/l2\nrows: []\n", "p.yaml:2: unit is 'mg/l2'; one of mg/dL"),
        (HEAD + "row: []\n", "p.yaml:3: unknown key 'row'; did you mean rows"),
        (HEAD + "for: [no dialysi]\nrows: []\n", "p.yaml:3: unknown word 'dialysi'; did you mean dialysis"),
        (HEAD + "for: [unit icuu]\nrows: []\n", "p.yaml:3: unknown unit 'icuu'; did you mean icu"),
        (HEAD + "for: [calcium lowish]\nrows: []\n", "calcium is one of low, normal, high or unknown, not 'lowish'"),
        (ROW.format(order="sulfat 2 g IV over 2 h"), "p.yaml:6: unknown product 'sulfat'; did you mean sulfate"),
        (ROW.format(order="sulfate 2 g IW over 2 h"), "'IW' is no route after the amount"),
        (ROW.format(order="sulfate 2 gg IV over 2 h"), "names no amount"),
        (ROW.format(order="sulfate 2 g IV over 2 hrz"), "'hrz' is no unit of time"),
        (ROW.format(order="sulfate 2 g IV ovr 2 h"), '"ovr 2 h" is not read: after product, amount and route come'),
        (ROW.format(order="sulfate 2-1 g IV over 2 h"), "the range 2-1 runs downwards"),
        (AT.format(level="1.9 .. 1.4"), "p.yaml:4: level '1.9 .. 1.4' runs downwards"),
        (AT.format(level="0.5 .. 0.6 mmol/L"), "'mmol/L' is not the unit of this file"),
        (HEAD + "rows:\n  - {row: low, level: any}\n", 'p.yaml:4: row "low" says nothing'),
        (HEAD + "rows:\n  - {row: a, level: any, act: x}\n  - {row: a, level: any, act: x}\n", "p.yaml:5: two rows"),
        (AT.format(level="any, recheck: someday"), "p.yaml:4: recheck 'someday' is not read"),
        (HEAD + "approved: {by: A}\nrows: []\n", "p.yaml:3: an approval needs by and date"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_told_by_line(text: str, told: str) -> None:
    with pytest.raises(KnowledgeError) as raised:
        read_protocol(text, "p.yaml", knowledge())
    assert told in str(raised.value)
    assert str(raised.value).startswith("p.yaml:")
