"""The hazard log names tests that exist, and what it says of look-alike drugs is true."""

import re

import pytest

from cards.model import MagnesiumKind
from tests.knowledge.asking import MAGNESIUM, ROOT, ask, order, result

PAGE = (ROOT / "docs" / "safety.md").read_text(encoding="utf-8")
LOW = result(MAGNESIUM, 1.5, "mg/dL")


def test_every_test_that_is_named_exists() -> None:
    cases = {f"tests/cards/cases/{name}.yaml" for name in re.findall(r"\bcases/([a-z_]+/[a-z_]+)", PAGE)}
    named = cases | set(re.findall(r"\btests/[\w/]+\.py", PAGE))
    assert len(named) > 25
    assert [name for name in sorted(named) if not (ROOT / name).is_file()] == []


def test_hazards_are_numbered_without_a_gap() -> None:
    numbers = [int(number) for number in re.findall(r"^\| (\d+) \|", PAGE, re.MULTILINE)]
    assert numbers == list(range(1, len(numbers) + 1)) and len(numbers) >= 15


@pytest.mark.parametrize("name", ["esomeprazole magnesium 20 mg capsule", "rabeprazole", "magnesium stearate tablet"])
def test_a_salt_in_a_name_is_no_magnesium_replacement(name: str) -> None:
    said = ask(None, LOW, order("local", "x", medicationCodeableConcept={"text": name}))
    (medicine,) = said.trace.chart.medications or ()
    assert medicine.magnesium is None or medicine.magnesium.kind is not MagnesiumKind.REPLACEMENT


def test_eye_drops_are_no_cause() -> None:
    drops = order("local", "x", medicationCodeableConcept={"text": "tobramycin eye drops"})
    assert "tobramycin" not in str([card.body for card in ask(None, LOW, drops).cards])
