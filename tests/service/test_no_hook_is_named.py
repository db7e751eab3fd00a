"""No decision and no page looks at the name of a hook: what a service is about decides."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HOOKS = re.compile(r"""["'`](patient-view|order-select|order-sign|order-dispatch|encounter-\w+|medication-\w+)["'`]""")


@pytest.mark.parametrize("path", sorted((ROOT / "cards").rglob("*.py")), ids=lambda path: path.stem)
def test_no_decision_names_a_hook(path):
    assert path.name == "services.py" or not HOOKS.search(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", sorted((ROOT / "cds_service").rglob("*.js")), ids=lambda path: path.stem)
def test_no_page_compares_a_hook(path):
    compared = re.compile(rf"(===?|!==?)\s*{HOOKS.pattern}|{HOOKS.pattern}\s*(===?|!==?)")
    assert not compared.search(path.read_text(encoding="utf-8"))
