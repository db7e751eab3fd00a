"""No fault of one part of the shipping process ends it, or holds up the records."""

import os
import sqlite3
import time
from types import SimpleNamespace

import pytest

from cds_service.records.answered import Answer, AnsweredFile
from cds_service.records.shipping import Shipping
from cds_service.records.spool import Spool
from cds_service.records.state import ANSWERED, read_status, state_folder
from tests.conftest import settings_with
from tests.store.conftest import recorded
from tests.store.made import answer


@pytest.fixture
def settings(tmp_path):
    return settings_with(database_url=f"sqlite:///{tmp_path / 'db' / 'mg.sqlite'}", state_dir=tmp_path / "state")


@pytest.fixture
def spool(settings):
    made = Spool(state_folder(settings))
    yield made
    made.close()


def test_a_damaged_file_of_answered_cards_is_set_aside_and_begun_anew(spool, shipping, caplog):
    spool.append(answer())
    (spool.folder / ANSWERED).write_text("no database, but some text that somebody wrote here\n" * 20)
    assert shipping.round() and recorded(shipping) == 1 and read_status(spool.folder).reachable
    assert "damaged: set aside and begun anew" in caplog.text and (spool.folder / f"{ANSWERED}.damaged").exists()
    given = Answer(b"1", 1, "accepted", "", 1.0)
    assert shipping._answered.keep([given]) and shipping._answered.find(b"1") == given
    shipping._answered.close()


def test_a_page_that_is_damaged_later_is_noticed_too(tmp_path):
    kept = [Answer(bytes([n]) * 7, 1, "accepted", "x" * 500, 1.0) for n in range(200)]
    file = AnsweredFile(tmp_path / ANSWERED)
    assert file.keep(kept)
    file.close()
    with (tmp_path / ANSWERED).open("r+b") as opened:
        opened.seek(4096)
        opened.write(b"\xff" * (os.path.getsize(tmp_path / ANSWERED) - 4096))
    assert file.find(kept[5].advice) is None and file.keep(kept) and file.find(kept[5].advice) == kept[5]
    file.close()


def test_another_process_that_finds_the_same_damage_sets_no_new_file_aside(tmp_path):
    path = tmp_path / ANSWERED
    path.write_text("no database\n" * 100)
    one, other = AnsweredFile(path), AnsweredFile(path)
    given = Answer(b"1", 1, "accepted", "", 1.0)
    with pytest.raises(sqlite3.DatabaseError) as found:
        other._file.connection()
    assert not one.keep([given]) and one.keep([given])
    other._rest(found.value)
    assert one.find(b"1") == given == AnsweredFile(path).find(b"1")
    one.close()


@pytest.mark.parametrize("part", ["_tidy", "_open", "ship"])
def test_what_nobody_foresaw_is_told_once_and_tried_again(part, spool, shipping, monkeypatch, caplog):
    """Twice the same, then another kind, then none."""
    monkeypatch.setattr("cds_service.records.shipping._TIDY_AGAIN_S", -1.0)
    owner = shipping._shipper if part == "ship" else shipping
    faults = [MemoryError("patient"), MemoryError("patient"), sqlite3.DatabaseError("patient")]
    work = getattr(owner, part)

    def failing():
        if faults:
            raise faults.pop(0)
        return work()

    monkeypatch.setattr(owner, part, failing)
    spool.append(answer())
    rounds = [shipping.round() for _ in range(4)]
    lines = [record for record in caplog.records if record.getMessage().startswith("shipping: ")]
    assert [line.fields["problem"] for line in lines] == ["MemoryError", "DatabaseError"]
    assert "patient" not in str([line.fields for line in lines])
    assert rounds == [part == "_tidy"] * 3 + [True] and recorded(shipping) == 1
    assert read_status(spool.folder).reachable


def test_records_are_shipped_while_another_part_fails(spool, shipping, monkeypatch):
    monkeypatch.setattr(shipping, "_tidy", lambda: 1 / 0)
    spool.append(answer())
    assert shipping.round() and recorded(shipping) == 1 and read_status(spool.folder).reachable


def test_a_place_where_no_database_can_be_is_waited_for(tmp_path):
    """It ended the process as it began."""
    (tmp_path / "db").write_text("no folder")
    settings = settings_with(database_url=f"sqlite:///{tmp_path / 'db' / 'mg.sqlite'}", state_dir=tmp_path / "state")
    (tmp_path / "state").mkdir()
    shipping = Shipping(settings)
    assert not shipping.round() and not read_status(tmp_path / "state").reachable
    (tmp_path / "db").unlink()
    assert shipping.round()
    shipping._engine.dispose()


def test_a_clock_that_is_set_back_stops_no_word(spool, shipping, monkeypatch):
    ahead = time.monotonic()
    now = time.time()
    assert shipping.round()
    monkeypatch.setattr("cds_service.records.shipping.time.time", lambda: now - 3600)
    monkeypatch.setattr("cds_service.records.shipping.time.monotonic", lambda: ahead + 60)
    assert shipping.round() and read_status(spool.folder).at == now - 3600


def test_what_is_surely_too_old_is_removed(spool, shipping, monkeypatch):
    spool.append({**answer(), "at": time.time() - 731 * 24 * 3600})
    spool.append(answer())
    assert shipping.round() and recorded(shipping) == 2
    monkeypatch.setattr(shipping, "_clock", SimpleNamespace(now=time.time))
    shipping._tidy()
    assert recorded(shipping) == 1
