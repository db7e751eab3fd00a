"""A suggestion of the same orders has the same label, whichever rule spoke first."""

from itertools import permutations

from cards.answer.orders import Occasion
from cards.answer.recommendation import Recommendation
from cards.answer.suggestions import Buttons
from cards.chart import Chart
from cards.model import DraftTest, Indicator, Problem
from tests.cards.chart import NOW, knowledge, snapshot


def test_the_same_tests_are_one_suggestion_in_any_order():
    chart = Chart(snapshot({}), knowledge(), NOW)
    asked = [DraftTest(test, "now") for test in ("ecg", "magnesium", "bmp", "digoxin_level")]
    cards = [Recommendation(Problem.LOOK_FOR_LOW, Indicator.INFO, (), tests) for tests in permutations(asked)]
    [*made] = (one for card in cards for one in Buttons(card, Occasion(), {}, chart, lambda: "1").written())
    assert made[0]["label"] == "Order: magnesium, metabolic panel, ECG, digoxin level"
    assert all(suggestion == made[0] for suggestion in made)
