"""Measures the service against bare applications on the same server, in turn, and what can be measured alone.

Times are of the processor, of all processes of a server: what the load generator costs does not count, and other
programs on the machine count little. Each figure is the median of interleaved rounds, a ratio that of the ratios.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import orjson

from bench import alone, servers
from bench.bodies import HOOKS, SIZES, encoded
from bench.load import Job
from bench.servers import ROOT, Server

WORKERS = 2
CONNECTIONS = 8
Json = dict[str, object]


@dataclass(frozen=True)
class Plan:
    """How long everything takes: rounds of so many seconds, starts, and repetitions of what is measured alone."""

    rounds: int
    seconds: float
    half_seconds: float
    starts: int
    repetitions: int
    sizes: tuple[str, ...] = tuple(SIZES)
    hooks: tuple[str, ...] = HOOKS


FULL = Plan(rounds=5, seconds=1.5, half_seconds=8, starts=5, repetitions=40)
QUICK = Plan(rounds=1, seconds=0.6, half_seconds=2, starts=3, repetitions=10)


@dataclass(frozen=True)
class Sample:
    """One load on one server."""

    cpu_us: float
    rps: float
    p50_ms: float
    p99_ms: float
    failed: int


@dataclass(frozen=True)
class Request:
    """A body of one size for one hook, in a file."""

    size: str
    hook: str
    file: Path

    @property
    def path(self) -> str:
        """The address at the service."""
        return f"/cds-services/magnesium-{self.hook}"

    @property
    def bare_path(self) -> str:
        """The address at a bare application, which gives the same answer."""
        return f"/{self.size}/{self.hook}"


def results(plan: Plan, say: Callable[[str], None]) -> Json:
    """Everything, as it is kept."""
    with tempfile.TemporaryDirectory(prefix="magnesium-bench-") as folder:
        say("cold start")
        cold = _cold_start(Path(folder), plan.starts)
        with ExitStack() as stack:
            found = _served(Path(folder), plan, stack, say)
    say("decisions and tokens alone")
    decided = alone.decide_us(plan.repetitions, plan.sizes, plan.hooks)
    for size, body in found["bodies"].items():
        body["decide_us"] = round(statistics.median(decided[size].values()), 1)
        for hook, told in body["hooks"].items():
            told["decide_us"] = round(decided[size][hook], 1)
    return {**found, "cold_start_s": cold, "jwt_us": alone.token_us(plan.repetitions), "plan": asdict(plan)}


def _served(folder: Path, plan: Plan, stack: ExitStack, say: Callable[[str], None]) -> dict[str, Json]:
    requests = list(requests_in(folder, plan.sizes, plan.hooks))
    own = stack.enter_context(servers.service(folder, WORKERS))
    memory = {"started": round(own.worker_mb(), 1)}
    answers = {request.bare_path: _answer(own, request) for request in requests}
    bare = stack.enter_context(servers.bare(folder, WORKERS, answers, "wsgi"))
    flask = stack.enter_context(servers.bare(folder, WORKERS, answers, "flask"))
    bodies = {}
    for size in plan.sizes:
        say(f"{size} body")
        hooks = {r.hook: _compared(own, bare, flask, r, plan) for r in requests if r.size == size}
        bodies[size] = _body(own, next(r for r in requests if r.size == size), hooks, plan)
    memory["after_load"] = round(own.worker_mb(), 1)
    return {"bodies": bodies, "memory_mb": memory}


def requests_in(folder: Path, sizes: Sequence[str] = tuple(SIZES), hooks: Sequence[str] = HOOKS) -> Iterator[Request]:
    """The bodies, written into a folder."""
    now = datetime.now(UTC)
    for size in sizes:
        for hook in hooks:
            request = Request(size, hook, folder / f"{size}-{hook}.json")
            request.file.write_bytes(encoded(size, hook, now))
            yield request


def _answer(own: Server, request: Request) -> str:
    """The answer of the service, which must hold a card."""
    url = f"http://127.0.0.1:{own.port}{request.path}"
    sent = urllib.request.Request(url, request.file.read_bytes(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(sent, timeout=30) as answer:
        text = answer.read()
    assert orjson.loads(text)["cards"], f"no card for the {request.size} body at {request.hook}"
    return text.decode()


def _compared(own: Server, bare: Server, flask: Server, request: Request, plan: Plan) -> Json:
    """The service and the bare applications, in turn."""
    rounds = []
    for number in range(-1, plan.rounds):
        seconds = plan.seconds if number >= 0 else min(plan.seconds, 0.5)  # the first only warms up
        taken = {
            "service": load(own, request.path, request, seconds),
            "bare": load(bare, request.bare_path, request, seconds),
            "flask": load(flask, request.bare_path, request, seconds),
        }
        rounds += [taken] if number >= 0 else []
    return {
        "cpu_ratio": _ratio(rounds, "service", "cpu_us"),
        "flask_cpu_ratio": _ratio(rounds, "flask", "cpu_us"),
        "throughput_ratio": _ratio(rounds, "service", "rps"),
        "p50_ratio": _ratio(rounds, "service", "p50_ms"),
        "p99_ratio": _ratio(rounds, "service", "p99_ms"),
        **{name: _median([taken[name] for taken in rounds]) for name in rounds[0]},
    }


def _ratio(rounds: list[dict[str, Sample]], name: str, figure: str) -> float:
    """The median of the ratios to the bare application of the same round."""
    ratios = [getattr(taken[name], figure) / getattr(taken["bare"], figure) for taken in rounds]
    return round(statistics.median(ratios), 3)


def _median(samples: list[Sample]) -> Json:
    rows = [asdict(sample) for sample in samples]
    return {name: round(statistics.median(row[name] for row in rows), 2) for name in rows[0]}


def _body(own: Server, request: Request, hooks: Mapping[str, Json], plan: Plan) -> Json:
    """The figures of a body: medians over the hooks; latency at half of the maximum rate."""
    names = ("cpu_ratio", "flask_cpu_ratio", "throughput_ratio", "p50_ratio", "p99_ratio")
    found = {name: round(statistics.median(told[name] for told in hooks.values()), 3) for name in names}
    rate = hooks[request.hook]["service"]["rps"] / 2
    half = _median([load(own, request.path, request, plan.half_seconds, rate) for _ in range(max(plan.rounds // 2, 1))])
    size = request.file.stat().st_size
    return {
        **found,
        "p50_ms": half["p50_ms"],
        "p99_ms": half["p99_ms"],
        "half_rate": half,
        "bytes": size,
        "hooks": hooks,
    }


def load(server: Server, path: str, request: Request, seconds: float, rate: float = 0.0) -> Sample:
    """Load one server from another process; RuntimeError when that fails."""
    job = Job(server.port, path, str(request.file), seconds, CONNECTIONS, rate)
    before = server.cpu_s()
    done = subprocess.run(
        [sys.executable, "-m", "bench.load"], cwd=ROOT, input=json.dumps(asdict(job)), capture_output=True, text=True
    )
    if done.returncode:
        raise RuntimeError(f"The load generator failed:\n{done.stderr[-2000:]}")
    told = json.loads(done.stdout)
    times = sorted(told["latencies_ms"])
    return Sample(
        cpu_us=(server.cpu_s() - before) / told["calls"] * 1e6,
        rps=told["calls"] / told["seconds"],
        p50_ms=times[len(times) // 2],
        p99_ms=times[int(len(times) * 0.99)],
        failed=told["failed"],
    )


def _cold_start(folder: Path, starts: int) -> Json:
    times = []
    for number in range(starts):
        own = folder / f"start-{number}"
        own.mkdir()
        with servers.service(own, WORKERS) as server:
            times.append(server.cold_start_s)
    return {"median": round(statistics.median(times), 3), "slowest": round(max(times), 3)}
