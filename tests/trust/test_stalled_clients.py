"""Clients that stall, in a head, in a body or before it, hold no thread; the others are answered all the same."""

import json
import re
import selectors
import socket
import sys
from concurrent.futures import Future
from contextlib import ExitStack, closing

import psutil
import pytest
import requests

from bench import servers
from cds_service.run.turns import LARGE_BYTES, MOST_LARGE, MOST_LARGE_BYTES, Turns
from tests.calls import magnesium, patient_view, searchset
from tests.machine import wait_for

PATH = "/cds-services/magnesium-patient-view"
STALLED, ORDINARY, DEADLINE_S = 16, 20, 120
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="gunicorn does not run here")


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    """One service of one worker for all whose connections hinder no other test, and its log."""
    folder = tmp_path_factory.mktemp("served")
    with servers.service(folder, workers=1) as started:
        yield started, folder / f"{started.port}.log"


STALLS = {
    "silent": b"",
    "half a head": f"POST {PATH} HTTP/1.1\r\nHost: x\r\nX-".encode(),
    "half a body": f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{{".encode(),
    "half a chunk": f"POST {PATH} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n{{".encode(),
    "too large": f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n{{".encode(),
    "not closed": b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
}


def test_half_a_request_is_ended_told_and_counted(service):
    server, log = service
    before = ended(server)
    with socket.create_connection(("127.0.0.1", server.port), DEADLINE_S) as connection:
        connection.sendall(STALLS["half a head"])
        answer = b"".join(iter(lambda: connection.recv(65536), b"")).decode()
    head, _, body = answer.partition("\r\n\r\n")
    assert head.startswith("HTTP/1.1 408 ") and json.loads(body)["resourceType"] == "OperationOutcome"
    (request_id,) = re.findall(r"^X-Request-Id: (\S+)\r$", head, re.M)
    assert ended(server) == before + 1
    wait_for(lambda: request_id in log.read_text(encoding="utf-8"), "it is told in the log")
    (line,) = [line for line in log.read_text(encoding="utf-8").splitlines() if request_id in line]
    assert "request refused by the server" in line


def ended(server):
    """How many requests were ended because they did not go on."""
    page = requests.get(f"http://127.0.0.1:{server.port}/metrics", timeout=DEADLINE_S).text
    told = re.findall(r'^magnesium_cds_requests_refused_total\{status="408"\} (\S+)$', page, re.M)
    return float(told[0]) if told else 0


def test_sixteen_clients_that_stall_in_mid_body_do_not_stop_the_others(service):
    server, _ = service
    body = json.dumps(patient_view()).encode()
    head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    half = len(body) // 2
    with ExitStack() as open_connections:
        stalled = []
        for _ in range(STALLED):
            connection = socket.create_connection(("127.0.0.1", server.port), DEADLINE_S)
            stalled.append(open_connections.enter_context(connection))
            connection.sendall(head.encode() + body[:half])
        url = f"http://127.0.0.1:{server.port}{PATH}"
        statuses = [requests.post(url, json=patient_view(), timeout=DEADLINE_S).status_code for _ in range(ORDINARY)]
        assert statuses == [200] * ORDINARY
        for connection in stalled:  # and they are answered once they go on
            connection.sendall(body[half:])
            assert connection.recv(4096).startswith(b"HTTP/1.1 200")


OF_EACH = 20  # more than a worker has threads, in all; the long count is `python -m bench.stalled`


def test_more_stalled_clients_than_threads_stop_nobody(service):
    """The stalled ones never go on: only a server that waits for none of them answers."""
    server, _ = service
    with ExitStack() as open_connections:
        for sent in STALLS.values():
            for _ in range(OF_EACH):
                connection = socket.create_connection(("127.0.0.1", server.port), DEADLINE_S)
                open_connections.enter_context(connection).sendall(sent)
        url = f"http://127.0.0.1:{server.port}{PATH}"
        statuses = [requests.post(url, json=patient_view(), timeout=DEADLINE_S).status_code for _ in range(ORDINARY)]
        assert statuses == [200] * ORDINARY


def test_one_address_holds_so_many_waiting_connections_and_the_longest_gives_way(tmp_path):
    from cds_service.run.waiting import ADDRESS_CONNECTIONS

    with servers.service(tmp_path, workers=1) as service, ExitStack() as open_connections:
        opened = []
        for _ in range(ADDRESS_CONNECTIONS + 1):
            connection = socket.create_connection(("127.0.0.1", service.port), DEADLINE_S)
            opened.append(open_connections.enter_context(connection))
            connection.sendall(b"GET /healthz")
        assert opened[0].recv(1) == b""
        opened[-1].sendall(b" HTTP/1.1\r\nHost: x\r\n\r\n")
        assert opened[-1].recv(64).startswith(b"HTTP/1.1 200")
        assert psutil.pid_exists(service.process.pid)


LONG_BYTES = 4_500_000  # more than the buffers of the system take for one connection
NOT_READ = 36  # connections; a worker has 32 threads


def with_long_answer():
    """A call that is answered with the order it would stop, whose note is very long."""
    order = {
        "resourceType": "MedicationRequest",
        "id": "o1",
        "status": "active",
        "intent": "order",
        "subject": {"reference": "Patient/demo-heart"},
        "medicationCodeableConcept": {"text": "magnesium oxide 400 mg tablets"},
        "note": [{"text": "x" * LONG_BYTES}],
    }
    return json.dumps(patient_view(magnesium=searchset(magnesium(6.5)), medications=searchset(order))).encode()


def test_clients_that_do_not_take_their_answers_hold_no_thread(service):
    server, _ = service
    body = with_long_answer()
    head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    with ExitStack() as open_connections:
        slow = [open_connections.enter_context(not_read(server.port)) for _ in range(NOT_READ)]
        for connection in slow:
            connection.sendall(head.encode() + body)
        assert {connection.recv(12) for connection in slow} == {b"HTTP/1.1 200"}
        url = f"http://127.0.0.1:{server.port}{PATH}"
        assert requests.post(url, json=patient_view(), timeout=DEADLINE_S).status_code == 200
        # a server whose threads wait has given some of these up for it
        assert all(received(connection) > LONG_BYTES for connection in slow[:3])


def not_read(port):
    """A connection that takes little at a time."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.settimeout(DEADLINE_S)
    connection.connect(("127.0.0.1", port))
    return connection


def received(connection):
    """How many bytes of an answer are still read, to its end."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    total, end = 0, b""
    while not end.endswith(b"]}") and (came := connection.recv(1 << 20)):
        total, end = total + len(came), came
    return total


def test_an_answer_that_is_never_taken_is_given_up():
    """What waits is bounded in time and memory like what waits to be read; see the worker."""
    from cds_service.run.departure import Departing

    ours, theirs = socket.socketpair()
    with Departing(ours) as departing, theirs:
        departing.sendall(b"x" * LONG_BYTES)
        assert 0 < len(departing.rest) < LONG_BYTES
        held = len(theirs.recv(1 << 20))
        assert departing.send_on() > 0 and held
        theirs.close()
        with pytest.raises(OSError, match=r"pipe|reset"):
            departing.sendall(b"x")


def test_of_whole_requests_that_wait_for_a_thread_so_much_is_kept_and_more_is_told_to_come_again(monkeypatch):
    """Threads that are all taken, as a list that nobody works off: only what is said here bounds its memory."""
    worker, refused = unstarted(monkeypatch, most=250)
    ours, theirs = zip(*(connected(worker) for _ in range(4)), strict=True)
    with ExitStack() as open_connections, closing(worker.tmp), closing(worker.poller):
        for end in (*theirs, *(conn.sock for conn in ours)):
            open_connections.enter_context(end)
        for conn in ours[:3]:
            worker._answer(conn, whole(100))
        assert worker.queued == list(ours[:2]) and refused == [503]
        answer = theirs[2].recv(4096)
        assert answer.startswith(b"HTTP/1.1 503 Service Unavailable\r\n") and b"\r\nRetry-After: 1\r\n" in answer
        given_up, failed = Future(), Future()
        given_up.cancel()
        failed.set_exception(ValueError())
        worker.finish_request(ours[0], given_up)
        worker._answer(ours[3], whole(100))
        assert worker.queued[2:] == [ours[3]]
        worker.finish_request(ours[1], failed)
        worker.finish_request(ours[3], failed)
        assert (worker._asked._held, worker._asked._bytes) == ({}, 0)


def test_large_requests_take_turns_and_small_ones_do_not_wait_for_them(monkeypatch):
    """46 bodies of 5 MB at once had a worker read them all at once, in 2.3 GB."""
    worker, _ = unstarted(monkeypatch, most=100 * MOST_LARGE_BYTES)
    ours, theirs = zip(*(connected(worker) for _ in range(6)), strict=True)
    done = Future()
    done.set_result(False)
    with ExitStack() as open_connections, closing(worker.tmp), closing(worker.poller):
        for end in (*theirs, *(conn.sock for conn in ours)):
            open_connections.enter_context(end)
        first, second, third, small, fourth, last = ours
        third_of_room = MOST_LARGE_BYTES // 3
        sizes = (third_of_room, third_of_room, 2 * third_of_room, LARGE_BYTES, LARGE_BYTES + 1, MOST_LARGE_BYTES + 9)
        for conn, size in zip(ours, sizes, strict=True):
            worker._answer(conn, whole(size))
        assert worker.queued == [first, second, small, fourth], "there is room for the fourth, not for the third"
        worker.finish_request(small, done)
        worker.finish_request(first, done)
        assert worker.queued[4:] == []
        worker.finish_request(second, done)
        assert worker.queued[4:] == [third]
        worker.finish_request(third, done)
        worker.finish_request(fourth, done)
        assert worker.queued[5:] == [last], "one is read whatever its size"
        worker.finish_request(last, done)
        assert worker._turns.begins(first, MOST_LARGE_BYTES)


def test_of_large_requests_so_many_have_their_turn_at_once_however_large():
    """14 of 170 kB that took 2 s each had usual calls of the same worker wait 2 to 4 s."""
    turns = Turns()
    large = LARGE_BYTES + 1
    assert [turns.begins(number, large) for number in range(6)] == [True] * MOST_LARGE + [False] * 2
    assert turns.begins("small", LARGE_BYTES) and turns.ended(LARGE_BYTES) == []
    assert (turns.ended(large), turns.ended(large), turns.ended(large)) == ([MOST_LARGE], [MOST_LARGE + 1], [])


def test_a_call_that_computes_gives_way_to_others_soon(monkeypatch):
    """Each time that a usual call waits for something, every thread that computes may go before it."""
    from cds_service.run import gunicorn_server

    before, usual, seen = sys.getswitchinterval(), 0.005, []
    sys.setswitchinterval(usual)
    monkeypatch.setattr(gunicorn_server, "_spare_what_stays", lambda: None)
    monkeypatch.setattr(gunicorn_server._Application, "run", lambda _: seen.append(sys.getswitchinterval()))
    try:
        gunicorn_server.serve(None, "127.0.0.1", 1, 1, 1, lambda: None, lambda: None)
        assert seen == [pytest.approx(usual / 10)]
    finally:
        sys.setswitchinterval(before)


def unstarted(monkeypatch, most):
    """A worker without processes, whose threads take nothing."""
    from gunicorn.config import Config

    from cds_service.run import gunicorn_worker, turns

    refused = []
    monkeypatch.setattr(turns, "MOST_ASKED_BYTES", most)
    worker = gunicorn_worker.SharingWorker(0, 0, [], Application(refused), 1, Config(), None)
    worker.poller, worker.queued = selectors.DefaultSelector(), []
    monkeypatch.setattr(worker, "enqueue_req", worker.queued.append)
    monkeypatch.setattr(worker, "_go_on", lambda conn, kept: None)
    return worker, refused


class Application:
    most_body = 1000

    def __init__(self, refused):
        self.refused = lambda status, _: refused.append(status)


def connected(worker):
    """(a connection of the worker, its other end)."""
    from cds_service.run.waiting import connection

    ours, theirs = socket.socketpair()
    worker.nr_conns += 1
    return connection(worker.cfg, ours, ("127.0.0.1", 1), theirs), theirs


def whole(size):
    """A request of so many bytes, all here."""
    from cds_service.run.arrival import Arrival

    arrival = Arrival(1000)
    arrival.take(b"GET / HTTP/1.1\r\nX: ".ljust(size - 4, b"x") + b"\r\n\r\n")
    assert arrival.held == size and arrival.has_head
    return arrival
