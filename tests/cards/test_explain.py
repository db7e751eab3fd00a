"""The picture of a patient that `explain` gives: the scale of magnesium, and which medicines are named as causes."""

import math

from hypothesis import given
from hypothesis import strategies as st

from cards import explain
from cards.chart.bands import band_of, scale_of
from tests.cards import chart

NUMBERS = chart.knowledge().numbers
LOWER = st.integers(60, 85).map(lambda cents: cents / 100)
UPPER = st.integers(90, 120).map(lambda cents: cents / 100)


@given(LOWER, UPPER, st.integers(1, 400).map(lambda cents: cents / 100))
def test_the_scale_says_of_every_value_what_the_bands_say(lower, upper, value):
    scale = scale_of(lower, upper, NUMBERS)
    assert [low for _, low, _ in scale] == [0.0, *(high for _, _, high in scale[:-1])]
    assert scale[-1][2] == math.inf
    edge = value == upper  # the upper limit itself is normal still
    [band] = [band for band, low, high in scale if (low < value <= high if edge else low <= value < high)]
    assert band is band_of(value, lower, upper, NUMBERS)


def facts_of(told):
    """The facts that `explain` gives about a chart in shorthand."""
    return explain(chart.decide(chart.snapshot(told)), chart.knowledge())["facts"]


def test_severity_is_graded_in_adults_only():
    child = facts_of({"patient": {"age": 7}, "magnesium": 1.1})
    bands = [part["band"] for part in child["magnesium_scale"]]
    assert child["magnesium"]["band"] == "low"
    assert bands == ["low", "normal", "high", "critically high"]
    adult = facts_of({})["magnesium_scale"]
    assert [part["band"] for part in adult][:4] == ["critically low", "severely low", "moderately low", "mildly low"]
    assert (adult[0]["from"], adult[-1]["to"]) == (0.0, None)


def test_the_scale_follows_the_laboratory_s_own_limits():
    told = {"magnesium": {"value": 1.2, "range": {"low": 1.6, "high": 2.4, "unit": "mg/dL"}}}
    edges = {part["band"]: part["from"] for part in facts_of(told)["magnesium_scale"]}
    assert (edges["suboptimal"], edges["high"]) == (0.66, 0.99)


def test_a_medicine_is_named_as_a_cause_only_where_the_rule_speaks():
    medications = [{"rxcui": 7646, "text": "omeprazole", "days": 900}, {"text": "paracetamol", "days": 9}]
    for magnesium, expected in ((1.2, [True, False]), (2.0, [False, False])):
        listed = facts_of({"magnesium": magnesium, "medications": medications})["medications"]
        assert [m["named_cause"] for m in listed] == expected
        assert listed[0]["since"] == chart.ago(900 * 24)[:16] + "+00:00" and listed[0]["reference"]


def test_earlier_results_come_with_their_time_oldest_first():
    told = {
        "magnesium": [{"value": 1.2, "hours_ago": 2}, {"value": 1.9, "hours_ago": 200}, {"value": 1.5, "hours_ago": 90}]
    }
    earlier = facts_of(told)["magnesium"]["earlier"]
    assert [result["mmol_per_l"] for result in earlier] == [0.78, 0.62]
