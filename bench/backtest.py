"""Speed and memory of the back-test on synthetic exports, alone and beside its limit: reading the JSON.

    python -m bench.backtest [--patients N ...] [--workers N] [--other-labs N] [--write]

`--other-labs` is how many results that the service never reads stand beside each one that it does.

CPU time is that of all processes; it is what counts on a machine that others use too. Memory is the most that all
processes held together, and the most of one. `--write` keeps the figures in bench/results/backtest.json.
"""

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import orjson
import psutil

from cds_service.backtest.job import KnowledgeSource
from cds_service.backtest.run import Period, plan
from cds_service.backtest.scan import scan_shard
from cds_service.backtest.state import prepare
from fixtures.synthetic.generate import OTHER_LABS, write_export

RESULTS = Path(__file__).parent / "results" / "backtest.json"
SAMPLE_S = 0.1


@dataclass(frozen=True, slots=True)
class Figures:
    """One run. Rates are per second of CPU time unless they say wall; memory in MB."""

    patients: int
    other_labs: int
    megabytes: float
    workers: int
    calls: int
    cards: int
    wall_s: float
    cpu_s: float
    patients_per_cpu_s: float
    mb_per_cpu_s: float
    patients_per_wall_s: float
    reading_cpu_s: float
    reading_mb_per_cpu_s: float
    json_cpu_s: float
    json_share_percent: float
    json_share_of_reading_percent: float
    peak_mb: float
    peak_one_process_mb: float


def measure(patients: int, other_labs: int, workers: int, folder: Path) -> Figures:
    """Generate an export, read its JSON alone, then run the back-test over it."""
    export, out = folder / "export", folder / "report"
    write_export(export, patients, seed=9, broken=patients // 500, other_labs=other_labs)
    size = sum(path.stat().st_size for path in export.iterdir())
    parsing, reading = json_alone(export), reading_alone(export, folder / "read")
    command = [sys.executable, "-m", "cds_service", "backtest", str(export), "--out", str(out)]
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    with subprocess.Popen([*command, "--workers", str(workers)], stderr=subprocess.PIPE) as process:
        together, one = peak(psutil.Process(process.pid))
        said = process.communicate()[1].decode()
    if process.returncode:
        raise SystemExit(said)
    wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    summary = json.loads((out / "summary.json").read_bytes())
    return Figures(
        patients=patients,
        other_labs=other_labs,
        megabytes=round(size / 1e6, 1),
        workers=workers,
        calls=summary["calls"],
        cards=summary["cards"],
        wall_s=round(wall, 1),
        cpu_s=round(cpu, 1),
        patients_per_cpu_s=round(patients / cpu),
        mb_per_cpu_s=round(size / 1e6 / cpu, 2),
        patients_per_wall_s=round(patients / wall),
        reading_cpu_s=round(reading, 2),
        reading_mb_per_cpu_s=round(size / 1e6 / reading),
        json_cpu_s=round(parsing, 2),
        json_share_percent=round(100 * parsing / cpu, 1),
        json_share_of_reading_percent=round(100 * parsing / reading, 1),
        peak_mb=round(together / 1e6),
        peak_one_process_mb=round(one / 1e6),
    )


def json_alone(export: Path) -> float:
    """CPU seconds to parse every line of an export and do nothing else."""
    started = time.process_time()
    for path in sorted(export.glob("*.ndjson")):
        with path.open("rb") as opened:
            for line in opened:
                with suppress(ValueError):
                    orjson.loads(line)
    return time.process_time() - started


def reading_alone(export: Path, out: Path) -> float:
    """CPU seconds of the first half of a back-test: every line parsed, and what matters spread over buckets on disk."""
    job = plan(export, out, KnowledgeSource("shipped"), None, Period())
    prepare(out, job, restart=False)
    scan_shard(job, 0)
    started = time.process_time()
    for number in range(len(job.shards)):
        scan_shard(job, number)
    return time.process_time() - started


def peak(root: psutil.Process) -> tuple[int, int]:
    """The most memory (unique to each process) of a process and its children while it runs: together, and of one."""
    together = one = 0
    while root.is_running() and root.status() != psutil.STATUS_ZOMBIE:
        held = list(memory_of(root))
        together, one = max(together, sum(held)), max([one, *held])
        time.sleep(SAMPLE_S)
    return together, one


def memory_of(root: psutil.Process) -> Iterator[int]:
    """Bytes that each process holds alone."""
    with suppress(psutil.NoSuchProcess):
        for process in (root, *root.children(recursive=True)):
            with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                yield process.memory_full_info().uss


def machine() -> dict[str, object]:
    """What it ran on; no names."""
    model = next((line.split(":")[1].strip() for line in _cpu_lines() if line.startswith("model name")), "unknown")
    return {
        "cpu": model,
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }


def _cpu_lines() -> list[str]:
    with suppress(OSError):
        return Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    return []


def _kept() -> list[dict[str, object]]:
    """The runs that were kept before."""
    return json.loads(RESULTS.read_bytes())["runs"] if RESULTS.exists() else []


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--patients", type=int, nargs="+", default=[1000, 10_000, 100_000])
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    parser.add_argument("--other-labs", type=int, default=OTHER_LABS)
    parser.add_argument("--write", action="store_true", help="keep the figures in bench/results")
    given = parser.parse_args()
    told = []
    for patients in given.patients:
        with tempfile.TemporaryDirectory() as folder:
            told.append(asdict(measure(patients, given.other_labs, given.workers, Path(folder))))
        print(json.dumps(told[-1], indent=2), flush=True)
    if given.write:
        RESULTS.parent.mkdir(exist_ok=True)
        kept = [
            run
            for run in _kept()
            if all((run["patients"], run["other_labs"]) != (t["patients"], t["other_labs"]) for t in told)
        ]
        note = "Other work ran on the machine at the same time: compare CPU time, not wall time."
        RESULTS.write_text(json.dumps({"machine": machine(), "note": note, "runs": [*kept, *told]}, indent=2) + "\n")


if __name__ == "__main__":
    main()
