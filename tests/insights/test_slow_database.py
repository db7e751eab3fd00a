"""Pages that read a database which takes its time: nobody else waits for them."""

import threading
from concurrent.futures import ThreadPoolExecutor

from cds_service.errors import NoRecords
from tests.insights.conftest import TOKEN
from tests.machine import LONG_S, wait_for

ASK = {"Authorization": f"Bearer {TOKEN}"}


def test_a_database_that_takes_its_time_is_read_for_two_at_once_and_others_are_told(service, monkeypatch):
    """40 who looked while a table was locked held every thread of a worker: a call of an EHR waited 37 s."""
    go_on, readers = threading.Event(), []

    def insights_of(*_):
        readers.append(1)
        go_on.wait(LONG_S)
        raise NoRecords("down")

    monkeypatch.setattr("cds_service.insights.source.insights_of", insights_of)
    with ThreadPoolExecutor(2) as pool:
        try:
            held = [pool.submit(service.application.test_client().get, "/insights", headers=ASK) for _ in range(2)]
            wait_for(lambda: len(readers) == 2, "two read")
            told = [service.get(path, headers=ASK) for path in ("/insights", "/insights.json", "/insights.csv")]
            assert [answer.status_code for answer in told] == [503] * 3 and len(readers) == 2
            assert all("being read for others" in answer.get_data(as_text=True) for answer in told)
        finally:
            go_on.set()
    assert [answer.result().status_code for answer in held] == [503] * 2
    assert "down" in service.get("/insights", headers=ASK).get_data(as_text=True)
