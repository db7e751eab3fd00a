"""No decision and no page looks at the name of a hook: what a service is about decides."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HOOKS = re.compile(r"""["'`](patient-view|order-select|order-sign|order-dispatch|encounter-\w+|medication-\w+)["'`]""")


def test_no_decision_names_a_hook():
    paths = sorted((ROOT / "cards").rglob("*.py"))
    assert {path.name for path in paths if HOOKS.search(path.read_text(encoding="utf-8"))} <= {"services.py"}


def test_no_rule_can_look_at_the_hook():
    """By whatever part of its name: only the services, the scopes of a site and what is told of a call know it."""
    looking = {
        path.name
        for path in (ROOT / "cards").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "hook"
    }
    assert looking == {"services.py", "switched.py", "explain.py", "call.py"}


def test_no_answer_of_the_service_compares_a_hook():
    """Only who judges the requests of others by the specification does, and who builds our own two."""
    comparing = {
        path.name
        for path in (ROOT / "cds_service").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Compare) and HOOKS.search(ast.unparse(node))
    }
    assert comparing == {"requests.py", "quiet_cohort.py"}


@pytest.mark.parametrize("path", sorted((ROOT / "cds_service").rglob("*.js")), ids=lambda path: path.stem)
def test_no_page_compares_a_hook(path):
    compared = re.compile(rf"(===?|!==?)\s*{HOOKS.pattern}|{HOOKS.pattern}\s*(===?|!==?)")
    assert not compared.search(path.read_text(encoding="utf-8"))
