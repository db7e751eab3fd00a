"""The metrics: what is counted, by which labels, on the page, and over all workers of a running service."""

import os
import signal
import struct
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
import requests
from prometheus_client import CollectorRegistry
from prometheus_client.mmap_dict import MmapedDict
from prometheus_client.parser import text_string_to_metric_families

from cards import SERVICES, Indicator
from cards.chart.sorting import What, Why
from cards.rules import RULES
from cds_service import __version__
from cds_service.call.fhir_access import Outcome
from cds_service.metrics import page as metrics_page
from cds_service.metrics.ended import keep_of_ended, reading
from cds_service.metrics.events import FEEDBACK_OUTCOMES, PREFIX, Metrics
from cds_service.metrics.folder import count_here, file_of, make_room, metrics_folder
from cds_service.records.answered import AnsweredFile
from cds_service.records.memory import AdviceMemory
from cds_service.records.spool import Spool
from cds_service.records.state import Status, write_status
from cds_service.trust.tokens import Refusal
from cds_service.web import hooks
from cds_service.web.app import create_app
from tests.calls import SERVICE_OF, cards, patient_view, post, request_for
from tests.conftest import Kept
from tests.counted import counted, counted_by
from tests.machine import LONG_S, environment, free_port, wait_for

VIEW = "magnesium-patient-view"
LARGEST_WORKER = 90 * 1024 * 1024


def series(text):
    """(name, labels) -> value of all series on a page."""
    families = text_string_to_metric_families(text)
    return {(s.name, frozenset(s.labels.items())): s.value for family in families for s in family.samples}


def value(text, name, **labels):
    return series(text)[PREFIX + name, frozenset(labels.items())]


@pytest.fixture
def counting(runtime):
    """A runtime that has counted nothing yet."""
    return replace(runtime, metrics=Metrics())


@pytest.fixture
def caller(counting):
    return create_app(counting).test_client()


def test_an_answer_is_counted_with_its_time_its_cards_and_its_keys(counting, caller):
    shown = cards(post(caller, patient_view()))
    assert counted(counting, "calls_total", service=VIEW, status="200") == 1
    assert counted(counting, "answer_seconds_count", service=VIEW) == 1
    assert counted(counting, "answer_seconds_sum", service=VIEW) > 0
    by_indicator = counted_by(counting, "cards_total", "indicator")
    assert by_indicator == {card["indicator"]: 1 for card in shown}
    assert "magnesium_is_severely_low" in counted_by(counting, "cards_total", "rule")
    for key in counting.keys:
        told = counted_by(counting, "prefetch_keys_total", "outcome", key=key)
        assert sum(told.values()) == 1


def test_an_answer_that_shows_no_cards_counts_none(counting, caller):
    assert post(caller, patient_view(magnesium="x")).status_code == 412
    assert counted(counting, "calls_total", service=VIEW, status="412") == 1
    assert counted_by(counting, "cards_total", "rule") == {}
    assert counted_by(counting, "prefetch_keys_total", "outcome", key="magnesium") == {"missing": 1}


def test_advice_that_stays_quiet_is_counted_by_rule(counting, tmp_path):
    memory = AdviceMemory(b"k" * 32, AnsweredFile(tmp_path / "answered.sqlite"))
    caller = create_app(replace(counting, memory=memory)).test_client()
    body = patient_view()  # one, for a result of another second is another advice
    shown = cards(post(caller, body))
    told = [{"card": card["uuid"], "outcome": "overridden"} for card in shown]
    assert post(caller, {"feedback": told}, f"{VIEW}/feedback").status_code == 200
    assert counted(counting, "feedback_total", service=VIEW, outcome="overridden") == len(shown)
    assert counted_by(counting, "advice_quiet_total", "rule") == {}
    again = cards(post(caller, body))
    quiet = counted_by(counting, "advice_quiet_total", "rule")
    assert len(again) < len(shown) and quiet.keys() <= {rule.name for rule in RULES} and quiet


def test_a_fault_and_a_lost_record_are_counted(counting, monkeypatch):
    books = Kept()
    books.full = True
    caller = create_app(replace(counting, books=books)).test_client()
    assert post(caller, patient_view()).status_code == 200
    assert counted(counting, "records_lost_total") == 1
    told = {"feedback": [{"card": "3f2504e0-4f89-41d3-9a0c-0305e82c3301", "outcome": "accepted"}]}
    assert post(caller, told, f"{VIEW}/feedback").status_code == 503
    assert counted(counting, "records_lost_total") == 2
    assert counted(counting, "failures_total") == 0
    monkeypatch.setattr(hooks, "answer_call", lambda *_: 1 / 0)
    assert post(caller, patient_view()).status_code == 500
    assert counted(counting, "failures_total") == 1
    assert counted(counting, "calls_total", service=VIEW, status="500") == 1


ODD = ("LEAK", "ünïcode", '"}\n{a="b', "x" * 5000, "<script>", "")


def odd_calls(caller, odd):
    """Calls with a value of the caller's choice wherever one fits."""
    path = "".join(letter for letter in odd if letter.isascii() and letter.isalnum()) or "none"
    for service in (f"{path}", VIEW, f"{VIEW}/feedback", f"{path}/feedback"):
        header = {"X-Request-Id": path, "User-Agent": path, "Authorization": f"Bearer {path}"}
        card = {"card": odd, "outcome": odd, "overrideReason": {"reason": {"code": odd, "system": odd}}}
        known = {**card, "card": "3f2504e0-4f89-41d3-9a0c-0305e82c3301", "outcome": "overridden"}
        for body in (
            {odd: odd},
            {"feedback": [card, known]},
            {**patient_view(), "hook": odd, "hookInstance": odd, "fhirServer": odd},
            {**patient_view(**{odd: odd}), "context": {"patientId": odd, "userId": odd}},
            patient_view(magnesium={"resourceType": odd, "id": odd, "status": odd}),
        ):
            for method in (caller.post, caller.get, caller.put):
                method(f"/cds-services/{service}?{path}", json=body, headers=header)


def test_no_request_adds_a_label_value_of_its_own(counting, caller):
    known = {
        "service": {service.id for service in SERVICES},
        "hook": {"another", *(service.hook for service in SERVICES)},
        "status": {str(status) for status in (200, 400, 404, 405, 408, 412, 413, 414, 415, 417, 431, 501)},
        "rule": {rule.name for rule in RULES},
        "indicator": {indicator.word for indicator in Indicator},
        "key": set(counting.keys),
        "outcome": {*Outcome, *FEEDBACK_OUTCOMES},
        "kind": set(Refusal),
        "what": set(What),
        "why": set(Why),
    }
    odd_calls(caller, "first")
    before = series(caller.get("/metrics").get_data(as_text=True)).keys()
    for odd in ODD:
        odd_calls(caller, odd)
    after = series(caller.get("/metrics").get_data(as_text=True)).keys()
    assert after == before
    own = [labels for name, labels in after if name != f"{PREFIX}build_info"]
    told = {(label, shown) for labels in own for label, shown in labels if label != "le"}
    assert {label for label, _ in told} >= {"service", "status", "rule", "key", "outcome", "kind"}
    assert [pair for pair in told if pair[1] not in known[pair[0]]] == []


def test_the_page_tells_what_runs_and_how_the_spool_fares(standing_clock, counting, tmp_path):
    spool = Spool(tmp_path)
    caller = create_app(replace(counting, books=spool)).test_client()
    text = caller.get("/metrics").get_data(as_text=True)
    assert f"{PREFIX}spool_bytes 0.0" in text and f"{PREFIX}database_reachable" not in text
    build = {"version": __version__, "knowledge": counting.knowledge.version, "approval": "draft"}
    assert value(text, "build_info", **build) == 1
    post(caller, patient_view())
    for reachable in (True, False):
        write_status(tmp_path, Status(time.time() - 30, reachable, waiting=77, rejected=5))
        answer = caller.get("/metrics")
        text = answer.get_data(as_text=True)
        assert value(text, "spool_bytes") == sum(path.stat().st_size for path in tmp_path.glob("*.jsonl")) > 100
        assert value(text, "database_reachable") == reachable
        assert value(text, "spool_waiting_bytes") == 77 and value(text, "spool_rejected_bytes") == 5
        assert value(text, "shipper_report_age_seconds") == pytest.approx(30)
    assert answer.content_type.startswith("text/plain; version=0.0.4")
    spool.close()


@pytest.mark.parametrize(("ahead_s", "store"), [(3600, "not known"), (0, "reachable"), (-3600, "not known")])
def test_a_word_from_the_future_is_old(counting, tmp_path, ahead_s, store):
    """Left before the clock was set back; the alert is about more than 60 s."""
    write_status(tmp_path, Status(time.time() + ahead_s, True))
    caller = create_app(replace(counting, books=Spool(tmp_path))).test_client()
    assert caller.get("/readyz").get_json()["store"] == store
    age = value(caller.get("/metrics").get_data(as_text=True), "shipper_report_age_seconds")
    assert age == pytest.approx(abs(ahead_s), abs=30)


def test_every_metric_says_what_it_counts(counting):
    for metric in counting.metrics.registry.collect():
        assert metric.name.startswith(PREFIX) and metric.documentation.endswith(".")


def files_of(process):
    return {f"{kind}_{process}" for kind in ("counter", "histogram", "gauge_livesum")}


class TestFolder:
    @pytest.fixture(autouse=True)
    def parent(self, monkeypatch, tmp_path):
        monkeypatch.setattr("cds_service.metrics.folder._IN_MEMORY", tmp_path)
        return tmp_path

    def test_it_is_fresh_and_gone_at_the_end(self, parent):
        with metrics_folder() as folder:
            assert folder.parent == parent and {path.stem for path in folder.iterdir()} == {
                "lock",
                *files_of(os.getpid()),
            }
            assert os.environ["PROMETHEUS_MULTIPROC_DIR"] == str(folder)
        assert list(parent.iterdir()) == [] and "PROMETHEUS_MULTIPROC_DIR" not in os.environ

    def test_what_a_killed_service_left_is_removed_but_not_that_of_a_living_one(self, parent):
        code = (
            "import os, pathlib, sys; from cds_service.metrics import folder as m\n"
            "m._IN_MEMORY = pathlib.Path(sys.argv[1])\n"
            "with m.metrics_folder() as folder: print(folder, flush=True); input()"
        )
        command = [sys.executable, "-c", code, str(parent)]
        started = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in "12"]
        try:
            killed, living = (Path(process.stdout.readline().strip()) for process in started)
            started[0].kill()
            started[0].wait(LONG_S)
            assert killed.is_dir()
            with metrics_folder():
                assert living.is_dir() and not killed.exists()
        finally:
            for process in started:
                process.kill()
                process.communicate()

    def test_elsewhere_a_temporary_folder_serves(self, parent, monkeypatch):
        monkeypatch.setattr("cds_service.metrics.folder._IN_MEMORY", parent / "no such place")
        monkeypatch.setattr("tempfile.tempdir", str(parent))
        with metrics_folder() as folder:
            assert folder.parent == parent

    def test_where_the_memory_is_full_the_disk_serves(self, parent, monkeypatch):
        (parent / "disk").mkdir()
        monkeypatch.setattr("tempfile.tempdir", str(parent / "disk"))
        monkeypatch.setattr(os, "posix_fallocate", Full(parent / "disk"))
        with metrics_folder() as folder:
            assert folder.parent == parent / "disk"
        assert [path.name for path in parent.iterdir()] == ["disk"]

    def test_a_worker_that_finds_no_room_counts_apart_and_says_so(self, parent, monkeypatch, caplog):
        (parent / "disk").mkdir()
        monkeypatch.setattr("tempfile.tempdir", str(parent / "disk"))
        with metrics_folder() as folder:
            before = {path.name for path in folder.iterdir()}
            monkeypatch.setattr(os, "posix_fallocate", Full(parent / "disk"))
            count_here()
            assert "counts apart" in caplog.text and Path(os.environ["PROMETHEUS_MULTIPROC_DIR"]).parent.name == "disk"
            assert {path.name for path in folder.iterdir()} == before - {f"{name}.db" for name in files_of(os.getpid())}

    def test_what_ended_processes_counted_is_kept_in_one_file_of_a_kind(self, parent):
        with metrics_folder() as folder:
            for process, told in ((1, 2.0), (2, 3.0)):
                make_room(folder, process)
                file = MmapedDict(str(file_of(folder, "counter", process)))
                file.write_value("calls", told, 0.0)
                file.close()
            with reading():
                keep_of_ended({2})  # not while the page is read
            assert file_of(folder, "counter", 1).exists()
            keep_of_ended({2})
            assert kept_in(folder) == {0: {"calls": 2.0}, 2: {"calls": 3.0}}
            keep_of_ended(set())
            assert kept_in(folder) == {0: {"calls": 5.0}}

    def test_what_a_process_was_killed_in_the_midst_of_writing_stops_nothing(self, parent):
        with metrics_folder() as folder:
            file_of(folder, "counter", 1).write_bytes(struct.pack("ii", 4096, 0) + b"x" * 64)
            keep_of_ended(set())
            assert kept_in(folder) == {}


class Full:
    """A disk without room, but for one folder."""

    def __init__(self, but):
        self._but, self._real = str(but), os.posix_fallocate

    def __call__(self, file, offset, length):
        if not os.readlink(f"/proc/self/fd/{file}").startswith(self._but):
            raise OSError(28, "No space left on device")
        self._real(file, offset, length)


def kept_in(folder):
    """Process to what it counted, of others than this one."""
    found = {
        path: dict(told[:2] for told in MmapedDict.read_all_values_from_file(str(path))) for path in folder.glob("c*")
    }
    return {int(path.stem.partition("_")[2]): told for path, told in found.items() if told}


class Running:
    """`serve` with two workers, authentication off."""

    def __init__(self, folder):
        self.base = f"http://127.0.0.1:{free_port()}"
        command = ["-m", "cds_service", "serve", "--port", self.base.rpartition(":")[2], "--workers", "2"]
        env = environment(AUTH="off", DATABASE_URL=f"sqlite:///{folder / 'db.sqlite'}")
        self.log = folder / "log"
        with self.log.open("wb") as log:
            self.process = psutil.Popen([sys.executable, *command], env=env, stdout=log, stderr=log)

    def metrics(self):
        """The page, on a connection of its own."""
        return requests.get(f"{self.base}/metrics", timeout=LONG_S).text

    def until(self, condition):
        """Wait for the page to satisfy a condition."""
        wait_for(lambda: self._shows(condition), f"the page shows it; {self.log}")

    def _shows(self, condition):
        try:
            return condition(self.metrics())
        except requests.ConnectionError:
            return False

    def workers(self):
        """The worker processes that live; not what they started in turn."""
        return [child for child in self.process.children() if child.status() != psutil.STATUS_ZOMBIE]

    def call(self, hook):
        """The answer to a call on a connection of its own."""
        return requests.post(f"{self.base}/cds-services/{SERVICE_OF[hook]}", json=request_for(hook), timeout=LONG_S)

    def folder(self):
        """Where its processes count together."""
        held = (Path(file.path) for file in self.process.open_files())
        return next(path.parent for path in held if path.parent.name.startswith("magnesium-cds-metrics-"))


@pytest.fixture
def running(tmp_path):
    service = Running(tmp_path)
    try:
        service.until(lambda page: value(page, "workers") == 2)
        yield service
    finally:
        if service.process.is_running():
            service.process.terminate()
            service.process.wait(LONG_S)


@pytest.mark.skipif(sys.platform == "win32", reason="gunicorn does not run here")
def test_counts_add_up_over_workers_and_outlive_them(running):
    hooks = [*SERVICE_OF] * 20

    def counts(page):
        names = [{"service": service, "status": "200"} for service in SERVICE_OF.values()]
        return [value(page, "calls_total", **labels) for labels in names]

    with ThreadPoolExecutor(8) as pool:
        assert {answer.status_code for answer in pool.map(running.call, hooks)} == {200}
    assert {tuple(counts(running.metrics())) for _ in range(20)} == {(20,) * len(SERVICE_OF)}
    for worker in running.workers():
        assert worker.memory_info().rss < LARGEST_WORKER
        worker.send_signal(signal.SIGKILL)
        psutil.wait_procs([worker], LONG_S)
        running.until(lambda page: value(page, "workers") == 2)
    assert counts(running.metrics()) == [20] * len(SERVICE_OF)  # nobody lives who counted them
    assert running.call("order-sign").status_code == 200
    assert counts(running.metrics()) == [20, 20, 21, *[20] * (len(SERVICE_OF) - 3)]
    assert value(running.metrics(), "answer_seconds_count", service=SERVICE_OF["order-sign"]) == 21
    folder = running.folder()
    assert folder.is_dir()
    running.process.terminate()
    assert running.process.wait(LONG_S) == 0
    assert not folder.exists()


def test_a_file_of_a_process_in_the_making_is_looked_at_again(monkeypatch, tmp_path):
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    made = tmp_path / "counter_1.db"
    made.touch()
    monkeypatch.setattr(metrics_page.time, "sleep", lambda _: made.unlink())
    assert metrics_page.page(CollectorRegistry(), CollectorRegistry()) == b""


def test_a_file_that_stays_unreadable_is_told(monkeypatch, tmp_path):
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    (tmp_path / "counter_1.db").touch()
    with pytest.raises(struct.error):
        metrics_page.page(CollectorRegistry(), CollectorRegistry())
