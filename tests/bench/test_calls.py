"""What one call costs is watched without a clock: the number of functions that it calls."""

import json

import pytest

from bench import calls
from bench.bodies import SHAPES
from tests.cards.chart import knowledge

KEPT = json.loads(calls.KEPT.read_text(encoding="utf-8"))
WITHIN = 0.05


@pytest.mark.skipif(KEPT["python"] != calls.PYTHON, reason=f"the kept numbers are those of Python {KEPT['python']}")
def test_a_call_makes_as_many_calls_of_functions_as_is_kept():
    found = calls.calls_of(knowledge())
    assert found.keys() == KEPT["calls"].keys() == SHAPES.keys()
    moved = {s: (KEPT["calls"][s], n) for s, n in found.items() if abs(n / KEPT["calls"][s] - 1) > WITHIN}
    assert not moved, "kept, now: if that is meant, run python -m bench.calls --write and say why in the commit"
