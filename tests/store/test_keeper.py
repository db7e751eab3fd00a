"""The end of the service: what waits is shipped when nobody else uses its files."""

import os
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

from cds_service.records import keeper
from cds_service.records.keeper import _LOCK, Keeper, ship_rest
from cds_service.records.locks import hold
from cds_service.records.spool import Spool
from cds_service.records.state import state_folder
from cds_service.run.settings import Settings
from tests.conftest import settings_with
from tests.machine import LONG_S


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
