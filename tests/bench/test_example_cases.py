"""The cases of worked and invented protocols, and of the complete site files, notice small changes of these."""

from pathlib import Path
from typing import Any

import pytest

from bench import protocol_cases, site_cases
from tests.knowledge.test_site_examples import READ

ENOUGH = 0.85
GALWAY = protocol_cases.FOLDERS[0] / "ie-galway.yaml"


@pytest.mark.parametrize("file", protocol_cases.protocols(), ids=lambda file: file.stem)
def test_most_small_changes_of_a_protocol_are_noticed(file: Path) -> None:
    lines, count = protocol_cases.unnoticed(file)
    assert count >= 10
    assert 1 - len(lines) / count >= ENOUGH, lines


@pytest.mark.parametrize("read", READ.values(), ids=lambda read: read["site"])
def test_most_lines_of_a_site_file_are_missed(read: dict[str, Any]) -> None:
    lines, count = site_cases.unnoticed(read["site"], read["cases"])
    assert count >= 15
    assert 1 - len(lines) / count >= ENOUGH, lines


def test_a_change_that_no_case_tells_is_not_noticed() -> None:
    text = GALWAY.read_text(encoding="utf-8")
    first = next(protocol_cases.small_changes(text))
    assert protocol_cases.is_noticed(first, (GALWAY.parent / "cases" / GALWAY.name).read_text(encoding="utf-8"))
    assert not protocol_cases.is_noticed(
        first, "cases:\n  - {n: 1, mg: 0.9 mmol/L, egfr: 80, expect: {none: normal}}\n"
    )


def test_a_line_goes_with_what_stands_below_it() -> None:
    told = dict(site_cases.left_out("# a remark\na:\n  b: 1\n\n  c: 2\nd: 3\n"))
    assert told["a:"] == "# a remark\nd: 3\n"
    assert told["b: 1"] == "# a remark\na:\n  c: 2\nd: 3\n"
