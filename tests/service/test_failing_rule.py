"""A rule or card that fails is left out, told in the trace, counted and logged; the other cards go out."""

import logging
from dataclasses import replace

import pytest

from cards import RULES, SERVICES, Decision, decide
from cards.answer import build
from cards.ask import Rule
from cards.chart import Chart
from cards.model import Stopped
from cards.rules import BY_MOMENT
from cds_service.metrics.events import Metrics
from cds_service.web.app import create_app
from tests.calls import cards, post, request_for
from tests.cards.chart import decide as decided
from tests.cards.chart import snapshot
from tests.counted import counted

VIEW = "magnesium-patient-view"
SECRET = "Jane Doe, born 1950"


def raising(name, problem):
    """The rules, one of which raises."""

    def question(chart: Chart):
        raise problem

    question.__name__ = name
    return tuple(Rule(question, r.problem, r.adds, r.alone) if r.name == name else r for r in RULES)


@pytest.fixture
def counting(runtime):
    """The runtime with counts of its own."""
    return replace(runtime, metrics=Metrics())


def told(runtime, body=None):
    """The summaries of the cards of a call."""
    client = create_app(runtime).test_client()
    return [card["summary"] for card in cards(post(client, body or request_for("patient-view"), VIEW))]


@pytest.fixture
def rules(monkeypatch):
    """Puts other rules in the place of those with their names."""

    def put(made):
        by_name = {rule.name: rule for rule in made}
        by_moment = {about: {name: by_name[name] for name in asked} for about, asked in BY_MOMENT.items()}
        monkeypatch.setitem(decide.__globals__, "BY_MOMENT", by_moment)

    return put


@pytest.mark.parametrize("name", ["potassium_is_low_too", "drugs_cause_low_magnesium", "heart_block_forbids_iv"])
def test_a_rule_that_raises_is_left_out_counted_and_logged(counting, rules, caplog, name):
    usual = told(counting)
    assert counted(counting, "rules_failed_total", rule=name) == 0
    rules(raising(name, KeyError(SECRET)))
    with caplog.at_level(logging.ERROR, "magnesium_cds.problems"):
        left = told(counting)
    assert left and len(left) >= len(usual) - 1
    assert counted(counting, "rules_failed_total", rule=name) == 1
    (line,) = [record for record in caplog.records if record.getMessage() == "rule failed"]
    assert line.fields["rule"] == name and line.fields["problem"] == "the rule failed: KeyError"
    assert "test_failing_rule.py" in line.fields["frames"][-1] and SECRET not in str(line.fields)


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.hook)
def test_every_rule_may_fail_alone_and_the_call_is_answered(counting, rules, service):
    client, body = create_app(counting).test_client(), request_for(service.hook)
    for rule in BY_MOMENT[service.about].values():
        rules(raising(rule.name, ValueError(SECRET)))
        assert post(client, body, service.id).status_code == 200
        assert counted(counting, "rules_failed_total", rule=rule.name) == 1


@pytest.mark.parametrize(
    ("fails", "left"), [("drugs_cause_low_magnesium", "Severely low"), ("magnesium_is_severely_low", "not complete")]
)
def test_what_cannot_be_written_is_left_out_and_counted(counting, monkeypatch, caplog, fails, left):
    original = build.card

    def card(recommendation, *more):
        if any(finding.rule == fails for finding in recommendation.findings):
            raise KeyError(SECRET)
        return original(recommendation, *more)

    monkeypatch.setattr(build, "card", card)
    (said,) = told(counting)
    assert left in said
    assert counted(counting, "rules_failed_total", rule=fails) == 1
    assert SECRET not in caplog.text


def test_a_problem_that_cannot_be_merged_is_left_out_and_counted(counting, monkeypatch):
    usual = told(counting)
    original = decide.__globals__["recommend"]

    def recommend(findings, *more):
        if any(f.rule == "drugs_cause_low_magnesium" for f in findings):
            raise KeyError(SECRET)
        return original(findings, *more)

    monkeypatch.setitem(decide.__globals__, "recommend", recommend)
    assert told(counting) == usual
    assert counted(counting, "rules_failed_total", rule="drugs_cause_low_magnesium") == 1


def test_the_trace_says_what_failed(runtime, rules):
    rules(raising("potassium_is_low_too", KeyError(SECRET)))
    decision: Decision = decided(snapshot({"setting": "inpatient", "magnesium": 1.2, "labs": {"egfr": 85}}))
    (rule,) = [r for r in decision.trace.rules if r.outcome == "failed"]
    assert (rule.rule, rule.why) == ("potassium_is_low_too", "the rule failed: KeyError")
    assert decision.cards


def test_the_end_of_the_time_for_reading_is_no_failed_rule(runtime, rules):
    rules(raising("potassium_is_low_too", Stopped()))
    with pytest.raises(Stopped):
        decided(snapshot({"magnesium": 1.2}))
