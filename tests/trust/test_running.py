"""A running service: tokens across workers, a stop in mid-request, a worker that dies."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
import requests

from tests.calls import patient_view
from tests.machine import LONG_S, environment, free_port, wait_for
from tests.trust.ehr import ISSUER, PATH

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="gunicorn does not run here")


class Service:
    """`serve` with two workers that asks for tokens."""

    def __init__(self, folder, port):
        self.base, self.port = f"http://127.0.0.1:{port}", port
        self.log = folder / "log"
        env = environment(
            BASE_URL=self.base,
            CLIENTS=str(folder / "clients.yaml"),
            DATABASE_URL=f"sqlite:///{folder / 'db.sqlite'}",
        )
        command = [sys.executable, "-m", "cds_service", "serve", "--port", str(port), "--workers", "2"]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, env=env, stdout=log, stderr=log)

    def wait(self):
        """Return when the service is ready."""
        wait_for(self.is_open, "the service is ready")

    def is_open(self):
        """Whether it takes connections."""
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def workers(self):
        """Process ids of the workers started so far."""
        return [int(pid) for pid in re.findall(r"Booting worker with pid: (\d+)", self.log.read_text())]

    def post(self, header):
        """A patient-view call on a connection of its own."""
        return requests.post(self.base + PATH, json=patient_view(), headers=header, timeout=LONG_S).status_code

    def stop(self):
        """Stop and wait."""
        self.process.terminate()
        return self.process.wait(LONG_S)


@contextmanager
def running(folder, ehr):
    """A service that trusts the client."""
    (folder / "jwks.json").write_text(json.dumps(ehr.jwks()), encoding="utf-8")
    listed = {"clients": [{"name": "ehr", "iss": ISSUER, "jwks_file": "jwks.json"}]}
    (folder / "clients.yaml").write_text(json.dumps(listed), encoding="utf-8")
    started = Service(folder, free_port())
    try:
        started.wait()
        yield started
    finally:
        started.stop()


@pytest.fixture(scope="module")
def service(tmp_path_factory, ehr):
    """One for all that leave it running."""
    with running(tmp_path_factory.mktemp("running"), ehr) as started:
        yield started


def test_a_token_sent_many_times_at_once_is_accepted_once_by_all_workers(service, ehr):
    url = service.base + PATH
    for _ in range(3):
        header = ehr.bearer(aud=url)
        with ThreadPoolExecutor(16) as pool:
            answers = list(pool.map(lambda _, header=header: service.post(header), range(32)))
        assert sorted(answers) == [200] + [401] * 31


def test_a_request_in_progress_is_answered_when_the_service_is_stopped(tmp_path, ehr):
    with running(tmp_path, ehr) as service:
        assert_answered_when_stopped(service, ehr)


def assert_answered_when_stopped(service, ehr):
    """A request that is half there when it is told to stop."""
    body = json.dumps(patient_view()).encode()
    lines = [
        f"POST {PATH} HTTP/1.1",
        "Host: x",
        "Content-Type: application/json",
        "Expect: 100-continue",
        f"Authorization: Bearer {ehr.token(aud=service.base + PATH)}",
        f"Content-Length: {len(body)}",
    ]
    with socket.create_connection(("127.0.0.1", service.port), timeout=LONG_S) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode() + body[:100])
        assert connection.recv(4096).startswith(b"HTTP/1.1 100")  # it is in progress
        service.process.terminate()
        wait_for(lambda: "Handling signal: term" in service.log.read_text(), "the service is told to stop")
        connection.sendall(body[100:])
        assert connection.recv(4096).startswith(b"HTTP/1.1 200")
    assert service.process.wait(LONG_S) == 0


def test_a_killed_worker_is_replaced_and_the_others_keep_answering(service, ehr):
    url, answers, done = service.base + PATH, [], threading.Event()

    def load():
        while not done.is_set():
            try:
                answers.append(service.post(ehr.bearer(aud=url)))
            except requests.RequestException:
                answers.append(None)  # was on its way to the worker that died

    threads = [threading.Thread(target=load) for _ in range(4)]
    for thread in threads:
        thread.start()
    wait_for(lambda: len(answers) > 20, "it answers")
    workers = service.workers()
    os.kill(workers[-1], signal.SIGKILL)
    wait_for(lambda: len(service.workers()) > len(workers), "another worker is started")
    before = len(answers)
    wait_for(lambda: len(answers) > before + 20, "it goes on answering")
    done.set()
    for thread in threads:
        thread.join()
    assert len(service.workers()) == len(workers) + 1
    assert set(answers) <= {200, None} and answers.count(None) <= len(threads) and answers[-1] == 200
