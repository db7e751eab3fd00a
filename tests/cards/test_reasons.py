"""What is told of a decision is taken from it: why each rule is silent, and which numbers decided."""

import ast
import operator
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import cards
from cards import explain
from cards.chart import Because
from cards.chart import Chart as PatientChart
from cards.model import Decision, Finding, Freshness, Silence
from tests.cards.chart import NOW, decide, knowledge, snapshot
from tests.cards.each_case import every_case

CROSSED = {"below": operator.lt, "at most": operator.le, "at least": operator.ge, "above": operator.gt}


@cache
def decisions() -> tuple[Decision, ...]:
    """Every case of every rule, decided."""
    return tuple(case.as_shipped for case in every_case())


def answers() -> Iterator[tuple[str, Finding | Silence]]:
    return (told for decision in decisions() for told in decision.trace.answers.items())


def compared() -> set[Because]:
    """Every comparison that decided a case."""
    return {reason for _, answer in answers() if isinstance(answer, Finding) for reason in answer.decided}


def test_every_silent_rule_says_why_in_a_sentence() -> None:
    reasons = {(rule, answer.why) for rule, answer in answers() if isinstance(answer, Silence)}
    assert len({rule for rule, _ in reasons}) == len(knowledge().advice)
    wrong = r"^\W|None|\bnan\b|inf\b|_|  |;\s*$|^$"
    assert not sorted(f"{rule}: {why}" for rule, why in reasons if re.search(wrong, why))


def test_no_rule_fails_on_a_case() -> None:
    assert not {(rule, answer.why) for rule, answer in answers() if isinstance(answer, Silence) and answer.failed}


def test_a_reason_in_words_holds_no_number() -> None:
    """A number in a reason stands beside the value that was compared with it, in a unit or as a pure number."""
    measured = re.compile(r"[\w ]+? -?[\d.]+( \S[^;]*?)? is (not )?(below|above|at most|at least) -?[\d.]+[^;]*")
    silent = {answer.why for _, answer in answers() if isinstance(answer, Silence)}
    in_words = {part for why in silent for part in why.split("; ") if not measured.fullmatch(part)}
    assert not {words for words in in_words if re.search(r"\d", words) and not re.search(r"eGFR \d+\Z", words)}


def test_every_deciding_number_was_crossed_by_the_value_of_the_patient() -> None:
    assert len({reason.number for reason in compared()}) > 40
    for reason in compared():
        assert reason.holds and reason.threshold and reason.value is not None
        limit = reason.threshold.value
        assert CROSSED[reason.relation](reason.value, limit), reason.why


def test_the_limit_told_is_the_one_in_force() -> None:
    for threshold in (reason.threshold for reason in compared() if reason.threshold):
        shipped = knowledge().thresholds[threshold.id]
        assert threshold.value == shipped.value or threshold.source == "laboratory"


def explained(told: dict[str, object], rule: str) -> dict[str, str]:
    """The deciding numbers that `explain` names for a rule: id to what is told of the patient."""
    rules = explain(decide(snapshot(told)), knowledge())["rules"]
    assert isinstance(rules, list)
    [found] = [entry for entry in rules if entry["rule"] == rule]
    return {number["id"]: number["told"] for number in found["numbers"]}


def test_only_what_decided_is_named_with_the_value_of_the_patient() -> None:
    told = {"magnesium": {"value": 0.80, "unit": "mmol/L"}, "labs": {"potassium": 3.2}, "drafts": [{"rxcui": 3407}]}
    assert explained(told, "draft_is_digoxin") == {
        "suboptimal.high_risk_below": "magnesium 0.8 mmol/L is below",
        "potassium.low": "potassium 3.2 mmol/L is below",
    }


HIGH = {"setting": "inpatient", "magnesium": {"value": 1.2, "unit": "mmol/L"}, "labs": {"egfr": 40}}
SEVERE = {"setting": "inpatient", "magnesium": 1.0, "labs": {"egfr": 90, "potassium": 6.4, "calcium": 6.6}}
SEIZURE = {"patient": {"age": 58}, "setting": "inpatient", "conditions": [{"code": "R56.9", "hours": 1}]}
DAY_OLD = {**SEIZURE, "magnesium": {"value": 1.4, "hours_ago": 30}, "labs": {"egfr": 70}}
DIGOXIN = {"magnesium": {"value": 0.73, "unit": "mmol/L"}, "labs": {"potassium": 4.2}, "drafts": [{"rxcui": 3407}]}


@pytest.mark.parametrize(
    ("told", "rule", "part", "decided"),
    [
        (HIGH, "magnesium_is_high", "band.high_is_mild_below", "limit.upper.default"),
        (SEVERE, "magnesium_is_severely_low", "contamination.same_draw", "band.severe"),
        (SEVERE, "magnesium_is_severely_low", "contamination.calcium", "band.severe"),
        (DAY_OLD, "emergency_needs_magnesium", "emergency.level_hours", "emergency.hours"),
        (DIGOXIN, "draft_is_digoxin", "suboptimal.high_risk_below", "qt_drug.magnesium_below"),
    ],
)
def test_a_part_that_holds_of_a_question_that_does_not_has_decided_nothing(
    told: dict[str, object], rule: str, part: str, decided: str
) -> None:
    found = explained(told, rule)
    assert decided in found and part not in found


def test_the_parts_of_a_question_that_holds_are_all_told() -> None:
    labs = {"egfr": 90, "potassium": 7.5, "calcium": 5.0}
    told = explained({**SEVERE, "labs": labs}, "sample_is_contaminated")
    assert {"contamination.same_draw", "contamination.potassium", "contamination.calcium"} <= told.keys()


def test_what_another_question_found_before_is_kept() -> None:
    chart = PatientChart(snapshot({"magnesium": 1.2}), knowledge(), NOW)
    part = chart.below(0.2, "band.severe")
    failed = chart.below(9.0, "potassium.low")
    before = chart.below(0.3, "band.severe")
    assert chart.of_parts(failed, part) is failed
    assert before in chart.deciding and part not in chart.deciding


def typed_conjunctions(text: str) -> list[str]:
    """What joins two comparisons of a chart: where one alone holds, it would be told as if it had decided."""
    compares = {"below", "above", "at_most", "at_least"}
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.And):
            calls = [n for part in node.values for n in ast.walk(part) if isinstance(n, ast.Call)]
            named = [c.func.attr for c in calls if isinstance(c.func, ast.Attribute) and c.func.attr in compares]
            found += [ast.unparse(node)] * (len(named) > 1)
    return found


def test_comparisons_are_joined_as_parts_of_one_question() -> None:
    assert typed_conjunctions("chart.below(a, 'x') and chart.above(b, 'y')")
    package = Path(cards.__file__).parent
    modules = ((path.name, path.read_text("utf-8")) for path in package.rglob("*.py"))
    assert not [(name, told) for name, text in modules for told in typed_conjunctions(text)]


def test_the_laboratory_s_own_limit_is_the_one_that_is_told() -> None:
    own = {"value": 1.5, "range": {"low": 1.6, "high": 2.4, "unit": "mg/dL"}}
    decision = decide(snapshot({"magnesium": own}))
    [reason] = [r for r in _decided(decision, "magnesium_is_mildly_low") if r.number == "limit.lower.default"]
    assert reason.why == "magnesium 0.62 mmol/L is below 0.66 mmol/L"


@pytest.mark.parametrize("setting", [{}, *({"setting": s} for s in ("inpatient", "emergency", "ambulatory"))])
@pytest.mark.parametrize("hours", [20, 30, 80, 300, 400, 2000, 2200])
def test_the_age_that_is_told_decided_in_every_setting(setting: dict[str, str], hours: int) -> None:
    told = PatientChart(snapshot({**setting, "magnesium": {"value": 1.2, "hours_ago": hours}}), knowledge(), NOW)
    assert told.magnesium
    assert bool(told.is_known) is (told.magnesium.freshness is not Freshness.TOO_OLD)
    assert bool(told.is_fresh) is (told.magnesium.freshness is Freshness.ACTIONABLE)


def _decided(decision: Decision, rule: str) -> tuple[Because, ...]:
    answer = decision.trace.answers[rule]
    assert isinstance(answer, Finding)
    return answer.decided


@pytest.mark.parametrize(
    ("number", "value", "told"),
    [
        ("refill.depleter_hours", 8784, "age of the last magnesium 366 days is above 365 days"),
        ("emergency.hours", 30, "time since the event or ECG 30 h is above 24 h"),
        ("cause.likely_days_2", 1, "time on the drug 1 day is below 2 days"),
        ("review.obstetric.age_years", 11, "age 11 years is below 12 years"),
        ("review.push", 2, "number of IV pushes drafted 2 is above 1"),
    ],
)
def test_a_time_is_read_in_the_words_of_people(number, value, told):
    limit = knowledge().thresholds[number]
    relation = "above" if value > limit.value else "below"
    assert Because(True, threshold=limit, value=value, relation=relation).why == told
