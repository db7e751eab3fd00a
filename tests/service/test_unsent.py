"""Cards that nobody got, since the answer was an error, are recorded, counted and remembered nowhere."""

import json
import logging
from dataclasses import replace

import pytest

from cards import KEYS
from cds_service import answer_call
from cds_service.errors import NotJson, TooManyLong, TooMuch
from cds_service.metrics.events import Metrics
from cds_service.records.answered import AnsweredFile
from cds_service.records.log import JsonLines
from cds_service.records.memory import AdviceMemory
from cds_service.records.shown import ShownFile
from cds_service.run.start import runtime_of
from cds_service.web import demo, hooks
from cds_service.web.app import create_app
from tests.calls import cards, patient_view, post, searchset
from tests.cards.chart import NOW, snapshot
from tests.conftest import Kept, settings_with
from tests.counted import counted_by

FAULTS = {400: NotJson("x"), 413: TooMuch("x"), 429: TooManyLong(), 500: ValueError("x")}


@pytest.fixture
def service(tmp_path):
    """A runtime that remembers and keeps its records, a client of it, and what to wait for: that all is remembered."""
    shown = ShownFile(tmp_path / "shown.sqlite")
    memory = AdviceMemory(b"k" * 32, AnsweredFile(tmp_path / "answered.sqlite"), shown=shown)
    made = runtime_of(settings_with())
    runtime = replace(made, books=Kept(), metrics=Metrics(), memory=memory, now=lambda: NOW)
    yield runtime, create_app(runtime, [demo.routes]).test_client(), shown.flush
    shown.close()


def mild():
    """A patient whose card is not shown twice to the same user."""
    chart = snapshot({"setting": "inpatient", "magnesium": 1.5, "labs": {"egfr": 80, "potassium": 4.2}})
    told = {key: searchset(*chart.resources.get(key, ())) for key in KEYS}
    body = patient_view(**{**told, "patient": chart.resources["patient"][0]})
    return {**body, "context": {"userId": "Practitioner/one", "patientId": chart.patient_id}}


@pytest.mark.parametrize("status", FAULTS)
@pytest.mark.parametrize("where", ["spoken", "unit_of_stay", "json_response"])
def test_what_was_decided_before_a_fault_is_not_shown(service, monkeypatch, caplog, where, status):
    (runtime, client, remembered), body = service, mild()
    caplog.set_level(logging.INFO, logger="magnesium_cds.audit")

    def fail(*_, **__):
        raise FAULTS[status]

    with monkeypatch.context() as broken:
        broken.setattr(hooks if where == "json_response" else answer_call, where, fail)
        assert post(client, body).status_code == status
    line = json.loads(JsonLines().format(caplog.records[-1]))
    assert (line["event"], line["status"]) == ("call", status) and not line.get("cards") and not line.get("rules")
    assert [record["cards"] for record in runtime.books.kept] == ([[]] if status != 429 else [])
    assert counted_by(runtime, "cards_total", "rule") == {}
    remembered()
    again = cards(post(client, body))
    assert again and [card["id"] for card in runtime.books.kept[-1]["cards"]] == [card["uuid"] for card in again]


def test_what_cannot_be_told_is_recorded_without_a_card(service, caplog):
    runtime, client, _ = service
    caplog.set_level(logging.INFO, logger="magnesium_cds.audit")
    assert post(client, patient_view(magnesium="x")).status_code == 412
    (line,), (record,) = [json.loads(JsonLines().format(told)) for told in caplog.records], runtime.books.kept
    assert (line["cards"], record["cards"], record["status"]) == ([], [], 412) and line["cannot_tell"]
    assert record["missing"] and record["read"]  # what was decided with is


def test_what_was_sent_is_remembered(service):
    (_, client, remembered), body = service, mild()
    assert cards(post(client, body))
    remembered()
    assert cards(post(client, body)) == []


def test_what_cannot_be_remembered_costs_no_card_and_is_told(service, monkeypatch, caplog):
    def fail(*_):
        raise ValueError("what was asked")

    monkeypatch.setattr(AdviceMemory, "show", fail)
    assert cards(post(service[1], mild()))
    assert "what was shown is not remembered" in caplog.text and "what was asked" not in caplog.text


def test_asking_why_shows_no_card(service):
    (_, client, remembered), body = service, mild()
    assert client.post("/demo/explain/magnesium-patient-view", json=body).status_code == 200
    remembered()
    assert cards(post(client, body))
