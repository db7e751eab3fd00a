"""Whatever runs it, and however the work is cut, the result is the same byte for byte."""

import signal
import sys
import threading
from dataclasses import replace

import pytest

from cds_service.backtest import run
from cds_service.backtest.engines import DaskEngine, LocalEngine
from cds_service.backtest.job import BacktestError, Job, KnowledgeSource
from tests.backtest.cluster import cluster
from tests.backtest.exports import FILES, backtest, job_of
from tests.backtest.held import held_reduce, holders, let_go
from tests.machine import LONG_S, wait_for

BUCKETS = 9


def files_of(out):
    return {name: (out / name).read_bytes() for name in FILES}


def cut(job, buckets=BUCKETS, shard_bytes=100_000) -> Job:
    """The job with its work cut into more pieces."""
    return replace(job, bucket_count=buckets, shard_bytes=shard_bytes)


@pytest.mark.parametrize(("buckets", "shard_bytes"), [(1, 10**9), (64, 7_001)])
def test_the_cut_of_the_work_does_not_matter(buckets, shard_bytes, synthetic, reported, tmp_path):
    out = tmp_path / "report"
    backtest(cut(job_of(synthetic[0], out), buckets, shard_bytes), out)
    assert files_of(out) == files_of(reported[0])


def test_two_processes_decide_as_one(synthetic, reported, tmp_path):
    out = tmp_path / "report"
    backtest(cut(job_of(synthetic[0], out)), out, LocalEngine(2))
    assert files_of(out) == files_of(reported[0])


def blocked(job, number):
    """Which signals a worker was born deaf to."""
    return signal.pthread_sigmask(signal.SIG_BLOCK, ())


@pytest.mark.skipif(sys.platform == "win32", reason="there is no mask of signals there")
def test_a_worker_that_starts_never_takes_the_interrupt_of_its_parent(synthetic, tmp_path):
    engine, own = LocalEngine(2), signal.pthread_sigmask(signal.SIG_BLOCK, ())
    try:
        found = list(engine.map(blocked, job_of(synthetic[0], tmp_path / "report"), range(4)))
    finally:
        engine.close()
    assert all(signal.SIGINT in mask for mask in found) and len(found) == 4
    assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) == own and signal.SIGINT not in own


QUIETER = KnowledgeSource("quieter.yaml", site="switches: [{rules: magnesium_is_severely_low, off: unless critical}]\n")


def test_a_comparison_does_not_depend_on_the_cut_either(synthetic, reported, tmp_path):
    outs = tmp_path / "one", tmp_path / "many"
    one, many = (job_of(synthetic[0], out, baseline=QUIETER) for out in outs)
    compared = backtest(one, outs[0])["compare"]
    backtest(cut(many), outs[1], LocalEngine(2))
    assert files_of(outs[0]) == files_of(outs[1]) and compared["new"]
    assert (outs[0] / "alerts.csv").read_bytes() == (reported[0] / "alerts.csv").read_bytes()


def fails(job: Job, number: int) -> int:
    raise BacktestError("said by a worker")


def dies(job: Job, number: int) -> int:
    import os

    os._exit(1)


@pytest.mark.parametrize(("work", "said"), [(fails, "said by a worker"), (dies, "Workers were lost")])
def test_what_happens_in_a_worker_is_told(work, said, synthetic, tmp_path):
    engine = LocalEngine(2)
    try:
        with pytest.raises(BacktestError, match=said):
            list(engine.map(work, job_of(synthetic[0], tmp_path), range(4)))
    finally:
        engine.close()


def test_a_cluster_decides_as_one_process_even_when_a_worker_is_killed(synthetic, reported, tmp_path, monkeypatch):
    out = tmp_path / "report"
    job = cut(job_of(synthetic[0], out), buckets=24)
    with cluster(tmp_path) as (address, workers):
        engine = DaskEngine(address, workers=len(workers), seconds=LONG_S)
        monkeypatch.setattr(run, "reduce_bucket", held_reduce)

        def kill_one_in_mid_run():
            wait_for(lambda: holders(job.folder) == {worker.pid for worker in workers}, "both are at work")
            workers[0].kill()
            workers[0].wait()
            let_go(job.folder)

        killer = threading.Thread(target=kill_one_in_mid_run)
        killer.start()
        backtest(job, out, engine)
        killer.join()
        assert workers[0].wait(timeout=LONG_S) != 0 and workers[1].poll() is None
    assert files_of(out) == files_of(reported[0])


def test_a_scheduler_that_does_not_answer_is_told():
    with pytest.raises(BacktestError, match=r"No Dask scheduler answers at tcp://127\.0\.0\.1:9"):
        DaskEngine("tcp://127.0.0.1:9", seconds=1)


def test_a_cluster_without_workers_is_told(tmp_path):
    with cluster(tmp_path, workers=0) as (address, _), pytest.raises(BacktestError, match="has no workers"):
        DaskEngine(address, seconds=4)


def test_where_dask_is_not_installed_it_is_told(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    with pytest.raises(BacktestError, match="pip install distributed"):
        DaskEngine("tcp://127.0.0.1:9")
