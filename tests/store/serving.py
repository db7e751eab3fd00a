"""A real `serve` on a database, and clients that call it."""

import http.client
import json
import signal
import subprocess
import sys
import threading
import time
from http import HTTPStatus
from pathlib import Path

import psutil

from tests.calls import patient_view
from tests.machine import LONG_S, environment, free_port, wait_for

PATH = "/cds-services/magnesium-patient-view"


class Serving:
    """One instance: two workers and, below one of them, the process that ships."""

    def __init__(self, database: str, state: Path, log: int = subprocess.DEVNULL, **env: str) -> None:
        self.port = free_port()
        self.state = state
        self._body = patient_view()
        told = {"AUTH": "off", "DATABASE_URL": database, "STATE_DIR": str(state), **env}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "cds_service", "serve", "--port", str(self.port), "--workers", "2"],
            env=environment(**told),
            stdout=subprocess.DEVNULL,
            stderr=log,
        )
        wait_for(lambda: self.get("/readyz") is not None, "the service is ready")

    def stop(self) -> None:
        """Stop it as an operator would, and wait."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=LONG_S)

    def get(self, path: str) -> dict[str, object] | None:
        """The JSON of a GET; None when nobody answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=LONG_S)
        try:
            connection.request("GET", path)
            return json.loads(connection.getresponse().read())
        except OSError:
            return None
        finally:
            connection.close()

    def post(self, path: str, body: object, **headers: str) -> tuple[int, dict[str, object]]:
        """Status and JSON of a POST."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=LONG_S)
        try:
            connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json", **headers})
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def cards(self) -> list[str]:
        """The ids of the cards for the demo's first patient, whose results stay the same."""
        status, payload = self.post(PATH, self._body)
        assert status == 200
        return [card["uuid"] for card in payload["cards"]]

    def workers(self) -> list[psutil.Process]:
        """The workers that were begun so far."""
        return psutil.Process(self.process.pid).children()

    def shipping(self) -> list[psutil.Process]:
        """The shipping processes below this instance."""
        below = psutil.Process(self.process.pid).children(recursive=True)
        return [process for process in below if _command(process)[1:3] == ["-m", "cds_service.records"]]


class Load:
    """Clients that ask without a break, or rest after each call.

    `answered` counts the answers that came back whole,
    `calls` has the ids of the cards of each.
    """

    def __init__(self, serving: Serving, clients: int = 4, rest_s: float = 0.0) -> None:
        self._serving, self._rest_s = serving, rest_s
        self._done = threading.Event()
        self._lock = threading.Lock()
        self.answered, self.cards, self.failed, self.slowest = 0, set(), [], 0.0
        self.calls: list[frozenset[str]] = []
        self._threads = [threading.Thread(target=self._run) for _ in range(clients)]

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        for thread in self._threads:
            thread.join(LONG_S)

    def _run(self) -> None:
        body = json.dumps(patient_view())
        connection = http.client.HTTPConnection("127.0.0.1", self._serving.port, timeout=LONG_S)
        while not self._done.wait(self._rest_s):
            began = time.monotonic()
            try:
                connection.request("POST", PATH, body, {"Content-Type": "application/json"})
                answer = connection.getresponse()
                told = answer.read()
                cards = json.loads(told)["cards"] if answer.status == HTTPStatus.OK else []
            except (OSError, http.client.HTTPException) as problem:
                self.failed.append(repr(problem))
                connection.close()
                continue
            with self._lock:
                if answer.status == HTTPStatus.OK:
                    self.answered += 1
                    self.calls.append(frozenset(card["uuid"] for card in cards))
                else:
                    self.failed.append(f"{answer.status} {told[:200]!r}")
                self.cards.update(card["uuid"] for card in cards)
                self.slowest = max(self.slowest, time.monotonic() - began)
        connection.close()


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:  # it ended meanwhile
        return []
