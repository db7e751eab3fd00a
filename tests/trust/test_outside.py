"""No wait is bounded by the other side: key servers, FHIR servers and the database may trickle or stop for ever.

The other sides here never end by themselves, so that only a limit of ours brings an answer.
"""

import json
import socket
import threading
from contextlib import contextmanager, suppress

import pytest

from cds_service.call.fhir_access import Gateway, Outcome, Request, Source
from cds_service.call.fhir_access.shares import MOST_OF_ALL, MOST_OF_CLIENT
from cds_service.trust import jwks
from cds_service.trust.clients import Client
from cds_service.trust.jwks import MOST_WAITING, MOST_WAITING_IN_ALL, KeyProblem, KeyStore, fetch, read_keys
from tests.fhir.conftest import TOKEN
from tests.machine import LONG_S, in_time, wait_for

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/fhir+json\r\nX-Long: "
BODY = b"HTTP/1.1 200 OK\r\nContent-Type: application/fhir+json\r\nContent-Length: 99999\r\n\r\n"
REFUSAL = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 9999\r\n\r\n"
PAUSE_S = 0.02


class Trickling:
    """A server that begins an answer as told, then sends one byte after the other for ever; `asked` so often."""

    def __init__(self, beginning):
        self._beginning, self._closing = beginning, threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.base, self.asked = f"http://127.0.0.1:{self._listener.getsockname()[1]}", 0

    def __enter__(self):
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._closing.set()
        self._listener.close()

    def _accept(self):
        with suppress(OSError):
            while not self._closing.is_set():
                client, _ = self._listener.accept()
                self.asked += 1
                threading.Thread(target=self._trickle, args=(client,), daemon=True).start()

    def _trickle(self, client):
        with suppress(OSError), client:
            client.recv(65536)
            client.sendall(self._beginning)
            while not self._closing.wait(PAUSE_S):
                client.sendall(b" " if self._beginning is BODY else b"x")


@contextmanager
def ended(work):
    """The result of work in a thread of its own; that it ends is what is tested."""
    yield in_time(work)


def visit(gateway, base, client="ehr"):
    return Source(gateway, frozenset({base}), client=client).visit(base, TOKEN, "", True)


@pytest.mark.parametrize("beginning", [HEAD, BODY, REFUSAL], ids=["headers", "body", "refusal"])
def test_a_fhir_server_that_trickles_gives_its_thread_back_and_opens_the_breaker(beginning):
    with Trickling(beginning) as server:
        gateway = Gateway(LONG_S, timeout_seconds=0.2)
        for _ in range(5):
            with ended(lambda: visit(gateway, server.base).fetch({"magnesium": Request("Observation")})) as found:
                assert found["magnesium"].outcome is Outcome.TIMEOUT
        assert not gateway.server(server.base, "ehr").breaker.admits()
        assert gateway.server(server.base, "other").breaker.admits()  # which it may answer


@pytest.mark.parametrize("beginning", [HEAD, BODY], ids=["headers", "body"])
def test_a_key_server_that_trickles_is_left(beginning, monkeypatch):
    monkeypatch.setattr(jwks, "LONGEST_FETCH_S", 0.2)

    def failed():
        try:
            return jwks._asked(server.base)  # no thread stays behind
        except KeyProblem as problem:
            return problem

    with Trickling(beginning) as server, ended(failed) as problem:
        assert isinstance(problem, KeyProblem)


def test_a_key_server_whose_name_is_looked_up_without_end_is_left(monkeypatch):
    never = threading.Event()
    monkeypatch.setattr(jwks, "LONGEST_FETCH_S", 0.2)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: never.wait())

    def failed():
        with pytest.raises(KeyProblem, match="in time"):
            fetch("http://keys.example")
        return True

    try:
        with ended(failed) as left:
            assert left
    finally:
        never.set()


@pytest.mark.parametrize(("client", "base"), [("a", "other"), ("b", "slow"), ("b", "other")])
def test_a_slow_server_takes_no_thread_of_another_client_or_server(client, base):
    gateway, never = Gateway(), threading.Event()
    try:
        for _ in range(200):
            gateway.pool("a", "slow").submit(never.wait, LONG_S)
        assert gateway.pool(client, base).submit(lambda: "done").result(LONG_S) == "done"
    finally:
        never.set()


def test_of_several_clients_none_has_all_threads_that_wait_for_servers():
    """However well it answers: it takes its time."""
    gateway, go_on, begun = Gateway(LONG_S, LONG_S, shared=True), threading.Event(), threading.Semaphore(0)
    asked = {"magnesium": Request("Observation")}

    def fetch(request, token, limits, found):
        begun.release()
        go_on.wait(LONG_S)
        found.outcome = Outcome.FETCHED

    for client in ("a", "b", "c"):
        gateway.server("slow", client).fetch = fetch

    def waits(client):
        thread = threading.Thread(target=visit(gateway, "slow", client).fetch, args=(asked,), daemon=True)
        thread.start()
        assert begun.acquire(timeout=LONG_S)
        return thread

    threads = [waits("a") for _ in range(MOST_OF_CLIENT)]
    refused = visit(gateway, "slow", "a").fetch(asked)["magnesium"].outcome
    threads += [waits("b") for _ in range(MOST_OF_ALL - MOST_OF_CLIENT)]
    assert (refused, visit(gateway, "slow", "c").fetch(asked)["magnesium"].outcome) == (Outcome.BUSY, Outcome.BUSY)
    assert gateway.server("slow", "a").breaker.admits()
    go_on.set()
    for thread in threads:
        thread.join(LONG_S)
    assert visit(gateway, "slow", "a").fetch(asked)["magnesium"].outcome is Outcome.FETCHED


def test_few_calls_of_a_client_wait_for_its_keys_the_others_are_told_at_once(ehr):
    never, loading = threading.Event(), threading.Event()

    def load(client):
        if client.iss == "slow":
            loading.set()
            never.wait(LONG_S)
        return read_keys(b'{"keys": [' + json.dumps(ehr.jwk()).encode() + b"]}")

    keys, slow = KeyStore(load), Client("slow", "slow", "https://slow.example")
    waiting = [threading.Thread(target=keys.find, args=(slow, ehr.kid), daemon=True) for _ in range(MOST_WAITING)]
    try:
        for thread in waiting:
            thread.start()
        assert loading.wait(LONG_S)
        wait_for(lambda: not keys._sets["slow"].room._value, "as many wait as may")
        with ended(lambda: [keys.find(slow, ehr.kid)]) as found:
            assert found == [None]
        assert keys.find(Client("good", "good", "https://good.example"), ehr.kid)
    finally:
        never.set()
        for thread in waiting:
            thread.join(LONG_S)


def test_silent_key_servers_of_many_clients_hold_few_threads_and_nobody_elses_keys(ehr):
    """A stranger without any key can have the keys of every client asked for."""
    never = threading.Event()

    def load(client):
        if client.iss != "good":
            never.wait(LONG_S)
        return read_keys(b'{"keys": [' + json.dumps(ehr.jwk()).encode() + b"]}")

    keys = KeyStore(load)
    silent = [Client(f"{n}", f"{n}", f"https://silent-{n}.example") for n in range(MOST_WAITING_IN_ALL + 1)]
    calls = [threading.Thread(target=keys.find, args=(client, ehr.kid), daemon=True) for client in silent * 4]
    good = Client("good", "good", "https://good.example")
    try:
        for thread in calls:
            thread.start()
        wait_for(lambda: not keys._room._value, "as many wait as may")
        wait_for(lambda: sum(thread.is_alive() for thread in calls) == MOST_WAITING_IN_ALL, "the others are told")
        wait_for(lambda: keys.find(good, ehr.kid), "the keys of another come all the same")
    finally:
        never.set()
        for thread in calls:
            thread.join(LONG_S)


def test_a_key_server_that_fails_slowly_is_left_alone_from_the_end_of_its_failure(by_url):
    now, loads = [0.0], []

    def load(client):
        loads.append(client)
        now[0] += 60
        raise KeyProblem("slow")

    keys = KeyStore(load, clock=lambda: now[0])
    assert keys.find(by_url, "a") is None and keys.find(by_url, "a") is None
    assert len(loads) == 1
