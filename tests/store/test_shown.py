"""What was shown is kept as keyed hashes, in a bounded file, by a thread that no answer waits for."""

import sqlite3
import threading
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cds_service.records import shown as shown_module
from cds_service.records.answered import AnsweredFile
from cds_service.records.memory import AdviceMemory
from cds_service.records.shown import ShownFile
from cds_service.run.settings import Settings
from cds_service.run.start import runtime_of, with_records
from tests.cards.chart import NOW, decide, snapshot

AT = NOW.timestamp()
MILD = {"setting": "inpatient", "magnesium": 1.5, "labs": {"egfr": 80, "potassium": 4.2}}
ORDER = {**MILD, "hook": "order-select", "drafts": [{"rxcui": 7646, "text": "omeprazole", "route": "oral"}]}


@pytest.fixture
def kept(tmp_path):
    """An empty file."""
    made = ShownFile(tmp_path / "shown.sqlite")
    yield made
    made.close()


def memory_of(kept, folder, key=b"k"):
    """A memory that keeps what was shown in the file."""
    return AdviceMemory(key * 32, AnsweredFile(folder / "answered.sqlite"), shown=kept)


def seen(chart, memory, user="Practitioner/1"):
    """The leading rules that a user is told."""
    return [card.rules[0] for card in decide(replace(snapshot(chart), user=user), memory=memory).cards]


def test_what_was_shown_is_found_again_by_another_process_and_the_latest_time_holds(kept, tmp_path):
    kept.keep([b"one", b"two"], AT)
    kept.keep([b"one"], AT + 60)
    kept.keep([b"two"], AT - 60)
    kept.flush()
    other = ShownFile(tmp_path / "shown.sqlite")
    assert other.find([b"one", b"two", b"three"]) == {b"one": AT + 60, b"two": AT}
    other.close()


def test_a_card_is_quiet_for_the_same_user_of_the_same_caller(kept, tmp_path):
    memory = memory_of(kept, tmp_path)
    one, other = memory.of("ehr one"), memory.of("ehr other")
    assert seen(MILD, one) == ["magnesium_is_mildly_low"]
    kept.flush()
    assert seen(MILD, one) == [] and "magnesium_is_mildly_low" not in seen(ORDER, one)
    assert seen(MILD, one, "Practitioner/2") == seen(MILD, other) == ["magnesium_is_mildly_low"]


def test_no_name_can_be_read_from_the_file_nor_found_with_another_key(kept, tmp_path):
    memory = memory_of(kept, tmp_path)
    memory.show(["patient p1 Practitioner/1"], NOW)
    kept.flush()
    files = b"".join(path.read_bytes() for path in tmp_path.glob("shown.sqlite*"))
    assert b"p1" not in files and b"Practitioner" not in files
    assert memory.shown(["patient p1 Practitioner/1", "another"]) == {"patient p1 Practitioner/1": NOW}
    assert memory_of(kept, tmp_path, b"x").shown(["patient p1 Practitioner/1"]) == {}


def test_the_file_is_bounded_and_forgets_the_oldest(tmp_path, monkeypatch):
    monkeypatch.setattr(shown_module, "_TIDY_EVERY", 1)
    kept = ShownFile(tmp_path / "shown.sqlite", most=10)
    for number in range(50):
        kept.keep([b"%d" % number], AT + number)
    kept.flush()
    with closing(sqlite3.connect(tmp_path / "shown.sqlite")) as database:
        names = {name for (name,) in database.execute("SELECT name FROM shown")}
    assert names == {b"%d" % number for number in range(40, 50)}
    kept.keep([b"later"], AT + timedelta(days=9).total_seconds())
    kept.flush()
    assert kept.find([b"49", b"later"]).keys() == {b"later"}
    kept.close()


def test_what_cannot_be_written_in_time_is_let_go(tmp_path, monkeypatch):
    monkeypatch.setattr(ShownFile, "_write_next", lambda *_: threading.Event().wait())
    kept = ShownFile(tmp_path / "shown.sqlite", waiting=2)
    assert [kept.keep([b"a"], AT) for _ in range(4)] == [True, True, False, False]


def test_a_file_that_is_of_no_use_makes_cards_be_said(tmp_path):
    (tmp_path / "shown.sqlite").mkdir()
    kept = ShownFile(tmp_path / "shown.sqlite")
    memory = memory_of(kept, tmp_path)
    for _ in range(2):
        assert seen(MILD, memory) == ["magnesium_is_mildly_low"]
        kept.flush()


def test_a_file_that_was_taken_away_is_begun_anew(kept, tmp_path):
    memory = memory_of(kept, tmp_path)
    memory.show(["name"], NOW)
    kept.flush()
    assert memory.look() and memory.shown(["name"])
    for path in tmp_path.glob("shown.sqlite*"):
        path.unlink()
    assert not memory.look() and memory.look()
    assert memory.shown(["name"]) == {}
    memory.show(["name"], NOW)
    kept.flush()
    assert memory.shown(["name"]) == {"name": NOW}


def test_what_was_shown_can_be_forgotten(kept, tmp_path):
    memory = memory_of(kept, tmp_path)
    memory.show(["name"], NOW)
    memory.forget_before(NOW + timedelta(seconds=1))
    assert memory.shown(["name"]) == {}


@pytest.mark.parametrize(("setting", "remembered"), [(True, True), (False, False)])
def test_the_setting_says_whether_it_is_remembered(setting, remembered, tmp_path):
    runtime = with_records(runtime_of(Settings(quiet_once_shown=setting, state_dir=tmp_path)))
    runtime.memory.show(["name"], datetime.now(UTC))
    runtime.memory.forget_before(datetime.now(UTC) - timedelta(days=9999))
    assert bool(runtime.memory.shown(["name"])) is remembered
    assert (tmp_path / "shown.sqlite").exists() is remembered


def test_shown_cards_are_the_default():
    assert Settings().quiet_once_shown
