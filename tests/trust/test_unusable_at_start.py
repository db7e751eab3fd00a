"""A state folder that cannot be used as the service starts: advice goes on, nothing is lost, all is told and heals."""

import errno
import json
import resource
from pathlib import Path

import pytest
from sqlalchemy import func, select

from cards import Indicator
from cds_service.records.answered import AnsweredFile
from cds_service.records.memory import AdviceMemory
from cds_service.records.schema import ANSWERS, FEEDBACK
from cds_service.records.shipping import Shipping
from cds_service.records.state import KEY, hash_key, state_folder, try_to_write
from cds_service.run.settings import Auth
from cds_service.run.start import runtime_of, with_records
from cds_service.web.app import create_app
from tests.calls import patient_view
from tests.conftest import settings_with
from tests.machine import wait_for
from tests.store.serving import Serving
from tests.trust.ehr import BASE, ISSUER, PATH, URL, Ehr

OTHER = "https://other.example/fhir"
FEEDBACK_URL = f"{URL}/feedback"


@pytest.fixture
def other():
    return Ehr(issuer=OTHER)


@pytest.fixture
def settings(tmp_path, ehr, other):
    """Settings of a service for two hospitals, whose state folder lies below `block`."""
    for name, who in (("ehr", ehr), ("other", other)):
        (tmp_path / f"{name}.json").write_text(json.dumps(who.jwks()), encoding="utf-8")
    listed = [
        {"name": name, "iss": iss, "jwks_file": f"{name}.json"} for name, iss in (("ehr", ISSUER), ("other", OTHER))
    ]
    (tmp_path / "clients.yaml").write_text(json.dumps({"clients": listed}), encoding="utf-8")
    return settings_with(
        auth=Auth.REQUIRED,
        base_url=BASE,
        clients=tmp_path / "clients.yaml",
        database_url=f"sqlite:///{tmp_path / 'mg.sqlite'}",
        state_dir=tmp_path / "block" / "state",
    )


@pytest.fixture
def block(tmp_path):
    """A plain file where a folder should be."""
    (tmp_path / "block").write_text("no folder")
    return tmp_path / "block"


@pytest.fixture
def runtime(settings, block, monkeypatch):
    """The service as it starts now."""
    monkeypatch.setattr("cds_service.records.spool._TRY_AGAIN_S", 0.0)
    made = with_records(runtime_of(settings))
    yield made
    made.books.close()


def answered(service, who):
    answer = service.post(PATH, json=patient_view(), headers=who.bearer())
    assert answer.status_code == 200
    return [card["uuid"] for card in answer.get_json()["cards"]]


def give(service, who, cards):
    told = {"feedback": [{"card": card, "outcome": "overridden"} for card in cards]}
    return service.post(f"{PATH}/feedback", json=told, headers=who.bearer(aud=FEEDBACK_URL))


def usable_again(runtime, block, key=b""):
    """The folder can be used from now on, with a key that was kept in it before; each part looks once more."""
    block.unlink()
    if key:
        state_folder(runtime.settings).mkdir(parents=True)
        (state_folder(runtime.settings) / KEY).write_bytes(key)
    assert runtime.books.look() and runtime.memory.look()


def recorded(settings, table):
    shipping = Shipping(settings)
    assert shipping.round()
    with shipping._engine.connect() as connection:
        found = connection.execute(select(func.count()).select_from(table)).scalar()
    shipping._engine.dispose()
    return found


def count(runtime, name):
    return runtime.metrics.registry.get_sample_value(f"magnesium_cds_{name}")


def test_records_and_feedback_wait_and_arrive_once_it_can_be_used(runtime, settings, block, ehr):
    service = create_app(runtime).test_client()
    cards = answered(service, ehr)
    assert cards and give(service, ehr, cards).get_json() == {"received": len(cards)}
    usable_again(runtime, block)
    assert recorded(settings, ANSWERS) == 1 and recorded(settings, FEEDBACK) == len(cards)
    assert give(service, ehr, cards).status_code == 200 and not count(runtime, "feedback_unknown_total")
    fresh = with_records(runtime_of(settings))  # after a restart they are known, too
    assert all(fresh.memory.gave(card, f"{ISSUER}\0magnesium-patient-view") for card in cards)


def test_it_is_told_until_it_can_be_used(runtime, block, ehr, caplog):
    service = create_app(runtime).test_client()
    answered(service, ehr)
    told = service.get("/readyz").get_json()
    assert told["status"] == "ready" and told["state_folder"] == "unusable, see the log"
    assert told["records_in_memory_bytes"] > 0
    assert "magnesium_cds_state_folder_usable 0.0" in service.get("/metrics").get_data(as_text=True)
    usable_again(runtime, block)
    assert "state_folder" not in service.get("/readyz").get_json() and "usable again" in caplog.text
    assert "magnesium_cds_state_folder_usable 1.0" in service.get("/metrics").get_data(as_text=True)


def test_feedback_stays_bound_to_its_client(runtime, ehr, other, caplog):
    """What may be on a card of before the start is asked for again."""
    service = create_app(runtime).test_client()
    answer = give(service, other, answered(service, ehr))
    assert answer.status_code == 503 and "again later" in answer.get_data(as_text=True)
    assert not [r for r in caplog.records if r.getMessage() == "feedback"]
    assert count(runtime, "feedback_unknown_total") == 0


def test_a_key_that_was_kept_before_follows_and_cards_of_before_and_meanwhile_are_known(
    runtime, block, ehr, other, tmp_path
):
    key = b"b" * 32
    old = AdviceMemory(key, AnsweredFile(tmp_path / "old.sqlite")).of("", f"{ISSUER}\0magnesium-patient-view")
    before = old.card_id("advice", Indicator.INFO)
    service = create_app(runtime).test_client()
    cards = [before, *answered(service, ehr)]
    assert give(service, ehr, [before]).status_code == 503
    usable_again(runtime, block, key)
    cards += answered(service, ehr)
    assert give(service, ehr, cards).status_code == 200 and count(runtime, "feedback_unknown_total") == 0
    assert give(service, other, cards).status_code == 200
    assert count(runtime, "feedback_unknown_total") == len(cards)


@pytest.mark.parametrize("cut", [b"", b"k" * 31])
def test_a_key_that_is_not_whole_is_none(cut, tmp_path):
    (tmp_path / KEY).write_bytes(cut)
    with pytest.raises(OSError, match="cut short"):
        hash_key(settings_with(), tmp_path)


def test_a_key_that_cannot_be_written_leaves_nothing_behind(tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", refuse)
    with pytest.raises(OSError, match="No space"):
        hash_key(settings_with(), tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_disk_that_is_full_from_the_start_is_told_plainly_until_there_is_room(settings, monkeypatch, caplog):
    full = True

    def try_to_write(_):
        if full:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("cds_service.records.state_disk.try_to_write", try_to_write)
    state_folder(settings).mkdir(parents=True)
    runtime = with_records(runtime_of(settings.model_copy(update={"secret": "s" * 32})))
    service = create_app(runtime).test_client()
    assert [r.getMessage() for r in caplog.records] == ["state folder full: records wait in memory"]
    told = service.get("/readyz").get_json()
    assert told["state_folder"] == "full: records wait in memory, make room"
    assert told["store"] == "not known: the state folder holds no word of it"
    assert "magnesium_cds_state_folder_usable 0.0" in service.get("/metrics").get_data(as_text=True)
    runtime.disk.look()
    assert len(caplog.records) == 1  # said once
    full = False
    runtime.disk.look()
    assert "state_folder" not in service.get("/readyz").get_json()
    assert "magnesium_cds_state_folder_usable 1.0" in service.get("/metrics").get_data(as_text=True)
    runtime.books.close()


@pytest.mark.parametrize("room", [0, 1000])
def test_what_is_tried_is_a_block_and_leaves_nothing_behind(tmp_path, room):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
    try:
        with pytest.raises(OSError):
            try_to_write(tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    try_to_write(tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_running_service_heals_by_itself(settings, block):
    serving = Serving(settings.database_url, settings.state_dir)
    try:
        cards = serving.cards()
        assert cards and "state_folder" in serving.get("/readyz")
        overridden = {"feedback": [{"card": card, "outcome": "overridden"} for card in cards]}
        assert serving.post(f"{PATH}/feedback", overridden) == (200, {"received": len(cards)})  # at any worker
        block.unlink()
        wait_for(lambda: not waits_still(serving), "all is written")
    finally:
        serving.stop()
    assert recorded(settings, ANSWERS) == 1 and recorded(settings, FEEDBACK) == len(cards)


def waits_still(serving):
    """Whether a worker says that the folder is of no use or that records wait in memory; asked often, of all."""
    told = [serving.get("/readyz") for _ in range(20)]
    return any({"state_folder", "records_in_memory_bytes"} & set(one) for one in told)
