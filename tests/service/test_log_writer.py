"""Whoever reads the log, or stops to, holds up nobody; what is left out is counted and told; nothing else is lost."""

import json
import logging
import os
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing, suppress

import pytest

from cds_service.records.log import JsonLines, _left_out
from cds_service.records.log_writer import PatientWriter
from tests.machine import LONG_S, environment, in_time, wait_for
from tests.store.serving import Serving

LEFT_OUT = "log lines left out: nobody read them"
WRITES = """
import logging, os, sys, time
from cds_service.records.log import configure_logging, record_trouble
configure_logging("info")
"""
needs_pipes = pytest.mark.skipif(sys.platform == "win32", reason="pipes are not waited for there")


class Pipe:
    """A pipe that is full, into which a log is written, and whoever reads it at last."""

    def __init__(self):
        self.out, into = os.pipe()
        self.into = os.fdopen(into, "w")
        self.read = b""
        os.set_blocking(into, False)
        with suppress(BlockingIOError):
            while True:
                os.write(into, b" " * 4096)
        os.set_blocking(into, True)

    def events(self):
        """The events of all lines, and how many they say are missing; it ends when nobody writes any more."""
        while part := os.read(self.out, 65536):
            self.read += part
        lines = [json.loads(line) for line in self.read.splitlines()]
        return [(line["event"], line.get("lines", 0)) for line in lines]


@pytest.fixture
def pipe():
    made = Pipe()
    yield made
    os.close(made.out)  # and who waits to write is told so
    with suppress(OSError):
        made.into.close()


class Log(logging.Logger):
    """Writes into the pipe; 64 kB wait, and each line has about 1,000 bytes."""

    def __init__(self, pipe):
        super().__init__("magnesium_cds.test")
        self.writer, self.left, self._pipe = PatientWriter(pipe.into, _left_out, most=65536), [], pipe
        self.writer.setFormatter(JsonLines())
        self.writer.dropped = lambda: self.left.append(1)
        self.addHandler(self.writer)

    def say(self, names, size=900):
        for name in names:
            self.warning(str(name), extra={"fields": {"more": "x" * size}})

    def read(self):
        """All that comes, once somebody reads it."""
        found = []
        reader = threading.Thread(target=lambda: found.extend(self._pipe.events()))
        reader.start()
        wait_for(lambda: not self.writer._left_out and not self.writer._waiting.held, "all is written")
        self._pipe.into.close()
        reader.join(LONG_S)
        return found


@pytest.fixture
def log(pipe):
    return Log(pipe)


@needs_pipes
def test_a_log_that_nobody_reads_holds_up_nobody(log):
    in_time(lambda: log.say(range(2000)) or True)
    assert 2000 - 66 <= len(log.left) <= 2000 - 58


@needs_pipes
def test_order_is_kept_and_a_gap_is_told_where_it_is(log, pipe):
    log.say(range(300))
    kept = 300 - len(log.left)
    while log.writer._waiting.held > 20_000:
        pipe.read += os.read(pipe.out, 4096)
    log.say(["on", "and on"], 0)
    told = [*((str(n), 0) for n in range(kept)), (LEFT_OUT, 300 - kept), ("on", 0), ("and on", 0)]
    assert log.read() == told and kept < 70 and len(log.left) == 300 - kept


@needs_pipes
def test_a_gap_is_told_though_no_line_comes_any_more(log):
    log.say(range(300))
    assert log.read()[-1] == (LEFT_OUT, len(log.left)) != (LEFT_OUT, 0)


@needs_pipes
def test_a_reader_that_is_too_slow_sees_few_gaps(log, pipe):
    """Not each second line one."""
    for n in range(1000):
        log.say([n])
        pipe.read += os.read(pipe.out, 500)
    told = [lines for event, lines in log.read() if event == LEFT_OUT]
    assert sum(told) == len(log.left) > 300 and len(told) < 30


@needs_pipes
def test_whoever_is_gone_is_counted_and_holds_up_nobody(log, pipe):
    os.close(pipe.out)
    log.say(range(5))
    wait_for(lambda: len(log.left) == 5, "five lines that nobody took")
    pipe.out = os.open(os.devnull, os.O_RDONLY)


def test_a_line_that_cannot_be_made_is_counted_and_told(log):
    log.warning("%d", "no number")
    assert log.left == [1]
    log.say(["next"], 0)
    assert log.read() == [(LEFT_OUT, 1), ("next", 0)]


@pytest.mark.parametrize(
    ("told", "written"),
    [
        ("\udcff.jsonl", "\\udcff.jsonl"),
        ({"\ud800": ['\udfff \\ "']}, {"\\ud800": ['\\udfff \\ "']}),
        ((2**70, "\U0001f600\ud83d"), [2**70, "\U0001f600\\ud83d"]),
    ],
    ids=["name of a file", "anywhere", "beside what is no fault"],
)
def test_half_a_sign_is_told_by_its_number(told, written):
    record = logging.makeLogRecord({"msg": "trouble \ud800", "fields": {"file": told}})
    line = JsonLines().format(record)
    read = json.loads(line.encode("utf-8"))
    assert (read["event"], read["file"]) == ("trouble \\ud800", written)


def run(code, **more):
    """A process that logs into a pipe; its lines."""
    done = subprocess.run(
        [sys.executable, "-c", WRITES + code],
        capture_output=True,
        env=environment(),
        timeout=LONG_S,
        check=True,
        **more,
    )
    return [json.loads(line) for line in done.stderr.splitlines()]


def test_at_a_normal_end_nothing_is_lost():
    told = run("for n in range(3000): record_trouble(str(n), more='x' * 500)")
    assert [line["event"] for line in told] == [str(n) for n in range(3000)]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are not forked there")
def test_a_forked_process_writes_its_own_lines_and_each_comes_once():
    told = run(
        """
for n in range(500): record_trouble(f"parent {n}", more='x' * 500)
children = []
for child in range(3):
    if not (pid := os.fork()):
        for n in range(500): record_trouble(f"child {child} {n}", more='x' * 500)
        sys.exit()
    children.append(pid)
for n in range(500, 600): record_trouble(f"parent {n}")
for pid in children: os.waitpid(pid, 0)
"""
    )
    events = [line["event"] for line in told]
    for name, count in (("parent", 600), ("child 0", 500), ("child 1", 500), ("child 2", 500)):
        assert [e for e in events if e.startswith(f"{name} ")] == [f"{name} {n}" for n in range(count)]
    assert len(events) == 2100


@needs_pipes
def test_a_process_whose_log_nobody_reads_ends():
    out, into = os.pipe()
    code = WRITES + "for n in range(3000): record_trouble(str(n), more='x' * 500)"
    started = subprocess.Popen([sys.executable, "-c", code], stderr=into, env=environment())
    os.close(into)
    assert started.wait(LONG_S) == 0
    os.close(out)


@needs_pipes
def test_a_service_whose_log_nobody_reads_answers_records_and_ends(tmp_path):
    """The pipe is full soon after the start, for the workers, for who began them and for who ships."""
    out, into = os.pipe()
    os.write(into, b"x" * (65536 - 4096))
    database = tmp_path / "mg.sqlite"
    service = Serving(f"sqlite:///{database}", tmp_path / "state", log=into)
    try:
        os.close(into)
        for _ in range(60):
            assert service.post("/cds-services/magnesium-patient-view", {})[0] == 400
        wait_for(lambda: shipped(database), "the first are shipped")
        database.rename(tmp_path / "taken away")  # of which the shipping process has something to say
        wait_for(lambda: database.exists(), "another file is begun")
        assert service.get("/healthz") == {"status": "alive"}
        assert service.post("/cds-services/magnesium-patient-view", {})[0] == 400
        wait_for(lambda: shipped(database), "what was answered since is shipped")
    finally:
        service.stop()
        os.close(out)


def shipped(database):
    """How many answers are in the database; 0 while nobody can say."""
    with closing(sqlite3.connect(database)) as connection, suppress(sqlite3.Error):
        return connection.execute("SELECT count(*) FROM answers").fetchone()[0]
    return 0
