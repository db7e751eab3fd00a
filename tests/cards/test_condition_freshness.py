"""How long a condition counts that is still called active: each acute one at its limit and past it."""

from collections.abc import Mapping
from typing import Any

import pytest

from cards.chart import Chart
from tests.cards.chart import NOW, knowledge, snapshot

DAY = 24
# category, a code or words, the hours that it counts
ACUTE = [
    ("vomiting", "R11.10", 7 * DAY),
    ("nil_by_mouth", "Cannot swallow", 7 * DAY),
    ("hyperemesis", "O21.0", 28 * DAY),
    ("acute_diarrhoea", "K52.9", 14 * DAY),
    ("acute_diarrhoea", "Acute diarrhoea", 14 * DAY),
    ("acute_diarrhoea", "Clostridioides difficile colitis", 14 * DAY),
    ("bowel_obstruction", "K56.60", 14 * DAY),
    ("bowel_obstruction", "K50.012", 14 * DAY),
    ("pancreatitis", "K85.90", 30 * DAY),
    ("aki", "N17.9", 7 * DAY),
    ("anuria", "R34", 48),
    ("anuria", "Anuria", 48),
    ("oliguria", "Oliguria", 48),
    ("respiratory_failure", "J96.21", 7 * DAY),
    ("respiratory_failure", "J80", 7 * DAY),
    ("ventilated", "Z99.11", 24),
    ("hypotension", "R57.0", 48),
    ("acute_mi", "I21.9", 28 * DAY),
    ("seizure", "R56.9", 48),
    ("tetany", "R29.0", 48),
    ("alcohol_withdrawal", "F10.230", 7 * DAY),
    ("alcohol_intoxication", "25702006", 7 * DAY),
    ("diabetic_ketoacidosis", "E10.10", 7 * DAY),
    ("refeeding", "Refeeding syndrome", 14 * DAY),
    ("burn", "T30.0", 60 * DAY),
    ("pregnancy", "Z33.1", 300 * DAY),
    ("pre_eclampsia", "O14.13", 42 * DAY),
    ("preterm_labour", "O60.02", 7 * DAY),
    ("acute_asthma", "J45.901", 48),
]
# what never grows stale
CHRONIC = [
    ("diarrhoea", "236071009"),
    ("diarrhoea", "R19.7"),
    ("inflammatory_bowel_disease", "K50.90"),
    ("malabsorption", "K90.0"),
    ("chronic_pancreatitis", "Chronic pancreatitis"),
    ("dialysis", "Z99.2"),
    ("av_block", "I44.2"),
    ("myasthenia", "G70.00"),
    ("long_qt", "I45.81"),
    ("gitelman_bartter", "Gitelman syndrome"),
    ("alcohol", "F10.20"),
    ("heart_failure", "I50.9"),
    ("torsades", "I47.21"),
    ("comfort_care", "133918004"),
]
UNDATED_BY_NEW_STAY = ("hypotension", "acute_asthma", "seizure", "tetany")
UNDATED_ALWAYS = ("pregnancy", "pre_eclampsia")


def read(*conditions: Mapping[str, Any], admitted_hours_ago: float = 1) -> set[str]:
    """The categories that count in an inpatient, who by default came an hour ago."""
    chart = {"setting": "inpatient", "admitted_hours_ago": admitted_hours_ago, "conditions": conditions}
    return set(Chart(snapshot(chart), knowledge(), NOW).conditions)


@pytest.mark.parametrize(("category", "told", "hours"), ACUTE)
def test_an_acute_condition_counts_up_to_its_limit(category, told, hours):
    assert category in read({"code": told, "hours": hours - 1})
    assert category in read({"code": told, "hours": hours})
    assert category not in read({"code": told, "hours": hours + 1})


@pytest.mark.parametrize(("category", "told"), CHRONIC)
def test_a_chronic_condition_counts_always(category, told):
    assert category in read({"code": told, "days": 4000})
    assert category in read({"code": told, "category": "problem-list-item"})


@pytest.mark.parametrize(("category", "told", "hours"), ACUTE)
def test_without_a_date_it_counts_in_this_stay_alone(category, told, hours):
    assert category in read({"code": told, "encounter": "e1"})
    always = category in UNDATED_ALWAYS
    assert (category in read({"code": told, "encounter": "another"})) is always
    assert (category in read({"code": told, "category": "problem-list-item"})) is always


@pytest.mark.parametrize(("category", "told", "hours"), ACUTE)
def test_without_a_date_some_count_only_in_a_stay_as_young_as_they_are(category, told, hours):
    limited = category in UNDATED_BY_NEW_STAY
    assert category in read({"code": told}, admitted_hours_ago=hours)
    assert (category in read({"code": told}, admitted_hours_ago=hours + 1)) is not limited


def test_onset_decides_before_the_day_it_was_recorded():
    assert "vomiting" not in read({"code": "R11.10", "days": 400, "recorded_days": 1})
    assert "vomiting" in read({"code": "R11.10", "recorded_days": 1})
    assert "vomiting" not in read({"code": "R11.10", "recorded_days": 8})


@pytest.mark.parametrize(
    ("onset", "counts"),
    [
        ("2026-11-16", True),
        ("2026-11-15", False),
        ("2026-11", True),
        ("2026-10", False),
        ("2026", True),
        ("2025", False),
    ],
)
def test_a_date_without_a_time_counts_as_its_end(onset, counts):
    assert ("vomiting" in read({"code": "R11.10", "onset": onset})) is counts


def test_respiratory_failure_lasts_as_long_as_the_stay_in_which_it_began():
    failure = {"code": "J96.01", "days": 20}
    assert "respiratory_failure" in read(failure, admitted_hours_ago=21 * DAY)
    assert "respiratory_failure" not in read(failure, admitted_hours_ago=19 * DAY)
    assert "vomiting" not in read({"code": "R11.10", "days": 20}, admitted_hours_ago=21 * DAY)


@pytest.mark.parametrize(("days", "counts"), [(42, True), (43, True), (120, True), (121, False)])
def test_pre_eclampsia_counts_longer_while_the_patient_is_pregnant(days, counts):
    found = read({"code": "O14.13", "days": days}, {"code": "Z33.1", "days": 200})
    assert ("pre_eclampsia" in found) is counts
    assert "pregnancy" in found


def test_pre_eclampsia_alone_says_of_a_pregnancy_only_what_it_says_of_itself():
    assert "pregnancy" in read({"code": "O14.13", "days": 42})
    assert "pregnancy" not in read({"code": "O14.13", "days": 43})


def test_a_birth_ends_the_pregnancy():
    pregnant, birth = {"code": "Z33.1", "days": 200}, {"code": "Z39.0", "days": 3}
    assert "pregnancy" not in read(pregnant, birth)
    assert "pregnancy" in read(pregnant, {**birth, "days": 900})
    assert "pre_eclampsia" in read(pregnant, birth, {"code": "O14.13", "days": 42})
    assert "pre_eclampsia" not in read(pregnant, birth, {"code": "O14.13", "days": 43})
