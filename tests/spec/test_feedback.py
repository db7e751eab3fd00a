"""CDS Hooks, chapter F: feedback."""

import json
import logging
from datetime import UTC, datetime

import pytest

from tests.calls import cards, diagnostics, patient_view, post, sandbox_bodies

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


def test_f4_an_empty_list_is_fine(client):
    assert send(client).get_json() == {"received": 0}


@pytest.mark.parametrize(
    ("name", "body"), sandbox_bodies("feedback"), ids=lambda value: value if isinstance(value, str) else ""
)
def test_the_sandboxs_feedback_is_received(client, name, body):
    assert post(client, body, SERVICE).get_json() == {"received": 1}
