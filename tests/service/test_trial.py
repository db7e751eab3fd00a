"""The service while it is on trial: 200 and no cards to everything, and what would have been said in every record."""

import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cds_service.metrics.events import Metrics
from cds_service.run.start import runtime_of
from cds_service.web import hooks
from cds_service.web.app import create_app
from tests.calls import cards, patient_view, post
from tests.conftest import Kept, settings_with
from tests.counted import counted, counted_by

VIEW = "magnesium-patient-view"
SEVERE = "magnesium_is_severely_low"


@pytest.fixture
def serve(tmp_path):
    """The runtime of a site file, and a client of it."""

    def make(text):
        site = tmp_path / "site.yaml"
        site.write_text(text, encoding="utf-8")
        runtime = replace(runtime_of(settings_with(site=site)), books=Kept(), metrics=Metrics())
        return runtime, create_app(runtime).test_client()

    return make


@pytest.fixture
def silent(serve):
    return serve("trial: all\n")


def record(runtime):
    return runtime.books.kept[-1]


def test_a_call_is_answered_without_cards_and_recorded_as_it_would_have_been(silent, client):
    runtime, trial = silent
    live = cards(post(client, patient_view()))
    answer = post(trial, patient_view())
    assert (answer.status_code, answer.get_json()) == (200, {"cards": []}) and live
    told = record(runtime)
    assert (told["status"], told["trial_status"], told["cards"]) == (200, 200, [])
    led = [one for one in told["on_trial"] if one["leads"]]
    assert [one["indicator"] for one in led] == [card["indicator"] for card in live] and led[0]["rule"] == SEVERE


def test_what_would_be_412_is_200_and_recorded_as_412(silent):
    runtime, trial = silent
    answer = post(trial, patient_view(magnesium="x"))
    assert (answer.status_code, answer.get_json()) == (200, {"cards": []})
    told = record(runtime)
    assert (told["status"], told["trial_status"], told["on_trial"]) == (200, 412, [])
    assert told["missing"]["magnesium"] == "missing"


@pytest.mark.parametrize("body", [b"{", b"", b"[]", b'{"context": {}}'])
def test_what_would_be_400_is_200_and_recorded_as_400(silent, body):
    runtime, trial = silent
    answer = trial.post(f"/cds-services/{VIEW}", data=body, content_type="application/json")
    assert (answer.status_code, answer.get_json()) == (200, {"cards": []})
    assert (record(runtime)["status"], record(runtime)["trial_status"]) == (200, 400)


def test_a_fault_of_ours_disturbs_nobody_and_is_counted(silent, monkeypatch):
    runtime, trial = silent
    monkeypatch.setattr(hooks, "answer_call", lambda *_: 1 / 0)
    answer = post(trial, patient_view())
    assert (answer.status_code, answer.get_json()) == (200, {"cards": []})
    assert record(runtime)["trial_status"] == 500 and counted(runtime, "failures_total") == 1


def test_an_unknown_service_is_404_all_the_same(silent):
    assert silent[1].post("/cds-services/none", json={}).status_code == 404


def test_metrics_and_audit_line_tell_trial_from_live(silent, caplog):
    runtime, trial = silent
    with caplog.at_level(logging.INFO, logger="magnesium_cds.audit"):
        post(trial, patient_view())
    assert counted_by(runtime, "cards_total", "rule") == {}
    assert counted(runtime, "trial_cards_total", rule=SEVERE, indicator="critical") == 1
    assert counted(runtime, "trial_calls_total", service=VIEW, status="200") == 1
    (line,) = [r.fields for r in caplog.records if r.message == "call"]
    assert (line["trial"], line["cards"]) == (200, []) and SEVERE in line["on_trial"]


def test_a_rule_on_trial_is_recorded_beside_the_cards_that_are_shown(serve, client):
    runtime, trial = serve("trial: {rules: [drugs_cause_low_magnesium]}\n")
    assert len(cards(post(trial, patient_view()))) == len(cards(post(client, patient_view())))
    told = record(runtime)
    assert told["trial_status"] is None and len(told["cards"]) > 0
    assert [one["rule"] for one in told["on_trial"]] == ["drugs_cause_low_magnesium"]
    assert all("drugs_cause_low_magnesium" not in card["rules"] for card in told["cards"])


def test_discovery_and_the_home_page_say_trial(silent, client):
    trial = silent[1]
    assert all("On trial" in s["description"] for s in trial.get("/cds-services").get_json()["services"])
    assert "On trial" in trial.get("/").get_data(as_text=True)
    assert "On trial" not in client.get("/").get_data(as_text=True)


def test_they_say_it_of_clients_with_a_trial_of_their_own(silent, runtime):
    whole = silent[0].knowledge
    of_a_client = create_app(replace(runtime, site_knowledge={"https://ehr.example": whole})).test_client()
    assert "On trial for 1 of the clients" in of_a_client.get("/").get_data(as_text=True)
    described = of_a_client.get("/cds-services").get_json()["services"][0]["description"]
    assert "On trial for 1 of the clients" in described


def place(body, name):
    """The call of a patient in a unit."""
    stay = {"resourceType": "Encounter", "id": "e1", "status": "in-progress", "class": {"code": "IMP"}}
    stay |= {
        "location": [{"location": {"display": name}}],
        "period": {"start": (datetime.now(UTC) - timedelta(days=2)).isoformat()},
    }
    body["prefetch"]["encounters"] = {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": stay}]}
    return body


@pytest.mark.parametrize(
    ("name", "shown"), [("Medical ICU 3", False), ("Ward 4, Intensive Care", False), ("Oncology", True)]
)
def test_of_a_unit_on_trial_nothing_is_shown_and_elsewhere_as_ever(name, shown, serve):
    runtime, trial = serve("trial: {units: [icu]}\n")
    answer = post(trial, place(patient_view(), name))
    assert answer.status_code == 200 and bool(answer.get_json()["cards"]) == shown
    told = record(runtime)
    assert (told["trial_status"], bool(told["on_trial"]), bool(told["cards"])) == (
        None if shown else 200,
        not shown,
        shown,
    )


def test_a_unit_on_trial_remembers_nothing_as_shown_and_changes_nothing_for_who_has_none(serve):
    _, trial = serve("trial: {units: [icu]}\n")
    assert post(trial, patient_view(magnesium="x")).status_code == 412
    assert cards(post(trial, patient_view()))
