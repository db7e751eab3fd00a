"""A back-test that is stopped goes on; one with other inputs is refused."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from cds_service.backtest.engines import LocalEngine
from cds_service.backtest.job import BacktestError, KnowledgeSource
from cds_service.backtest.run import Period
from cds_service.backtest.state import UNFINISHED, prepare
from tests.backtest.exports import FILES, at, backtest, condition, job_of, patient, result, utc, write
from tests.backtest.held import holders
from tests.machine import LONG_S, environment, wait_for

ROOT = Path(__file__).parents[2]
LOW = [patient(), result("mg", 1.2, at("09:00"))]
ODD = KnowledgeSource("odd.yaml", site="rules:\n  off: [albumin_is_low]\n")


class Stopping(LocalEngine):
    """An engine whose user presses Ctrl-C after some pieces; counts the pieces it did."""

    def __init__(self, pieces=10**9):
        super().__init__(1)
        self.pieces, self.done = pieces, 0

    def map(self, work, job, numbers):
        for found in super().map(work, job, numbers):
            self.done += 1
            yield found
            if self.done == self.pieces:
                raise KeyboardInterrupt


@pytest.mark.parametrize("pieces", [3, 10])
def test_a_stopped_run_goes_on_and_ends_as_if_it_had_not_been_stopped(pieces, synthetic, reported, tmp_path):
    out = tmp_path / "report"
    job = replace(job_of(synthetic[0], out), bucket_count=8)
    every = len(job.shards) + job.bucket_count
    with pytest.raises(KeyboardInterrupt):
        backtest(job, out, Stopping(pieces))
    assert (out / UNFINISHED).stat().st_mode & 0o077 == 0
    second = Stopping()
    backtest(job, out, second)
    assert second.done == every - pieces
    assert {name: (out / name).read_bytes() for name in FILES} == {n: (reported[0] / n).read_bytes() for n in FILES}
    assert not (out / UNFINISHED).exists()


def unfinished(tmp_path, **more):
    """An export, and a folder with an unfinished run over it."""
    export, out = write(tmp_path / "export", LOW), tmp_path / "report"
    with pytest.raises(KeyboardInterrupt):
        backtest(job_of(export, out, **more), out, Stopping(1))
    return export, out


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda job: replace(job, versions=("other",)), "another knowledge or site files"),
        (lambda job: replace(job, since=utc(at("00:00"))), "another period"),
        (lambda job: replace(job, key=b"other"), "another export"),
    ],
)
def test_a_run_with_other_inputs_is_refused_until_it_starts_anew(change, named, tmp_path):
    export, out = unfinished(tmp_path)
    job = change(job_of(export, out))
    with pytest.raises(BacktestError, match=named):
        prepare(out, job, restart=False)
    assert prepare(out, job, restart=True) is False


def test_an_export_that_changed_is_another_export(tmp_path):
    export, out = unfinished(tmp_path)
    (export / "Patient.ndjson").write_text(json.dumps(patient(gender="male")), encoding="utf-8")
    with pytest.raises(BacktestError, match="another export"):
        prepare(out, job_of(export, out), restart=False)


def test_another_comparison_or_period_is_another_run(tmp_path):
    export, out = unfinished(tmp_path)
    for job in (job_of(export, out, baseline=ODD), job_of(export, out, period=Period(until=utc(at("00:00"))))):
        with pytest.raises(BacktestError, match="holds an unfinished run with another"):
            prepare(out, job, restart=False)


def test_a_finished_report_is_kept_until_it_is_to_be_replaced(tmp_path):
    export, out = write(tmp_path / "export", LOW), tmp_path / "report"
    first = backtest(job_of(export, out), out)
    with pytest.raises(BacktestError, match="holds a finished report"):
        backtest(job_of(export, out), out)
    assert backtest(job_of(export, out), out, restart=True) == first


def test_a_run_that_is_stopped_while_it_tidies_up_leaves_a_finished_report(tmp_path, monkeypatch):
    export, out = write(tmp_path / "export", LOW), tmp_path / "report"

    def half(folder, **_):
        if Path(folder).exists():
            next((Path(folder) / "shards").glob("*.spill")).unlink()
            raise KeyboardInterrupt

    monkeypatch.setattr("cds_service.backtest.state.shutil.rmtree", half)
    with pytest.raises(KeyboardInterrupt):
        backtest(job_of(export, out), out)
    monkeypatch.undo()
    first = {name: (out / name).read_bytes() for name in FILES}
    with pytest.raises(BacktestError, match="holds a finished report"):
        backtest(job_of(export, out), out)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == first


def test_remains_without_their_state_are_called_so(tmp_path):
    export, out = unfinished(tmp_path)
    (out / UNFINISHED / "state.json").unlink()
    with pytest.raises(BacktestError, match=r"holds the remains of a run that cannot go on\. Give --restart"):
        prepare(out, job_of(export, out), restart=False)
    assert prepare(out, job_of(export, out), restart=True) is False


def test_starting_anew_leaves_no_old_report_beside_an_unfinished_run(tmp_path):
    export, out = write(tmp_path / "export", LOW), tmp_path / "report"
    backtest(job_of(export, out), out)
    with pytest.raises(KeyboardInterrupt):
        backtest(job_of(export, out), out, Stopping(1), restart=True)
    assert [path.name for path in out.iterdir()] == [UNFINISHED]


def test_the_files_of_others_are_kept(tmp_path):
    export, out = write(tmp_path / "export", LOW), tmp_path / "report"
    out.mkdir()
    (out / "mine.txt").write_text("keep me", encoding="utf-8")
    with pytest.raises(BacktestError, match="is not empty"):
        backtest(job_of(export, out), out)
    backtest(job_of(export, out), out, restart=True)
    assert (out / "mine.txt").read_text(encoding="utf-8") == "keep me"


def is_in_mid_run(work):
    """Whether one shard is done and each of the two workers, neither of which is still starting, holds another."""
    return list((work / "shards").glob("*.json")) and len(holders(work)) == 2


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is not a signal there")
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_leaves_a_state_that_goes_on(sent, tmp_path):
    export, out = write(tmp_path / "export", [*LOW, condition("c", "I50.9", at("08:00"))]), tmp_path / "report"
    command = [sys.executable, "-m", "tests.backtest.held", "backtest", str(export), "--out", str(out)]
    started = {"cwd": ROOT, "env": environment(), "stderr": subprocess.PIPE, "start_new_session": True}
    with subprocess.Popen([*command, "--workers", "2"], **started) as process:
        wait_for(lambda: is_in_mid_run(out / UNFINISHED) or process.poll() is not None, "it is in mid-run")
        os.killpg(process.pid, sent) if sent is signal.SIGINT else process.send_signal(sent)
        said = process.communicate(timeout=LONG_S)[1].decode()
    assert process.returncode == 130, said
    assert "The same command goes on from here." in said and "holds patient data" in said
    assert "Traceback" not in said, said
    assert not [path for path in out.iterdir() if path.name != UNFINISHED]
    assert prepare(out, job_of(export, out), restart=False) is True
