"""The home page says whether calls arrive and are understood; /api and /safety say how it is called and what for."""

import itertools
import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.engine import make_url

from cds_service.records.engine import open_engine
from cds_service.records.migrate import migrate
from cds_service.records.spool import Spool
from cds_service.records.state import Status, write_status
from cds_service.web import arriving
from cds_service.web.app import ROUTES, create_app
from cds_service.web.arriving import Arriving
from tests.conftest import settings_with
from tests.insights.made import load
from tests.machine import LONG_S, wait_for
from tests.store.made import NOW, answer

NOT_READ = "Whether calls arrive is not known: the records cannot be read."


@pytest.fixture
def home(runtime, tmp_path, monkeypatch):
    """The home page of a service whose records hold these answers; None: there is no database."""

    monkeypatch.setattr(arriving, "WAIT_S", LONG_S)

    def show(*answers, reachable=True):
        url = f"sqlite:///{tmp_path / 'records.sqlite'}"
        if answers != (None,):
            engine = open_engine(make_url(url))
            migrate(engine)
            load(engine, answers)
            engine.dispose()
        folder = tmp_path / "state"
        spool = Spool(folder)
        write_status(folder, Status(NOW.timestamp(), reachable))
        here = replace(runtime, settings=settings_with(database_url=url), books=spool, now=lambda: NOW)
        page = create_app(here).test_client().get("/").get_data(as_text=True)
        spool.close()
        return page

    return show


def test_calls_of_the_last_hour_and_day_and_what_could_be_read_of_them(home):
    read = {"magnesium result": [1, 4], "result": [0, 90]}
    page = home(
        answer(NOW - timedelta(minutes=5), read=read),
        answer(NOW - timedelta(minutes=50), status=412, read={}),
        answer(NOW - timedelta(hours=23), read=read),
        answer(NOW - timedelta(hours=25), read=read),
    )
    assert "2 calls in the last hour, 3 in the last 24; 2 of them answered." in page
    assert "6 of 8 magnesium results that came with them could be read." in page


def test_that_nothing_arrives_or_nothing_is_of_use_is_said(home):
    assert "No call arrived in the last 24 hours." in home(answer(NOW - timedelta(days=3)))
    assert "None of them brought a magnesium result." in home(answer(NOW, read={}))


def test_records_that_cannot_be_read_stop_no_page(home):
    assert NOT_READ in home(None)
    assert NOT_READ in home(answer(NOW), reachable=False)


def test_a_database_that_does_not_answer_holds_nobody_who_looks(home, monkeypatch):
    """Anyone may look at the home page: 40 who did held every thread of a worker as long as a table was locked."""
    answers = threading.Event()
    monkeypatch.setattr("cds_service.insights.arrivals.arrivals_of", lambda *_: answers.wait(LONG_S) and None)
    monkeypatch.setattr(arriving, "WAIT_S", 0.01)
    try:
        assert "Whether calls arrive is being counted" in home(answer(NOW))
    finally:
        answers.set()


def test_while_one_counts_nobody_else_waits(runtime, monkeypatch):
    answers, counts = threading.Event(), []
    monkeypatch.setattr(arriving, "WAIT_S", 0.01)
    monkeypatch.setattr(Arriving, "_look", lambda *_: counts.append(1) or (answers.wait(LONG_S) and ("counted",)))
    clock = iter(NOW + timedelta(minutes=2 * n) for n in itertools.count())
    page = Arriving(replace(runtime, now=lambda: next(clock)))
    try:
        assert [page.sentences()[0][:7] for _ in range(50)] == ["Whether"] * 50 and counts == [1]
    finally:
        answers.set()
    wait_for(lambda: page.sentences() == ("counted",), "what was counted is told")


def test_a_service_that_shipped_nothing_yet_says_so_and_tells_its_versions(client, runtime):
    page = client.get("/").get_data(as_text=True)
    assert "no record was shipped" in page and runtime.knowledge.version in page and runtime.knowledge.approval in page
    assert all(f'href="{path}"' in page for path in ("/rules", "/api", "/safety", "/cds-services"))


def test_every_address_that_is_not_of_the_demo_is_on_the_page_of_the_api(client, runtime):
    page = client.get("/api").get_data(as_text=True)
    for route in create_app(runtime).extensions[ROUTES]:
        shown = route.path.replace("<service_id>", "{id}").replace("<name>", "{name}")
        assert shown in page or route.path.partition("<")[0] in page


def test_the_page_on_safety_is_that_of_the_documentation(client):
    page = client.get("/safety").get_data(as_text=True)
    assert "<h2>Intended use</h2>" in page and "<h2>Hazards</h2>" in page and ".md" not in page
