"""Connections opened at once spread over the workers: one that holds more lets the others accept first."""

import errno
import itertools
import socket
import sys

import pytest

from bench import servers, shares
from tests.machine import wait_for

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="gunicorn does not run here")
if sys.platform != "win32":
    from cds_service.run import gunicorn_worker
    from cds_service.run.gunicorn_worker import SharingWorker
    from cds_service.run.turns import MOST_LARGE_BYTES, Turns, head_start

MB = 1024 * 1024


def test_a_worker_without_connections_accepts_at_once():
    assert head_start(0) == 0


def test_the_more_connections_the_longer_the_head_start_of_the_others():
    assert head_start(1) < head_start(2) < head_start(7)


def test_the_head_start_has_an_end_however_many_connections():
    assert head_start(1000) == head_start(8) < 0.005


@pytest.mark.parametrize("held", [0, 3, 20])
def test_a_worker_gives_the_others_their_head_start_and_then_accepts(held, monkeypatch):
    done = []
    monkeypatch.setattr(gunicorn_worker.time, "sleep", lambda seconds: done.append(seconds))
    worker = SharingWorker.__new__(SharingWorker)
    worker.nr_conns = held
    worker.accept(Listener(done))
    assert done == [head_start(held), "accepted"]


class Listener:
    """A socket that another worker has just emptied."""

    def __init__(self, done):
        self.done = done

    def accept(self):
        self.done.append("accepted")
        raise BlockingIOError(errno.EAGAIN, "nobody waits")


def test_of_connections_opened_at_once_each_of_two_workers_gets_its_share(tmp_path):
    """On a busy machine a worker may be late for some bursts: the mean of another thirty counts as well."""
    with servers.service(tmp_path, workers=2) as service:
        shares.wait_for_both(service)
        assert sum(shares.burst(service)) == shares.CONNECTIONS
        wait_for(lambda: shares.smaller_share(service) > 2.7, "each has its share of 8; gunicorn alone: 1.9")


def test_a_request_of_less_passes_those_that_wait_for_room():
    """Behind eight requests of 1.8 MB, each with 4 s of work in it, one of 140 kB waited for 71 s."""
    turns = Turns()
    assert [turns.begins(n, 2 * MB) for n in range(5)] == [True, True, True, False, False]
    assert not turns.begins("usual", MB // 5)
    assert not turns.begins("less", MB // 6)
    assert turns.ended(2 * MB) == ["less", "usual"]
    assert not turns.begins("another", MB)  # four are at work
    assert turns.ended(MB // 6) == ["another"]
    assert turns.ended(2 * MB) == [3]


def test_whoever_waits_longest_is_passed_seven_times_at_most():
    turns = Turns()
    assert turns.begins("first", 4 * MB)
    waiting = [("large", 5 * MB), *((n, 4 * MB) for n in range(20))]
    assert not any(turns.begins(who, held) for who, held in waiting)
    order = list(itertools.chain.from_iterable(turns.ended(4 * MB) for _ in range(8)))
    assert "large" in order
    assert [who for who in order if who != "large"] == list(range(7))


def test_what_is_large_beyond_all_room_has_its_turn_alone():
    turns = Turns()
    assert turns.begins("whole", 2 * MOST_LARGE_BYTES)
    assert not turns.begins("next", MB)
    assert turns.ended(2 * MOST_LARGE_BYTES) == ["next"]


def test_a_worker_that_stops_takes_who_has_connected_and_tells_whoever_comes_later():
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setblocking(False)
    address, begun = listener.getsockname(), []
    worker = SharingWorker.__new__(SharingWorker)
    worker.sockets, worker.alive, worker._accepting = [listener], False, False
    worker._begin = lambda client, *_: begun.append(client)
    connected = [socket.create_connection(address) for _ in range(3)]
    worker.set_accept_enabled(False)
    assert len(begun) == len(connected)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address)
    for each in (*connected, *begun):
        each.close()
