"""A restart under load: every request that was taken in is answered, whole."""

import http.client
import json
import signal
import sys
import threading
import time

import psutil
import pytest

from tests.calls import patient_view
from tests.machine import LONG_S, free_port, wait_for
from tests.trust.ehr import ISSUER, PATH
from tests.trust.test_running import Service

CLIENTS = 4
PAUSE_S = 0.1  # in mid-request, so that there is always one under way, and little else to do for a processor
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="gunicorn does not run here")


class Load:
    """Clients that call `current` without a break; after a refused connection again, anything else is lost."""

    def __init__(self, current, ehr):
        self.current, self._ehr = current, ehr
        self.answers, self.refused = [], 0
        self._body = json.dumps(patient_view()).encode()
        self._done = threading.Event()
        self._threads = [threading.Thread(target=self._run) for _ in range(CLIENTS)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._done.set()
        for thread in self._threads:
            thread.join(LONG_S)

    def goes_on(self, answers=30):
        """Wait until so many more calls have ended."""
        before = len(self.answers)
        wait_for(lambda: len(self.answers) >= before + answers, "calls end")

    def _run(self):
        while not self._done.is_set():
            service = self.current
            try:
                self.answers.append((service.port, self._call(service)))
            except ConnectionRefusedError:
                self.refused += 1
                time.sleep(0.01)
            except (OSError, http.client.HTTPException) as problem:
                self.answers.append((service.port, repr(problem)))

    def _call(self, service):
        """The status and whether the answer was whole."""
        connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=LONG_S)
        connection.connect()
        connection.putrequest("POST", PATH)
        token = self._ehr.bearer(aud=service.base + PATH)
        length = {"Content-Type": "application/json", "Content-Length": str(len(self._body))}
        for name, value in {**token, **length, "Connection": "close"}.items():
            connection.putheader(name, value)
        connection.endheaders(self._body[:200])
        time.sleep(PAUSE_S)
        connection.send(self._body[200:])
        answer = connection.getresponse()
        payload = json.loads(answer.read())
        connection.close()
        return answer.status, bool(payload.get("cards"))


@pytest.fixture
def start(tmp_path, ehr):
    """Starts one more instance of the same deployment."""
    started = []
    (tmp_path / "jwks.json").write_text(json.dumps(ehr.jwks()), encoding="utf-8")
    listed = {"clients": [{"name": "ehr", "iss": ISSUER, "jwks_file": "jwks.json"}]}
    (tmp_path / "clients.yaml").write_text(json.dumps(listed), encoding="utf-8")

    def make():
        started.append(Service(tmp_path, free_port()))
        started[-1].wait()
        return started[-1]

    yield make
    for service in started:
        service.stop()


def test_no_request_is_lost_when_workers_are_renewed(start, ehr):
    service = start()
    with Load(service, ehr) as load:
        load.goes_on()
        old = [psutil.Process(pid) for pid in service.workers()]
        service.process.send_signal(signal.SIGHUP)
        wait_for(lambda: len(service.workers()) == 4, "new workers are started")
        wait_for(lambda: not any(process.is_running() for process in old), "the old ones end")
        load.goes_on()
    assert len(service.workers()) == 4
    assert {answer for _, answer in load.answers} == {(200, True)}
    assert len(load.answers) > 50 and load.refused == 0


def test_no_request_is_lost_when_another_instance_takes_over(start, ehr):
    old = start()
    with Load(old, ehr) as load:
        load.goes_on()
        load.current = new = start()
        stopped = old.stop()  # at once: requests are under way
        load.goes_on()
    assert stopped == 0
    assert {answer for _, answer in load.answers} == {(200, True)}
    assert {port for port, _ in load.answers} == {old.port, new.port}
