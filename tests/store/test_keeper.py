"""The end of the service: what waits is shipped when nobody else uses its files."""

import os
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from cds_service.records import keeper, orphans, private_files
from cds_service.records.keeper import _LOCK, Keeper, ship_rest
from cds_service.records.locks import hold
from cds_service.records.orphans import LockHolder, note
from cds_service.records.spool import Spool
from cds_service.records.state import state_folder
from cds_service.run.settings import Settings
from tests.conftest import settings_with
from tests.machine import LONG_S, wait_for


def settings_of(folder: Path) -> Settings:
    return settings_with(database_url=f"sqlite:///{folder / 'mg.sqlite'}", state_dir=folder / "state")


@pytest.mark.skipif(sys.platform == "win32", reason="workers are no processes there")
def test_the_rest_is_shipped_when_the_last_shipping_process_has_ended(tmp_path):
    settings = settings_of(tmp_path)
    spool = Spool(state_folder(settings))
    assert spool.append({"kind": "none of ours"})
    spool.close()
    lock = os.open(state_folder(settings) / _LOCK, os.O_RDWR | os.O_CREAT)
    assert hold(lock)
    shipping = subprocess.Popen(["sleep", "1"], pass_fds=(lock,))
    os.close(lock)
    ship_rest(settings)
    assert shipping.poll() == 0 and (state_folder(settings) / "rejected.txt").exists()


def test_no_process_is_started_where_nothing_waits(tmp_path, monkeypatch):
    monkeypatch.setattr(keeper, "subprocess", None)
    ship_rest(settings_of(tmp_path))


@pytest.mark.skipif(sys.platform == "win32", reason="workers are no processes there")
def test_a_folder_or_a_machine_that_is_of_no_use_for_a_while_is_asked_again(tmp_path, monkeypatch):
    """A thread that gave up would ship nothing until the worker ends."""
    begun, started = [], threading.Event()

    def start(*_, **__):
        begun.append(1)
        if len(begun) == 1:
            raise BlockingIOError("no process can be started now")
        started.set()
        threading.Event().wait()  # it never ends

    monkeypatch.setattr(keeper, "_LOOK_S", 0.01)
    (tmp_path / "state").write_text("no folder")
    popen = SimpleNamespace(Popen=start, PIPE=subprocess.PIPE)
    monkeypatch.setattr(keeper, "subprocess", popen)
    Keeper(settings_of(tmp_path)).start()
    assert not started.wait(0.1) and not begun
    (tmp_path / "state").unlink()
    assert started.wait(LONG_S)


@pytest.mark.skipif(sys.platform == "win32", reason="workers are no processes there")
def test_the_shipping_process_is_watched_whatever_the_number_of_its_pipe(tmp_path):
    """A worker with a thousand connections has higher ones."""
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, hard), hard))
    taken = [os.dup(0) for _ in range(1030)]
    try:
        with subprocess.Popen(["true"], stdout=subprocess.PIPE) as started:
            assert started.stdout.fileno() > 1023 and not keeper._falls_silent(started)
    finally:
        for file in taken:
            os.close(file)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_no_fault_ends_the_thread_that_keeps_it(tmp_path, monkeypatch, caplog):
    turns, again = [], threading.Event()

    def ship(*_):
        turns.append(1)
        if len(turns) < 3:
            raise ValueError("what nobody foresaw")
        again.set()
        threading.Event().wait()

    monkeypatch.setattr(keeper, "_LOOK_S", 0.01)
    monkeypatch.setattr(Keeper, "_ship", ship)
    Keeper(settings_of(tmp_path)).start()
    assert again.wait(LONG_S)
    assert [r.getMessage() for r in caplog.records] == ["keeping the shipping process failed, and is tried again"]


def test_no_fault_ends_the_thread_that_looks(monkeypatch):
    looked, twice = [], threading.Event()

    def look():
        looked.append(1)
        if len(looked) > 1:
            twice.set()
        raise PermissionError("as of a folder that may not be entered")

    monkeypatch.setattr(private_files, "LOOK_S", 0.01)
    private_files.watch([look], lambda: None)
    assert twice.wait(LONG_S)


@pytest.mark.skipif(sys.platform != "linux", reason="nobody can tell there whose process it is")
class TestOfAProcessThatOutlivesItsWorker:
    """A process like the shipping one, kept under the lock by a worker that has ended meanwhile."""

    @pytest.fixture
    def left(self, tmp_path):
        """Its id and the lock; it is stopped."""
        path = tmp_path / "lock"
        code = (
            "import os, subprocess, sys; from cds_service.records.orphans import note; "
            "from cds_service.records.locks import hold; lock = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT); "
            "assert hold(lock); made = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(1000)', "
            "'cds_service.records'], pass_fds=(lock,), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL); "
            "note(lock, made.pid); print(made.pid)"
        )
        told = subprocess.run(
            [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True, timeout=LONG_S
        )
        made = psutil.Process(int(told.stdout))
        made.suspend()
        wait_for(lambda: made.status() == psutil.STATUS_STOPPED, "it is stopped")
        yield made, os.open(path, os.O_RDWR)
        with suppress(psutil.NoSuchProcess):
            made.kill()

    def test_it_is_told_to_go_on_and_ended_when_that_is_of_no_use(self, left, monkeypatch):
        made, lock = left
        holder = LockHolder(lock)
        assert holder.look()
        wait_for(lambda: made.status() != psutil.STATUS_STOPPED, "it goes on")
        monkeypatch.setattr(orphans, "_LONGEST_S", 0.0)
        assert not hold(lock)
        wait_for(lambda: holder.look() and hold(lock), "the lock is free")

    def test_none_of_another_machine_is_touched(self, left):
        made, lock = left
        os.pwrite(lock, f"{made.pid} 1 another".encode(), 0)
        os.ftruncate(lock, len(f"{made.pid} 1 another"))
        assert LockHolder(lock).look() and made.status() == psutil.STATUS_STOPPED


@pytest.mark.skipif(sys.platform != "linux", reason="nobody can tell there whose process it is")
def test_one_whose_worker_lives_is_left_alone_and_not_waited_for(tmp_path):
    with (tmp_path / "lock").open("w+") as lock:
        command = [sys.executable, "-c", "import time; time.sleep(1000)", "cds_service.records"]
        with subprocess.Popen(command) as made:
            note(lock.fileno(), made.pid)
            assert not LockHolder(lock.fileno()).look() and made.poll() is None
            made.kill()
