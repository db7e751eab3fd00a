import json
import logging

import pytest

from cds_service.records.log import JsonLines, configure_logging
from tests.calls import cards, magnesium, patient_view, post, searchset

MARKS = ("PHINAME", "PHIID", "PHITEXT", "PHIUSER", "PHIHOOK")


def marked():
    """A request in which everything that tells about the patient is marked."""
    body = patient_view(magnesium=searchset(magnesium(patient="PHIID")))
    body["context"].update(patientId="PHIID", userId="Practitioner/PHIUSER", encounterId="PHIID")
    body["prefetch"]["patient"] = {"resourceType": "Patient", "id": "PHIID", "name": [{"text": "PHINAME"}]}
    body["prefetch"]["conditions"] = searchset({"resourceType": "Condition", "code": {"text": "PHITEXT"}}, "PHITEXT")
    body["hookInstance"] = "PHIHOOK"
    return body


def lines_of(caplog):
    return [json.loads(JsonLines().format(record)) for record in caplog.records]


@pytest.mark.parametrize("spoil", [None, "context", "prefetch"])
def test_no_log_line_holds_patient_data(client, caplog, spoil):
    caplog.set_level("DEBUG")
    body = marked()
    if spoil:
        body[spoil] = {"PHITEXT": "PHITEXT"} if spoil == "prefetch" else "PHITEXT"
    post(client, body)
    assert lines_of(caplog)
    assert not [mark for mark in MARKS if mark in json.dumps(lines_of(caplog))]


def test_a_call_is_one_audit_line(client, caplog):
    caplog.set_level(logging.INFO, logger="magnesium_cds.audit")
    answer = post(client, patient_view())
    (line,) = lines_of(caplog)
    assert (line["event"], line["service"], line["status"]) == ("call", "magnesium-patient-view", 200)
    assert line["request"] == answer.headers["X-Request-Id"]
    assert line["cards"] == [card["uuid"] for card in cards(answer)]
    assert line["indicators"] == [card["indicator"] for card in cards(answer)]
    assert line["rules"] and line["ms"] >= 0 and line["knowledge"]


@pytest.mark.parametrize(("body", "status"), [(b"{", 400), ({}, 400), (patient_view(magnesium="x"), 412)])
def test_a_refused_call_is_an_audit_line_too(client, caplog, body, status):
    caplog.set_level(logging.INFO, logger="magnesium_cds.audit")
    post(client, body)
    assert [line["status"] for line in lines_of(caplog)] == [status]


def test_the_audit_is_written_at_every_level(client, capfd):
    before = logging.root.handlers[:]
    try:
        configure_logging("error")
        post(client, patient_view())
        logging.root.handlers[0].flush()
        assert json.loads(capfd.readouterr().err.splitlines()[-1])["event"] == "call"
    finally:
        logging.root.handlers[:] = before
        logging.root.setLevel(logging.WARNING)
