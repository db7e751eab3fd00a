"""What one caller answered is quiet for that caller only, and from the moment of the answer on."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cards import Indicator
from cds_service.metrics.events import Metrics
from cds_service.records.answered import AnsweredFile
from cds_service.records.memory import AdviceMemory, answer_of
from tests.conftest import Kept
from tests.trust.ehr import PATH, URL, Ehr

OTHER = "https://other.example/fhir"


@pytest.fixture
def memory(tmp_path):
    """An empty memory."""
    return AdviceMemory(b"k" * 32, AnsweredFile(tmp_path / "answered.sqlite"))


@pytest.fixture
def other(tmp_path):
    """A second hospital with a key of its own."""
    return Ehr(issuer=OTHER)


@pytest.fixture
def service(serve, trusted, other, memory, tmp_path):
    """A service that trusts two hospitals and remembers."""
    keys = tmp_path / "other.json"
    keys.write_text(json.dumps(other.jwks()), encoding="utf-8")
    return serve(trusted(), trusted(name="other", iss=OTHER, jwks_file=keys), more={"memory": memory})


def cards_of(answer):
    """The cards of an answer that must be a 200."""
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_json()["cards"]


def override(service, headers, shown, **more):
    """Override these cards."""
    told = {"feedback": [{"card": card["uuid"], "outcome": "overridden", **more} for card in shown]}
    assert service.post(f"{PATH}/feedback", json=told, headers=headers).status_code == 200


def feedback_token(ehr, **claims):
    """The header of a call that gives feedback."""
    return ehr.bearer(aud=f"{URL}/feedback", **claims)


def test_what_one_hospital_answered_another_is_still_told(service, call, ehr, other):
    shown = cards_of(call(service, ehr.bearer()))
    theirs = cards_of(call(service, other.bearer()))
    override(service, feedback_token(other), theirs)
    assert cards_of(call(service, other.bearer())) == []
    assert len(cards_of(call(service, ehr.bearer()))) == len(shown) > 0


def test_tenants_of_one_issuer_are_told_apart(service, call, ehr):
    shown = cards_of(call(service, ehr.bearer(tenant="north")))
    override(service, feedback_token(ehr, tenant="north"), shown)
    assert cards_of(call(service, ehr.bearer(tenant="north"))) == []
    assert len(cards_of(call(service, ehr.bearer(tenant="south")))) == len(shown)


def test_feedback_that_comes_after_the_quiet_time_keeps_nothing_quiet(service, call, ehr):
    shown = cards_of(call(service, ehr.bearer()))
    long_ago = (datetime.now(UTC) - timedelta(days=8)).isoformat()
    override(service, feedback_token(ehr), shown, outcomeTimestamp=long_ago)
    assert len(cards_of(call(service, ehr.bearer()))) == len(shown)


NO_TIMES = ["0001-01-01T00:00:00+01:00", "0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00"]


@pytest.mark.parametrize("told", NO_TIMES)
def test_feedback_with_a_time_that_is_none_counts_from_when_it_came(service, call, ehr, memory, told):
    shown = cards_of(call(service, ehr.bearer()))
    override(service, feedback_token(ehr), shown, outcomeTimestamp=told)
    assert cards_of(call(service, ehr.bearer())) == []
    memory.forget_before(datetime.now(UTC) - timedelta(hours=1))
    assert cards_of(call(service, ehr.bearer())) == []


@pytest.mark.parametrize("at", [-62135600400.0, 0.0, 2.0**60, float("inf"), float("-inf"), "text"])
def test_what_is_kept_with_a_time_that_is_none_costs_no_card(service, call, ehr, memory, at, caplog):
    shown = cards_of(call(service, ehr.bearer()))
    answers = [replace(answer_of(c["uuid"], "overridden", "", 0.0), at=at) for c in shown]
    assert memory._answers.keep(answers)
    assert [c["summary"] for c in cards_of(call(service, ehr.bearer()))] == [c["summary"] for c in shown]
    told = [r for r in caplog.records if r.getMessage().startswith("memory failed")]
    assert len(told) == (at == "text") and "rule failed" not in caplog.text


def test_the_same_advice_has_another_name_for_every_caller(memory):
    names = {memory.of(caller).card_id("advice", Indicator.INFO)[-10:] for caller in ("", "a\0", "a\0north", "b\0")}
    assert len(names) == 4


STRANGE = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
SIGNING = PATH.replace("patient-view", "order-sign")


@pytest.mark.parametrize("whose", ["another client", "another service", "nobody"])
def test_feedback_of_who_did_not_get_the_card_is_answered_alike_and_kept_nowhere(
    whose, serve, call, ehr, other, trusted, memory, tmp_path, caplog
):
    keys = tmp_path / "other.json"
    keys.write_text(json.dumps(other.jwks()), encoding="utf-8")
    books, counting = Kept(), Metrics()
    service = serve(
        trusted(),
        trusted(name="other", iss=OTHER, jwks_file=keys),
        more={"memory": memory, "books": books, "metrics": counting},
    )
    shown = [card["uuid"] for card in cards_of(call(service, ehr.bearer()))]
    sender = other if whose == "another client" else ehr
    path = SIGNING if whose == "another service" else PATH
    cards = [STRANGE] * len(shown) if whose == "nobody" else shown
    caplog.clear()
    kept = len(books.kept)
    told = {"feedback": [{"card": card, "outcome": "overridden"} for card in cards]}
    headers = sender.bearer(aud=f"{URL.replace(PATH, path)}/feedback")
    answer = service.post(f"{path}/feedback", json=told, headers=headers)
    assert (answer.status_code, answer.get_json()) == (200, {"received": len(shown)})
    assert len(books.kept) == kept and not [r for r in caplog.records if r.getMessage() == "feedback"]
    assert counting.registry.get_sample_value("magnesium_cds_feedback_unknown_total") == len(shown)
    assert len(cards_of(call(service, ehr.bearer()))) == len(shown) > 0


def test_a_card_is_known_again_on_a_machine_that_has_the_same_key(tmp_path):
    one, two, three = (
        AdviceMemory(key * 32, AnsweredFile(tmp_path / f"{n}.sqlite")) for n, key in enumerate((b"k", b"k", b"x"))
    )
    card = one.of("ehr", "ehr service").card_id("advice", Indicator.INFO)
    assert two.gave(card, "ehr service") and not three.gave(card, "ehr service") and not two.gave(card, "ehr other")


@pytest.mark.parametrize("told", ["0001-01-01T00:00:00+01:00", "0001-01-01T00:00:00", "9999-12-31T23:59:59-12:00"])
def test_feedback_without_a_sensible_time_is_of_now_and_fails_no_later_card(service, call, ehr, told, caplog):
    """.NET writes such where it has no time: reading it again failed the cards of the same advice."""
    shown = cards_of(call(service, ehr.bearer()))
    override(service, feedback_token(ehr), shown, outcomeTimestamp=told)
    assert shown and cards_of(call(service, ehr.bearer())) == []
    assert not [r for r in caplog.records if r.getMessage() in ("failure", "rule failed")]
