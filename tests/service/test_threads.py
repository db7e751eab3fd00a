"""A thread that its process needs goes on, whatever fails in it."""

import threading

import pytest

from cds_service import threads
from cds_service.call import time_limit
from cds_service.records import keeper
from cds_service.records.shown import ShownFile
from cds_service.web.afterwards import Afterwards
from tests.conftest import settings_with
from tests.machine import LONG_S


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    """Nobody rests."""
    monkeypatch.setattr(threads, "REST_S", 0.01)


def fails_first(of_what, name, monkeypatch):
    """Have a method fail once; what is set when it was asked again."""
    real, asked, again = getattr(of_what, name), [], threading.Event()

    def failing(*arguments, **named):
        asked.append(1)
        if len(asked) == 1:
            raise ValueError("filedescriptor out of range in select(): a patient's name")
        again.set()
        return real(*arguments, **named)

    monkeypatch.setattr(of_what, name, failing)
    return again


def test_a_step_that_fails_is_told_once_without_its_message_and_followed_by_the_next(caplog):
    steps, done = iter([ValueError("a patient's name"), ValueError("another"), None]), threading.Event()

    def step():
        problem = next(steps, None)
        if problem:
            raise problem
        done.set()
        threading.Event().wait()

    threads.go_on(step, "tried")
    assert done.wait(LONG_S)
    assert caplog.messages == ["tried failed, and is tried again"]
    assert caplog.records[0].fields == {"problem": "ValueError"}


def test_the_shipping_process_is_kept_on(tmp_path, monkeypatch):
    monkeypatch.setattr(keeper.Keeper, "_ship", lambda *_: threading.Event().wait())
    again = fails_first(keeper.Keeper, "_ship", monkeypatch)
    keeper.Keeper(settings_with(state_dir=tmp_path)).start()
    assert again.wait(LONG_S)


def test_cards_that_were_shown_are_written_on(tmp_path, monkeypatch):
    again = fails_first(ShownFile, "_write", monkeypatch)
    shown = ShownFile(tmp_path / "shown.sqlite")
    shown.keep([b"one"], 1.0)
    shown.keep([b"two"], 2.0)
    assert again.wait(LONG_S)


def test_work_after_an_answer_goes_on():
    after, done = Afterwards(), threading.Event()
    assert after.submit(lambda: {}["no such key"])
    assert after.submit(done.set)
    assert done.wait(LONG_S)


def test_evaluations_are_stopped_though_one_look_failed(monkeypatch):
    evaluations = time_limit._Evaluations()
    monkeypatch.setattr(time_limit, "_LOOK_S", 0.01)
    again = fails_first(time_limit._Evaluations, "_stop_some", monkeypatch)
    evaluations._begin_to_look()
    assert again.wait(LONG_S)
