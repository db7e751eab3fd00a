"""A suggestion of the same orders has the same label, whichever rule spoke first."""

from itertools import permutations

from cards.answer.build import _tests_only
from cards.chart import Chart
from cards.model import DraftTest
from tests.cards.chart import NOW, knowledge, snapshot


def test_the_same_tests_are_one_suggestion_in_any_order():
    chart = Chart(snapshot({}), knowledge(), NOW)
    asked = [DraftTest(test, "now") for test in ("ecg", "magnesium", "bmp", "digoxin_level")]
    made = [_tests_only(order, chart, lambda: "1") for order in permutations(asked)]
    assert made[0]["label"] == "Order: magnesium, metabolic panel, ECG, digoxin level"
    assert all(suggestion == made[0] for suggestion in made)
