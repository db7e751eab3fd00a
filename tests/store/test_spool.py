"""The spool: what was appended is there, whatever happens to the process that appended it."""

import errno
import os
import resource
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

import orjson
import psutil
import pytest
from sqlalchemy import func, select

from cds_service.records.schema import ANSWERS
from cds_service.records.shipping import Shipping
from cds_service.records.spool import Spool
from cds_service.records.spool_files import lines, remove_if_done, size, waiting
from cds_service.records.state import read_status
from tests.conftest import settings_with
from tests.store.made import answer

_ENDLESS = 1024 * 1024 * 1024

_APPEND_AND_DIE = """
import os, signal, sys
from pathlib import Path
from cds_service.records.spool import Spool
spool = Spool(Path(sys.argv[1]))
for number in range(100):
    spool.append({"number": number})
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def spool(tmp_path):
    spool = Spool(tmp_path / "state")
    yield spool
    spool.close()


def numbers(folder):
    return sorted(orjson.loads(line)["number"] for path in waiting(folder) for line, _ in lines(path, 0, 10**6))


def test_what_is_appended_is_read_in_order_with_the_place_behind_it(spool):
    assert all(spool.append({"number": number}) for number in range(3))
    (path,) = waiting(spool.folder)
    read = list(lines(path, 0, 10))
    assert [orjson.loads(line)["number"] for line, _ in read] == [0, 1, 2]
    assert [orjson.loads(line)["number"] for line, _ in lines(path, read[0][1], 1)] == [1]
    assert size(path) == read[-1][1]


def test_many_threads_append_whole_lines(spool):
    def append(start):
        for number in range(start, start + 100):
            spool.append({"number": number, "filling": "x" * 500})

    threads = [threading.Thread(target=append, args=(start,)) for start in range(0, 1000, 100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert numbers(spool.folder) == list(range(1000))


def test_a_process_that_is_killed_loses_nothing(tmp_path):
    done = subprocess.run([sys.executable, "-c", _APPEND_AND_DIE, str(tmp_path)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert numbers(tmp_path) == list(range(100))


def test_a_file_in_use_stays_and_one_that_was_let_go_is_removed_when_shipped(spool):
    spool.append({"number": 1})
    (path,) = waiting(spool.folder)
    size = path.stat().st_size
    assert not remove_if_done(path, size)
    spool.close()
    assert not remove_if_done(path, 0)
    assert remove_if_done(path, size) and not path.exists()


def test_a_forked_process_appends_to_a_file_of_its_own(spool):
    spool.append({"number": 1})
    child = os.fork()
    if not child:
        spool.append({"number": 2})
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    spool.append({"number": 3})
    assert len(waiting(spool.folder)) == 2 and numbers(spool.folder) == [1, 2, 3]


def test_a_line_that_was_not_finished_does_not_hold_the_file_for_ever(tmp_path):
    path = tmp_path / "1-a.jsonl"
    path.write_bytes(b'{"number": 1}\n{"numb')
    (_, end), *rest = lines(path, 0, 10)
    assert rest == [] and remove_if_done(path, end) and not path.exists()


@pytest.fixture
def full_disk(monkeypatch):
    """A disk that takes no byte while `full_disk` holds something."""
    told, write = ["full"], os.write

    def refuse(file, line):
        if told:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(file, line)

    monkeypatch.setattr("cds_service.records.spool.os.write", refuse)
    monkeypatch.setattr("cds_service.records.spool._TRY_AGAIN_S", 0.0)
    return told


def test_what_a_full_disk_does_not_take_waits_in_memory_and_is_written_in_order(spool, full_disk, caplog):
    assert spool.append({"number": 1}) and spool.append({"number": 2}) and numbers(spool.folder) == []
    assert "spool unusable: records wait in memory" in caplog.text
    full_disk.clear()
    assert spool.append({"number": 3}) and numbers(spool.folder) == [1, 2, 3]


@pytest.mark.parametrize("then", [Spool.look, Spool.close])
def test_what_waits_in_memory_is_written_though_no_record_follows(spool, full_disk, then):
    spool.append({"number": 1})
    full_disk.clear()
    then(spool)
    assert numbers(spool.folder) == [1]


def test_how_much_waits_in_memory_is_told_and_what_is_lost_at_the_end(tmp_path, full_disk):
    held, lost = [], []
    spool = Spool(tmp_path / "state", held.append, lambda: lost.append(1))
    size = len(b'{"number":1}\n')
    for number in range(2):
        spool.append({"number": number})
    assert held[-1] == 2 * size
    full_disk.clear()
    spool.look()
    assert held[-1] == 0 and numbers(spool.folder) == [0, 1]
    full_disk.append("full")
    spool.append({"number": 3})
    spool.close()
    assert held[-1] == size and lost == [1]


def test_memory_is_bounded_and_what_is_lost_is_told(spool, full_disk, monkeypatch, caplog):
    monkeypatch.setattr("cds_service.records.spool._MOST_HELD", len(b'{"number":1}\n') * 2)
    assert [spool.append({"number": number}) for number in range(3)] == [True, True, False]
    assert "a record is lost" in caplog.text
    spool.close()
    assert "spool unusable at the end: records are lost" in caplog.text


def test_a_forked_process_does_not_write_what_waits_in_the_memory_of_the_other(spool, full_disk):
    spool.append({"number": 1})
    child = os.fork()
    if not child:
        full_disk.clear()
        spool.append({"number": 2})
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    full_disk.clear()
    assert spool.append({"number": 3}) and numbers(spool.folder) == [1, 2, 3]


def test_a_folder_that_cannot_be_written_is_told(caplog):
    assert Spool(Path("/proc/no/such")).append({"number": 1})
    assert "spool unusable" in caplog.text


def test_a_large_file_is_followed_by_another(spool, monkeypatch):
    monkeypatch.setattr("cds_service.records.spool._LARGEST", 100)
    for number in range(20):
        spool.append({"number": number})
    assert len(waiting(spool.folder)) > 1 and numbers(spool.folder) == list(range(20))


@pytest.mark.parametrize("takes", [0, 5])
def test_a_full_disk_begins_no_file_at_each_try(spool, monkeypatch, takes):
    """Whether it takes nothing or a part of the line; what it took of a line is in nobody's way."""
    spool.append({"number": 0})
    write, full = os.write, ["full"]
    part = lambda file, line: write(file, line[:takes]) if full else write(file, line)  # noqa: E731
    monkeypatch.setattr("cds_service.records.spool.os.write", part)
    monkeypatch.setattr("cds_service.records.spool._TRY_AGAIN_S", 0.0)
    for number in range(1, 20):
        assert spool.append({"number": number})
    assert len(waiting(spool.folder)) == 1
    full.clear()
    assert spool.look() and len(waiting(spool.folder)) == 1 and numbers(spool.folder) == list(range(20))


def test_a_folder_that_lets_no_file_be_named_keeps_none_of_them(spool, monkeypatch):
    def refuse(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("cds_service.records.spool._TRY_AGAIN_S", 0.0)
    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", refuse)
        opened = len(os.listdir("/proc/self/fd"))
        for number in range(10):
            assert spool.append({"number": number})
        assert not os.listdir(spool.folder) and len(os.listdir("/proc/self/fd")) == opened
    assert spool.look() and numbers(spool.folder) == list(range(10))


def test_a_folder_that_is_gone_and_a_disk_that_is_full_keep_what_was_written(spool, full_disk, monkeypatch):
    full_disk.clear()
    spool.append({"number": 0})
    assert spool.look()
    spool.folder.rename(spool.folder.with_name("elsewhere"))
    full_disk.append("full")
    for number in range(1, 10):
        assert not spool.look() and spool.append({"number": number})
    assert not waiting(spool.folder)
    full_disk.clear()
    spool.look()
    spool.look()
    assert numbers(spool.folder) == list(range(10))


@pytest.mark.parametrize("whole", [True, False], ids=["ends", "does not end"])
def test_of_a_line_without_end_the_head_is_kept_aside_and_the_rest_goes_on(tmp_path, whole):
    """Sparse gigabytes; memory for them would be more than the test process has."""
    settings = settings_with(database_url=f"sqlite:///{tmp_path / 'mg.sqlite'}", state_dir=tmp_path / "state")
    shipping, spool = Shipping(settings), Spool(tmp_path / "state")
    assert spool.append({"kind": "none of ours"})
    spool.close()
    (path,) = waiting(spool.folder)
    with path.open("ab") as file:
        file.truncate(_ENDLESS)
        file.write(b"\n" * whole + orjson.dumps(answer()) + b"\n")
    with less_memory():
        while waiting(spool.folder):
            shipping.round()
    with shipping._engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(ANSWERS)).scalar() == whole
    assert read_status(spool.folder).reachable and size(spool.folder / "rejected.txt") < 100_000
    shipping._engine.dispose()


@contextmanager
def less_memory():
    """So much that the line has no room in it."""
    before, used = resource.getrlimit(resource.RLIMIT_AS), psutil.Process().memory_info().vms
    resource.setrlimit(resource.RLIMIT_AS, (used + _ENDLESS // 2, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


def test_many_long_lines_are_not_read_at_once(tmp_path, monkeypatch):
    monkeypatch.setattr("cds_service.records.spool_files._MOST_BYTES", 1000)
    path = tmp_path / "1-a.jsonl"
    path.write_bytes((b"x" * 99 + b"\n") * 50)
    assert len(list(lines(path, 0, 50))) == 10 and len(list(lines(path, 4900, 50))) == 1


def test_the_longest_line_is_read_whole(tmp_path, monkeypatch):
    monkeypatch.setattr("cds_service.records.spool_files.LONGEST", 10)
    monkeypatch.setattr("cds_service.records.spool_files._HEAD", 3)
    path = tmp_path / "1-a.jsonl"
    path.write_bytes(b"123456789\n" + b"1234567890\n" + b"12345\n" + b"x" * 20)
    assert list(lines(path, 0, 50)) == [(b"123456789\n", 10), (b"123\n", 21), (b"12345\n", 27), (b"xxx\n", 47)]
