"""Pages of rules: complete, and those in docs/rules current."""

import json
import re

import pytest
from click.testing import CliRunner

from cards import RULES as ASKED
from cds_service.curate import quiet_cohort
from cds_service.curate.rule_pages import index, page, pages, rule_facts
from cds_service.run.cli import main
from tests.knowledge.asking import knowledge
from tests.knowledge.write_rules import CLIENTS, DATA, PAGES, clients_page, quiet, tried

RULES = sorted(knowledge().advice)


def test_docs_rules_is_current() -> None:
    written = {path.name: path.read_text(encoding="utf-8") for path in PAGES.glob("*.md")}
    stale = sorted(name for name, text in pages(knowledge()).items() if written.get(name) != text)
    gone = sorted(written.keys() - pages(knowledge()).keys())
    assert not stale + gone, "run: python -m tests.knowledge.write_rules"


def test_what_the_cases_made_the_rules_do_is_current() -> None:
    assert DATA.read_text(encoding="utf-8") == tried(), "run: python -m tests.knowledge.write_rules"


def test_the_well_patients_of_the_diff_are_those_of_the_tests() -> None:
    assert quiet_cohort._cohort() == json.loads(json.dumps(quiet())), "run: python -m tests.knowledge.write_rules"
    assert all(all(patient["resources"].values()) for patient in quiet()["patients"]), "a new key would change them"


def test_clients_are_told_what_a_second_look_asks_for() -> None:
    assert CLIENTS.read_text(encoding="utf-8") == clients_page(), "run: python -m tests.knowledge.write_rules"


def test_rules_and_advice_have_the_same_names() -> None:
    assert sorted(rule.name for rule in ASKED) == RULES


@pytest.mark.parametrize("rule", RULES)
def test_a_page_is_complete(rule: str) -> None:
    text, code, advice = page(rule, knowledge()), rule_facts(rule), knowledge().advice[rule]
    assert advice.question in text and code.fires and code.indicators and code.problems
    assert all(f"({key}" in text for key in advice.lines)
    assert not re.search(r"\{\w+\[", text)
    assert not re.search(r"^ {4}", text, re.MULTILINE), "a sentence is shown as code"
    assert all(label in text for label in advice.suggestions.values())
    assert all(f"`{name}`" in text for name in code.numbers)
    assert all(f"[{source}]" in text for source in advice.sources)
    assert f"({rule}.md)" in index(knowledge())


def show(*rule: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["knowledge", "show", *rule])
    return done.exit_code, done.output


def test_show_prints_a_page_or_the_index() -> None:
    code, text = show("magnesium_is_severely_low")
    assert code == 0 and "| `band.severe` | 0.5 | mmol/L | 1;6 | 2026-11-23 |" in text
    assert show() == (0, index(knowledge()))


def test_a_wrong_name_is_told_with_near_matches() -> None:
    code, text = show("magnesium_is_severly_low")
    assert code == 1 and "magnesium_is_severely_low" in text and "Traceback" not in text
    assert "lists all" in show("zzz")[1]
