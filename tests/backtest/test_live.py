"""Live and batch decide the same: a call of the back-test, sent to the service over HTTP, brings the same cards."""

import csv
from dataclasses import replace
from random import Random

import pytest

from cds_service.backtest.moments import HOOKS
from cds_service.backtest.replay import history_of, is_told, replay
from cds_service.demo import demo_requests
from cds_service.run.settings import MissingData
from cds_service.web.app import create_app
from cds_service.web.runtime import Runtime
from fixtures.synthetic.generate import Written, patient
from tests.backtest.exports import DAY, bare_job, calls, forecast, requests, utc
from tests.backtest.test_hooks import ONE_OF_EACH
from tests.calls import cards, post
from tests.conftest import settings_with

NOW = utc(f"{DAY}T12:00:00Z")


class Live:
    """The service over HTTP, with a clock that is set to the moment of each call."""

    def __init__(self, runtime, **changes):
        self._now = NOW
        self._client = create_app(
            Runtime(settings_with(**changes), runtime.knowledge, runtime.keys, now=lambda: self._now)
        ).test_client()

    def answer(self, request, when):
        """The answer to a call, were it now that moment."""
        self._now = when
        return post(self._client, request, f"magnesium-{request['hook']}")


def without_ids(card):
    """A card without the ids that are new on every answer."""
    suggestions = [{k: v for k, v in told.items() if k != "uuid"} for told in card.get("suggestions", ())]
    return {k: v for k, v in card.items() if k != "uuid"} | {"suggestions": suggestions}


def test_synthetic_patients_get_the_same_cards_live_and_in_batch(runtime):
    spoken, service = 0, Live(runtime)
    for number in Random(5).sample(range(2000), 16):
        record = list(patient(number, 7, 0.9, Written()))
        ident = record[0]["id"]
        for call, (moment, request) in zip(calls(record, ident), requests(record, ident), strict=True):
            answered = [without_ids(card) for card in cards(service.answer(request, moment.when))]
            assert answered == [without_ids(card.body) for card in call.decision.cards]
            spoken += len(answered)
    assert spoken > 8


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_that_can_be_replayed_says_the_same_live(hook, runtime):
    service, made = Live(runtime), calls(ONE_OF_EACH, hooks=[hook])
    assert made and {call.moment.hook for call in made} == {hook}
    for call in made:
        answered = [without_ids(card) for card in cards(service.answer(call.request, call.moment.when))]
        assert answered == [without_ids(card.body) for card in call.decision.cards]
    assert [card for call in made for card in call.decision.cards]


def test_a_call_that_cannot_be_answered_is_no_card_live_and_in_batch(runtime):
    job = replace(bare_job(), present=frozenset({"Patient", "MedicationRequest"}))
    told, service = set(), Live(runtime)
    for number in range(12):
        record = list(patient(number, 7, 0.9, Written()))
        chart = history_of(job, record[0]["id"], record, {})
        for call in (pair.tried for pair in replay(job, chart)):
            answered = service.answer(call.request, call.moment.when)
            assert (answered.status_code == 200) is is_told(call.answer)
            told.add(answered.status_code)
    assert told == {200, 412}


@pytest.mark.parametrize("name", ["1-patient-view.json", "3-order-sign.json"])
def test_the_demo_patient_exported_is_warned_about_as_in_the_demo(name, runtime, tmp_path):
    """The other way round: what the demo sends, written as an export, brings the cards of the demo."""
    request = demo_requests(NOW)[name]
    shown = cards(Live(runtime, missing_data=MissingData.CARD).answer(request, NOW))
    resources = [entry["resource"] for value in request["prefetch"].values() for entry in value.get("entry", ())]
    drafts = [entry["resource"] for entry in request["context"].get("draftOrders", {}).get("entry", ())]
    signed = [{**draft, "status": "active", "authoredOn": NOW.isoformat()} for draft in drafts]
    forecast(tmp_path, [request["prefetch"]["patient"], *resources, *signed])
    with (tmp_path / "report" / "alerts.csv").open(newline="") as opened:
        rows = [row for row in csv.DictReader(opened) if row["hook"] == request["hook"]]
    last = [row for row in rows if (row["day"], row["hour"]) == (rows[-1]["day"], rows[-1]["hour"])]
    assert shown and [row["indicator"] for row in last] == [card["indicator"] for card in shown]
    assert [int(row["suggestions"]) for row in last] == [len(card.get("suggestions", ())) for card in shown]
