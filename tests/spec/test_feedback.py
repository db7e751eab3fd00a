"""CDS Hooks, chapter F: feedback."""

import json
import logging
import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from cds_service.metrics.events import Metrics
from cds_service.web.app import create_app
from tests.calls import cards, diagnostics, patient_view, post, sandbox_bodies
from tests.counted import counted
from tests.machine import LONG_S

SERVICE = "magnesium-patient-view/feedback"
CARD = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
PLAIN = {"card": CARD, "outcome": "overridden", "outcomeTimestamp": datetime.now(UTC).isoformat()}


def send(client, *entries):
    return post(client, {"feedback": list(entries)}, SERVICE)


def test_f1_feedback_on_a_card_we_gave_is_received(client):
    card = cards(post(client, patient_view()))[0]
    accepted = {**PLAIN, "card": card["uuid"], "outcome": "accepted", "acceptedSuggestions": [{"id": CARD}]}
    assert send(client, accepted).get_json() == {"received": 1}


@pytest.mark.parametrize("body", [b"{", b"", {}, {"feedback": "x"}, {"feedback": None}, [], 5])
def test_f1_what_is_not_a_feedback_list_is_refused(client, body):
    assert diagnostics(post(client, body, SERVICE), 400)


@pytest.mark.parametrize(
    "wrong", [1, "x", None, {"card": None}, {"card": "mg-1"}, {"outcome": "ignored"}, {"outcome": 1}], ids=str
)
def test_f1_an_entry_that_cannot_be_used_is_named_and_the_others_are_kept(keeping_client, wrong):
    client, books = keeping_client
    entry = {**PLAIN, **wrong} if isinstance(wrong, dict) else wrong
    told = diagnostics(send(client, entry, PLAIN, entry), 400)
    assert "counted from 0): 0, 2." in told and told.endswith("The others were kept: 1.")
    assert [(e["kind"], e["card"]) for e in books.kept] == [("feedback", CARD)]


@pytest.mark.parametrize("when", [None, "soon", 5, "1999-13-45"])
def test_f1_a_time_that_cannot_be_read_is_tolerated(client, when):
    assert send(client, {**PLAIN, "outcomeTimestamp": when}).get_json() == {"received": 1}


def test_f2_the_reason_code_is_recorded_and_the_comment_never(client, caplog):
    caplog.set_level(logging.INFO, logger="magnesium_cds.audit")
    reason = {"reason": {"code": "limited-time", "system": "http://example.com"}, "userComment": "Mrs PHI refused"}
    assert send(client, {**PLAIN, "overrideReason": reason}).status_code == 200
    fields = [record.fields for record in caplog.records if record.getMessage() == "feedback"]
    assert [(line["card"], line["outcome"], line["reason"]) for line in fields] == [
        (CARD, "overridden", "limited-time")
    ]
    assert "PHI" not in json.dumps(fields)


def test_f3_the_same_card_again_and_several_cards_in_one_call(client):
    assert send(client, PLAIN, PLAIN, {**PLAIN, "extension": {"com.example": 1}}).get_json() == {"received": 3}


def test_f3_of_endless_suggestions_of_one_card_so_many_are_kept_each_once(keeping_client):
    client, books = keeping_client
    told = [{"id": f"00000000-0000-4000-8000-{n % 1_000:012}"} for n in range(5_000)]
    assert send(client, {**PLAIN, "outcome": "accepted", "acceptedSuggestions": told}).get_json() == {"received": 1}
    kept = [entry["suggestion"] for entry in books.kept]
    assert kept == [item["id"] for item in told[:50]]


def test_f3_of_endless_reasons_and_suggestions_so_many_are_looked_at(keeping_client):
    client, books = keeping_client
    named = {"overrideReasons": [*[{}] * 199, {"reason": REASON}, {"reason": OTHER}]}
    given = {"acceptedSuggestions": [*[{}] * 199, {"id": CARD}, {"id": CARD.replace("3f", "4f")}]}
    late = {"overrideReasons": [*[{}] * 200, {"reason": REASON}], "acceptedSuggestions": [*[{}] * 200, {"id": CARD}]}
    assert send(client, {**PLAIN, **named, **given}, {**PLAIN, **late}).get_json() == {"received": 2}
    assert [(e["reason"], e["suggestion"]) for e in books.kept] == [(REASON["code"], CARD), ("", "")]


def test_f3_feedback_has_the_limit_of_time_of_a_call(make_client, monkeypatch):
    until = time.monotonic() + LONG_S

    def endless(*_):
        while time.monotonic() < until:
            pass

    monkeypatch.setattr("cds_service.web.feedback._read", endless)
    assert "takes more than 10 ms" in diagnostics(send(make_client(evaluation_ms=10), PLAIN), 413)


def test_f4_an_empty_list_is_fine(client):
    assert send(client).get_json() == {"received": 0}


@pytest.mark.parametrize(
    ("name", "body"), sandbox_bodies("feedback"), ids=lambda value: value if isinstance(value, str) else ""
)
def test_the_sandboxs_feedback_is_received(client, name, body):
    assert post(client, body, SERVICE).get_json() == {"received": 1}


REASON = {"code": "limited-time", "system": "http://terminology.hl7.org/CodeSystem/non-adherence-reason-codes"}
OTHER = {"code": "need-more-info"}


@pytest.mark.parametrize(
    ("told", "more"),
    [
        ({"overrideReasons": [{"reason": REASON}]}, []),
        ({"overrideReasons": {"reason": REASON}}, []),
        ({"overrideReasons": [REASON, OTHER]}, ["need-more-info"]),
        ({"overrideReasons": [{"reason": REASON, "userComment": "Mrs PHI"}, {"reason": OTHER}]}, ["need-more-info"]),
        ({"overrideReasons": [{"reason": {"coding": [REASON]}}]}, []),
        (
            {"overrideReason": {"reason": REASON}, "overrideReasons": [{"reason": REASON}, {"reason": OTHER}]},
            ["need-more-info"],
        ),
    ],
)
def test_override_reasons_as_known_clients_spell_them_are_kept(keeping_client, caplog, told, more):
    caplog.set_level(logging.INFO, logger="magnesium_cds.audit")
    client, books = keeping_client
    assert send(client, {**PLAIN, **told}).status_code == 200
    assert [(e["outcome"], e["reason"]) for e in books.kept] == [("overridden", "limited-time")]
    (line,) = [record.fields for record in caplog.records if record.getMessage() == "feedback"]
    assert line.get("more_reasons", []) == more and "unknown_fields" not in line
    assert "PHI" not in json.dumps(line)


@pytest.mark.parametrize(
    "told", [{"overrideReasons": 5}, {"overrideReasons": [None, "x y", {}]}, {"overrideReasons": []}]
)
def test_override_reasons_that_say_nothing_are_none(keeping_client, told):
    client, books = keeping_client
    assert send(client, {**PLAIN, **told}).status_code == 200
    assert [e["reason"] for e in books.kept] == [""]


def test_fields_that_nobody_knows_are_counted_and_never_quoted(make_client, runtime, caplog):
    caplog.set_level(logging.INFO, logger="magnesium_cds.audit")
    here = replace(runtime, metrics=Metrics())
    sent = {**PLAIN, "reasonForOverride": "Mrs PHI", "overriden": True, "extension": {}}
    assert send(create_app(here).test_client(), sent).status_code == 200
    assert counted(here, "feedback_unknown_fields_total", service="magnesium-patient-view") == 2
    (line,) = [record.fields for record in caplog.records if record.getMessage() == "feedback"]
    assert line["unknown_fields"] == 2 and "PHI" not in json.dumps(line)
