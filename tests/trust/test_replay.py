"""CDS Hooks, S6: a token is used once, at whichever worker."""

import itertools
import os
import sqlite3
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cds_service.trust import used_tokens
from cds_service.trust.tokens import LEEWAY_S
from cds_service.trust.used_token_stores import SqliteSeen
from cds_service.trust.used_tokens import MemorySeen, SharedSeen, database_path, token_hash
from cds_service.web.app import create_app
from tests.conftest import settings_with
from tests.machine import LONG_S

SOON = 60.0


def later(seconds=SOON):
    return time.time() + seconds


@pytest.fixture
def path(tmp_path):
    return tmp_path / "data" / "seen.sqlite"


@pytest.fixture
def open_file(path):
    """Opens the file as one worker would; closed at the end."""
    opened = []

    def make(where=path):
        opened.append(SqliteSeen(where, LONG_S))
        return opened[-1]

    yield make
    for seen in opened:
        seen.close()


def test_a_token_is_accepted_once(serve, call, ehr, reasons):
    service, header = serve(), ehr.bearer()
    assert [call(service, header).status_code for _ in range(2)] == [200, 401]
    assert reasons() == ["jti was used before"]


def test_a_token_is_accepted_once_by_two_workers_that_share_the_file(deployment, call, ehr, path):
    first, second = (create_app(deployment()).test_client() for _ in range(2))
    header = ehr.bearer()
    assert [call(first, header).status_code, call(second, header).status_code] == [200, 401]
    assert call(second, ehr.bearer()).status_code == 200


def test_a_machine_whose_clock_is_ahead_forgets_no_token_that_others_would_take(standing_clock, deployment, call, ehr):
    first, ahead, another = (create_app(deployment()).test_client() for _ in range(3))
    header = ehr.bearer()  # for 300 s
    assert call(first, header).status_code == 200
    standing_clock.shift(300 + LEEWAY_S + 30)
    assert call(ahead, ehr.bearer()).status_code == 200  # it tidies up
    standing_clock.shift(-40)
    assert call(another, header).status_code == 401


def test_a_refused_token_does_not_use_up_its_jti(serve, call, ehr):
    service = serve()
    assert call(service, ehr.bearer(jti="once", aud="https://other.example")).status_code == 401
    assert call(service, ehr.bearer(jti="once")).status_code == 200


def test_two_issuers_may_use_the_same_jti():
    assert token_hash("a", "1") != token_hash("b", "1") != token_hash("b1", "")


@pytest.mark.parametrize("kind", ["memory", "file"])
def test_a_token_is_remembered_until_it_expires(kind, open_file):
    seen = MemorySeen() if kind == "memory" else open_file()
    assert seen.first_time(b"a", later()) and not seen.first_time(b"a", later())
    assert seen.first_time(b"b", later(-1)) and seen.first_time(b"b", later())


@pytest.mark.parametrize("kind", ["memory", "file"])
def test_a_clock_that_is_ahead_for_a_while_forgets_no_token(kind, open_file, hours_pass, monkeypatch):
    """What is purged while it is an hour ahead would count as new when it is right again."""
    seen = MemorySeen() if kind == "memory" else open_file()
    for _ in range(2):
        seen.first_time(b"before", later())
        hours_pass(3)
    assert seen.first_time(b"used", later(1800))
    right = time.time
    for ahead in (3600, 10**6):
        monkeypatch.setattr(time, "time", lambda more=ahead: right() + more)
        for _ in range(3):
            assert seen.first_time(os.urandom(8), later())
            hours_pass(0.02)
        monkeypatch.setattr(time, "time", right)
    assert not seen.first_time(b"used", later(1800))


def test_a_machine_that_starts_with_a_clock_ahead_forgets_no_token(open_file, hours_pass, monkeypatch):
    assert open_file().first_time(b"used", later(300))
    right = time.time
    monkeypatch.setattr(time, "time", lambda: right() + 3600)
    started = open_file()
    started.check()
    assert started.first_time(b"other", later())
    monkeypatch.setattr(time, "time", right)
    assert not started.first_time(b"used", later(300))


def test_expired_tokens_are_purged(open_file, path, hours_pass):
    one = open_file()
    one.first_time(b"old", later(-1))
    hours_pass(3)
    one.first_time(b"new", later())
    with sqlite3.connect(path) as connection:
        rows = connection.execute("SELECT jti_hash FROM seen_tokens").fetchall()
    connection.close()
    assert rows == [(b"new",)]


def test_memory_is_purged(hours_pass):
    seen = MemorySeen()
    for number in range(100):
        seen.first_time(str(number).encode(), later(1))
    for _ in range(3):
        hours_pass(3)
        seen.first_time(b"new", later())
    assert sum(map(len, seen._minutes.values())) == 1


def test_no_call_forgets_more_than_the_tokens_of_one_minute(hours_pass):
    """Two hours after the start all of the first hours are past at once."""
    seen = MemorySeen()
    for number in range(120):
        seen.first_time(str(number).encode(), later(60 * number))
    hours_pass(5)
    seen.first_time(b"asked", later(1000))
    left = []
    for _ in range(130):
        hours_pass(0.6 / 3600)
        seen.first_time(b"asked", later(1000))
        left.append(sum(map(len, seen._minutes.values())))
    assert left[0] >= 119 and left[-1] == 1 and all(0 <= a - b <= 1 for a, b in itertools.pairwise(left))


def test_a_token_is_known_again_by_its_name_whenever_it_says_that_it_expires():
    seen = MemorySeen()
    assert seen.first_time(b"a", later(300)) and not seen.first_time(b"a", later(900))


def test_of_many_at_once_one_is_the_first(open_file):
    workers = [open_file() for _ in range(4)]
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda n: workers[n % 4].first_time(b"same", later()), range(64)))
    assert found.count(True) == 1


def test_only_a_hash_is_stored(deployment, call, ehr, tmp_path):
    call(create_app(deployment()).test_client(), ehr.bearer(jti="MARKED-JTI", tenant="MARKED-TENANT"))
    written = b"".join(file.read_bytes() for file in (tmp_path / "data").iterdir())
    assert b"seen_tokens" in written and b"MARKED" not in written and ehr.issuer.encode() not in written


@pytest.mark.skipif(sys.platform == "win32", reason="no fork")
def test_a_fork_opens_the_file_for_itself(open_file):
    seen = open_file()
    assert seen.first_time(b"a", later())
    inherited = seen._file._connection
    child = os.fork()
    if child == 0:
        right = not seen.first_time(b"a", later()) and seen.first_time(b"b", later())
        os._exit(0 if right and seen._file._connection is not inherited else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert not seen.first_time(b"b", later())


def broken(tmp_path):
    """(name, path) of files that cannot be used."""
    (tmp_path / "file").write_text("no database, and longer than a header of one hundred bytes" * 3)
    yield tmp_path / "file"
    yield tmp_path / "file" / "below" / "a.sqlite"
    yield tmp_path


def test_an_unusable_file_leaves_each_process_its_own_memory_with_a_warning(tmp_path, caplog, open_file):
    for path in broken(tmp_path):
        caplog.clear()
        seen = SharedSeen(open_file(path))
        seen.prepare()
        assert "database unusable" in caplog.text and len(caplog.records) == 1
        assert seen.first_time(b"a", later()) and not seen.first_time(b"a", later())
        assert len(caplog.records) == 1


def test_a_file_that_breaks_while_running_opens_no_door(open_file, path):
    seen = SharedSeen(open_file(), rest_s=0)
    assert seen.first_time(b"a", later())
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TABLE seen_tokens")
    connection.close()
    assert not seen.first_time(b"a", later()) and seen.first_time(b"b", later())
    assert not seen.first_time(b"a", later()) and not seen.first_time(b"b", later())
    assert seen.first_time(b"c", later())
    told(seen)
    assert not open_file().first_time(b"b", later())  # in use again


class Now:
    """Used tokens that all share, where a database stands that can be down."""

    def __init__(self):
        self.known, self.asked, self.is_down = set(), [], False

    def first_time(self, token, expires):
        self.asked.append(token)
        if self.is_down:
            raise OSError("down")
        new = token not in self.known
        self.known.add(token)
        return new

    def close(self):
        pass


def told(seen):
    """What was accepted alone is told to the others by now."""
    seen._telling.join(LONG_S)
    assert not seen._untold


def test_what_was_accepted_while_the_database_was_down_is_used_at_every_worker_once_it_is_back():
    """It lives for an hour, a database is slow for a moment."""
    database = Now()
    one, other = SharedSeen(database, rest_s=0), SharedSeen(database, rest_s=0)
    database.is_down = True
    assert one.first_time(b"a", later()) and one.first_time(b"b", later())
    database.is_down = False
    assert one.first_time(b"c", later())
    told(one)
    assert not any(other.first_time(token, later()) for token in (b"a", b"b", b"c"))


def test_what_is_told_too_soon_is_told_again():
    database = Now()
    seen = SharedSeen(database, rest_s=0)
    seen._untold = {b"a": later(), b"b": later()}
    database.is_down = True
    seen._tell()
    assert list(seen._untold) == [b"a", b"b"] and database.asked == [b"a"]
    database.is_down = False
    assert seen.first_time(b"c", later())
    told(seen)
    assert database.known == {b"a", b"b", b"c"}


def test_a_token_that_comes_again_is_not_asked_about():
    """One sent 40 times at once had the database be waited for too long, and was accepted by each worker."""
    database = Now()
    seen = SharedSeen(database)
    assert [seen.first_time(b"a", later()) for _ in range(40)].count(True) == 1
    assert database.asked == [b"a"]


def test_of_what_is_to_be_told_so_much_is_kept(monkeypatch):
    monkeypatch.setattr(used_tokens, "_MOST_UNTOLD", 2)
    database = Now()
    database.is_down = True
    seen = SharedSeen(database)
    assert all(seen.first_time(bytes([n]), later()) for n in range(5))
    assert len(seen._untold) == 2


def test_what_expired_leaves_room_for_what_is_to_be_told(monkeypatch):
    """In an outage longer than tokens live those that were still valid were not told, once so many were kept."""
    monkeypatch.setattr(used_tokens, "_MOST_UNTOLD", 2)
    database = Now()
    database.is_down = True
    seen = SharedSeen(database)
    for token, lives in ((b"old", -1), (b"older", -2), (b"new", SOON)):
        assert seen.first_time(token, later(lives))
    assert list(seen._untold) == [b"new"]


def test_after_each_that_is_told_whoever_waits_has_a_turn(monkeypatch):
    """Beside 20,000 told one after the other 85 of 100 look-ups failed, and their tokens were accepted alone."""
    database = Now()
    seen = SharedSeen(database)
    seen._untold = {b"a": later(), b"b": later(), b"old": -1.0}
    monkeypatch.setattr(time, "sleep", lambda seconds: database.asked.append(seconds))
    seen._tell()
    assert database.asked == [b"a", used_tokens._PAUSE_S, b"b", used_tokens._PAUSE_S] and not seen._untold


def test_prepare_leaves_no_connection_open(open_file, path):
    file = open_file()
    SharedSeen(file).prepare()
    assert path.exists() and file._file._connection is None


@pytest.mark.skipif(sys.platform != "linux", reason="where Linux keeps data")
def test_the_file_is_the_named_one_else_in_the_users_data(monkeypatch, tmp_path):
    assert database_path(settings_with(database_url="sqlite:////var/lib/mg.sqlite")) == Path("/var/lib/mg.sqlite")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert database_path(settings_with()) == tmp_path / "magnesium-cds" / "magnesium.sqlite"
    monkeypatch.delenv("XDG_DATA_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert database_path(settings_with()) == tmp_path / ".local/share/magnesium-cds/magnesium.sqlite"
