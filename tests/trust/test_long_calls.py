"""Calls that take long: of several clients none has all threads of a worker for them."""

import sys
import threading
import time

import pytest

from cds_service.call import time_limit
from cds_service.call.time_limit import CROWDED_S, LONG_S, MOST_LONG, within
from cds_service.errors import TooManyLong
from cds_service.metrics.events import Metrics
from tests.counted import counted
from tests.trust.ehr import ISSUER, Ehr

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="threads have no clock of their own there")
OTHER = "https://other.example/fhir"


class Threads:
    """Evaluations on threads that only exist as numbers, with clocks that are set by hand."""

    def __init__(self, monkeypatch):
        self.now, self.spent, self.stopped = 0.0, {}, []
        monkeypatch.setattr(time_limit.time, "pthread_getcpuclockid", lambda thread: thread)
        monkeypatch.setattr(time_limit.time, "clock_gettime", lambda thread: self.spent.get(thread, 0.0))
        monkeypatch.setattr(time_limit.time, "monotonic", lambda: self.now)
        monkeypatch.setattr(time_limit, "_stop", lambda thread, kind: self.stopped.append((thread, kind)))
        monkeypatch.setattr(time_limit._Evaluations, "_begin_to_look", lambda _: None)
        self.evaluations = time_limit._Evaluations()

    def begin(self, *threads, who):
        for thread in threads:
            self.evaluations.begin(thread, 4.0, who)

    def spend(self, *threads):
        self.spent.update(dict.fromkeys(threads, 2 * LONG_S))


@pytest.fixture
def threads(monkeypatch):
    return Threads(monkeypatch)


MANY = range(32)


def test_those_of_a_client_beyond_so_many_that_take_long_are_stopped_and_nobody_elses(threads):
    """32 calls of 125 kB, 4 s of work each, had a call of another client wait for more than 2 minutes."""
    threads.begin(*MANY, who="a")
    threads.begin(*range(100, 104), who="b")
    threads.spend(*MANY, *range(100, 104))
    threads.evaluations._stop_some()
    assert threads.stopped == [(thread, time_limit._GivesWay) for thread in MANY[MOST_LONG:]]


def test_nobody_is_stopped_for_calls_that_take_no_long_time(threads):
    threads.begin(*MANY, who="a")
    threads.spend(*MANY[:MOST_LONG])
    threads.evaluations._stop_some()
    assert threads.stopped == []


def test_where_nobody_is_told_apart_nobody_gives_way(threads):
    threads.begin(*MANY, who="")
    threads.spend(*MANY)
    threads.evaluations._stop_some()
    threads.begin(40, who="")
    assert threads.stopped == []


def test_who_had_too_many_begins_no_more_until_they_end_and_that_is_forgotten(threads):
    threads.begin(*MANY[:MOST_LONG], who="a")
    threads.begin(40, who="a")  # not long so far
    threads.evaluations.end(40)
    threads.spend(*MANY[:MOST_LONG])
    with pytest.raises(TooManyLong):
        threads.begin(40, who="a")
    threads.begin(41, who="b")
    threads.evaluations.end(0)
    threads.begin(42, who="a")
    with pytest.raises(TooManyLong):  # as many as may take long, of which one does not yet
        threads.begin(43, who="a")
    threads.now = CROWDED_S + 1
    threads.begin(43, who="a")


def test_whoever_is_stopped_is_told_to_come_again():
    def give_way():
        raise time_limit._GivesWay

    with pytest.raises(TooManyLong) as told:
        within(1000, give_way, "a")
    assert told.value.retry_after == 1 and threading.get_ident() not in time_limit._EVALUATIONS._until


@pytest.fixture
def crowded():
    """Has a client as many evaluations that take long as it may."""
    within(1000, list)  # from now on evaluations are of this process
    clock = time.pthread_getcpuclockid(threading.get_ident())
    running = time_limit._Running(clock, time.clock_gettime(clock) - 1, float("inf"), ISSUER)
    made = range(-MOST_LONG, 0)
    time_limit._EVALUATIONS._until.update(dict.fromkeys(made, running))
    yield
    for thread in made:
        del time_limit._EVALUATIONS._until[thread]
    time_limit._EVALUATIONS._crowded.clear()


def test_a_client_with_too_many_is_refused_and_others_are_answered(crowded, serve, trusted, call, ehr):
    metrics, other = Metrics(), Ehr(issuer=OTHER, key=ehr.key)
    service = serve(trusted(), trusted(name="other", iss=OTHER), more={"metrics": metrics})
    refused = call(service, ehr.bearer())
    assert refused.status_code == 429 and refused.headers["Retry-After"] == "1"
    assert "take long" in refused.json["issue"][0]["diagnostics"]
    assert call(service, other.bearer()).status_code == 200
    assert counted(type("Counting", (), {"metrics": metrics}), "rate_limited_total") == 1


def test_a_client_that_is_alone_takes_nothing_from_others(crowded, serve, call, ehr):
    assert call(serve(), ehr.bearer()).status_code == 200
