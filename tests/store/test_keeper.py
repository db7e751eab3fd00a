"""The end of the service: what waits is shipped when nobody else uses its files."""

import os
import subprocess
import sys

import pytest

from cds_service.records.keeper import _LOCK, ship_rest
from cds_service.records.locks import hold
from cds_service.records.state import state_folder
from tests.conftest import settings_with


@pytest.mark.skipif(sys.platform == "win32", reason="workers are no processes there")
def test_the_rest_is_shipped_when_the_last_shipping_process_has_ended(tmp_path):
    settings = settings_with(database_url=f"sqlite:///{tmp_path / 'mg.sqlite'}", state_dir=tmp_path / "state")
    state_folder(settings).mkdir(parents=True)
    lock = os.open(state_folder(settings) / _LOCK, os.O_RDWR | os.O_CREAT)
    assert hold(lock)
    shipping = subprocess.Popen(["sleep", "1"], pass_fds=(lock,))
    os.close(lock)
    ship_rest(settings)
    assert shipping.poll() == 0 and (tmp_path / "mg.sqlite").exists()
