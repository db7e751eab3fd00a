"""Every statement the project started from has a case that shows what became of it, and every card its evidence."""

import re
from pathlib import Path

import pytest

from cards import explain
from tests.cards import answer, chart
from tests.told import told_in

STATEMENTS = told_in(Path(__file__).parent / "statements.yaml")
CASES = {(rule, case["name"]): case for rule, case in chart.cases()}
VIGNETTES = sorted((Path(__file__).parents[2] / "fixtures" / "vignettes").glob("*.yaml"))


@pytest.mark.parametrize("told", STATEMENTS, ids=lambda told: told["statement"])
def test_the_case_shows_the_statement(told):
    case = CASES[told["rule"], told["case"]]
    decision = chart.decide(chart.snapshot(case["chart"]))
    text = re.sub(r"\*", "", "\n".join(answer.text_of(card) for card in decision.cards))
    assert told.get("says", "").lower() in text.lower()


@pytest.mark.parametrize("path", VIGNETTES, ids=lambda path: path.stem)
def test_explain_gives_the_deciding_numbers_with_their_sources(path):
    told = told_in(path)
    decision = chart.decide(chart.snapshot(told["chart"]))
    explained = explain(decision, chart.knowledge())
    spoken = {rule for card in decision.cards for rule in card.rules}
    assert {r["rule"] for r in explained["rules"] if r["outcome"] == "fired"} == spoken
    for rule in explained["rules"]:
        assert rule["why"] or rule["outcome"] == "fired"
        if rule["outcome"] == "fired":
            assert all(n["value"] is not None and n["unit"] and n["source"] for n in rule["numbers"])
            assert rule["sources"]
