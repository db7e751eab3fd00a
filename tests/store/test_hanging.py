"""Nothing that never answers holds up shipping: no pipe, no silent server, no process that hangs."""

import io
import os
import subprocess
import sys
import threading
from contextlib import suppress

import pytest

from cds_service.records import __main__ as process
from cds_service.records import bounded, keeper
from cds_service.records.engine import database_url, open_engine
from cds_service.records.keeper import Keeper
from cds_service.records.shipping import Shipping
from cds_service.records.spool import Spool
from cds_service.records.spool_files import remove_if_done
from cds_service.records.state import Status, read_status, state_folder, write_status
from tests.conftest import settings_with
from tests.machine import LONG_S, in_time
from tests.store.made import answer

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no pipes in its folders")


def test_a_pipe_in_the_spool_holds_up_nobody(tmp_path, caplog):
    settings = settings_with(database_url=f"sqlite:///{tmp_path / 'mg.sqlite'}", state_dir=tmp_path / "state")
    shipping, spool = Shipping(settings), Spool(tmp_path / "state")
    spool.append(answer())
    spool.close()
    for name in ("0-a.jsonl", "z.jsonl"):
        os.mkfifo(spool.folder / name)
    assert in_time(shipping.round) and in_time(shipping.round)
    assert sorted(path.name for path in spool.folder.glob("*.jsonl")) == ["0-a.jsonl", "z.jsonl"]
    assert sum("cannot be shipped" in record.getMessage() for record in caplog.records) == 2
    assert not in_time(lambda: remove_if_done(spool.folder / "z.jsonl", 0))
    shipping._engine.dispose()


def test_a_pipe_where_odd_records_are_kept_aside_holds_up_nobody(tmp_path):
    settings = settings_with(database_url=f"sqlite:///{tmp_path / 'mg.sqlite'}", state_dir=tmp_path / "state")
    shipping, spool = Shipping(settings), Spool(tmp_path / "state")
    spool.append({"kind": "none of ours"})
    os.mkfifo(spool.folder / "rejected.txt")
    assert in_time(shipping.round)
    spool.close()
    shipping._engine.dispose()


@pytest.mark.parametrize("name", ["shipper.json", "shipper.json.new"])
def test_a_pipe_in_place_of_a_word_is_not_waited_for(tmp_path, name):
    os.mkfifo(tmp_path / name)
    assert in_time(lambda: read_status(tmp_path) is None)
    in_time(lambda: write_status(tmp_path, Status(1.0, True)) is None)
    assert read_status(tmp_path) == Status(1.0, True)


def test_a_database_that_falls_silent_is_given_up(postgres, tmp_path, monkeypatch):
    """Its machine lives, and confirms all that is sent to it."""
    postgres.start()
    settings = settings_with(database_url=postgres.url, state_dir=tmp_path / "state")
    shipping = Shipping(settings)
    assert shipping.round()
    monkeypatch.setattr(bounded, "LONGEST_S", 0.2)
    with postgres.suspended():
        assert not in_time(shipping.round)
    monkeypatch.undo()
    assert shipping.round() and read_status(state_folder(settings)).reachable
    shipping._engine.dispose()


def test_an_answer_that_comes_too_late_is_no_answer_to_the_next_question(postgres, monkeypatch):
    postgres.start()
    engine = open_engine(database_url(settings_with(database_url=postgres.url)))
    with engine.connect() as connection:
        monkeypatch.setattr(bounded, "LONGEST_S", 0.2)
        with pytest.raises(Exception, match="does not answer in time"):
            connection.exec_driver_sql("SELECT pg_sleep(1)")
        assert connection.invalidated
    monkeypatch.undo()
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT 2").scalar() == 2
    engine.dispose()


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """Keeps what a shell runs in place of the shipping process; how it ended."""
    made = Keeper(settings_with(database_url=f"sqlite:///{tmp_path / 'mg.sqlite'}", state_dir=tmp_path / "state"))

    def run(script):
        monkeypatch.setattr(keeper, "_COMMAND", ["sh", "-c", script])
        with (tmp_path / "lock").open("w") as lock:
            in_time(lambda: made._ship(lock.fileno()) is None)

    return run


def test_a_process_without_a_sign_of_life_is_ended(kept, monkeypatch, caplog):
    monkeypatch.setattr(keeper, "_SILENT_S", 0.2)
    kept("printf .; exec sleep 1000")
    assert "is silent: ended" in caplog.text and caplog.records[-1].fields == {"status": "-9"}


def test_one_that_gives_signs_of_life_is_left_alone(kept, caplog):
    kept("for i in 1 2 3; do printf .; done; exit 3")
    assert "silent" not in caplog.text and caplog.records[-1].fields == {"status": "3"}


def test_each_round_and_each_statement_is_a_sign_of_life(tmp_path):
    settings, beats = settings_with(database_url=f"sqlite:///{tmp_path / 'mg.sqlite'}", state_dir=tmp_path), []
    shipping = Shipping(settings, lambda: beats.append(1))
    assert shipping.round()
    begun = len(beats)
    assert begun > 10 and shipping.round() and len(beats) == begun + 1
    shipping._engine.dispose()


def test_a_process_that_hangs_at_the_end_ends_itself(monkeypatch, caplog):
    ended, stop = [], threading.Event()
    monkeypatch.setattr(process, "_END_S", 0.0)
    monkeypatch.setattr(process.sys, "stdin", io.TextIOWrapper(io.BytesIO()))
    monkeypatch.setattr(process.os, "_exit", ended.append)
    process._stop_at_end_of_input(stop)
    assert stop.is_set() and ended == [1] and "too long at the end" in caplog.text


def test_signs_of_life_that_nobody_reads_are_not_waited_for():
    code = "from cds_service.records.__main__ import _beat\nfor _ in range(200_000): _beat()"
    child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert child.wait(LONG_S) == 0
    with suppress(OSError):
        child.stdout.close()
