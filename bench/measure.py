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
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import orjson

from bench import alone, servers
from bench.bodies import HOOK_OF, SHAPES, WITH_CARDS, shaped
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
    shapes: tuple[str, ...] = tuple(SHAPES)


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
    """A body of one shape, in a file; with a file of tokens, each is sent once."""

    shape: str
    file: Path
    tokens: Path | None = None

    @property
    def hook(self) -> str:
        """The hook that it calls."""
        return HOOK_OF[self.shape]

    @property
    def path(self) -> str:
        """The address at the service."""
        return f"/cds-services/magnesium-{self.hook}"

    @property
    def bare_path(self) -> str:
        """The address at a bare application, which gives the same answer."""
        return f"/{self.shape}/{self.hook}"


def results(plan: Plan, say: Callable[[str], None]) -> Json:
    """Everything, as it is kept."""
    with tempfile.TemporaryDirectory(prefix="magnesium-bench-") as folder:
        say("cold start")
        cold = _cold_start(Path(folder), plan.starts)
        with ExitStack() as stack:
            found = _served(Path(folder), plan, stack, say)
    say("decisions and tokens alone")
    for shape, body in found["bodies"].items():
        body |= {name: round(us, 1) for name, us in alone.body_us(shape, plan.repetitions).items()}
    return {**found, "cold_start_s": cold, "jwt_us": alone.token_us(plan.repetitions), "plan": asdict(plan)}


def _served(folder: Path, plan: Plan, stack: ExitStack, say: Callable[[str], None]) -> dict[str, Json]:
    requests = list(requests_in(folder, plan.shapes))
    own = stack.enter_context(servers.service(folder, WORKERS))
    memory = {"started": round(own.worker_mb(), 1)}
    answers = {request.bare_path: _answer(own, request) for request in requests}
    bare = stack.enter_context(servers.bare(folder, WORKERS, answers, "wsgi"))
    flask = stack.enter_context(servers.bare(folder, WORKERS, answers, "flask"))
    own.settle()
    bodies = {}
    for request in requests:
        say(f"{request.shape} body")
        bodies[request.shape] = _body(own, flask, request, _compared(own, bare, flask, request, plan), plan)
    memory["after_load"] = round(own.worker_mb(), 1)
    return {"bodies": bodies, "memory_mb": memory}


def requests_in(folder: Path, shapes: Sequence[str] = tuple(SHAPES)) -> Iterator[Request]:
    """The bodies, written into a folder."""
    now = datetime.now(UTC)
    for shape in shapes:
        request = Request(shape, folder / f"{shape}.json")
        request.file.write_bytes(orjson.dumps(shaped(shape, now)))
        yield request


def _answer(own: Server, request: Request) -> str:
    """The answer of the service, which holds a card where there is something to say."""
    url = f"http://127.0.0.1:{own.port}{request.path}"
    sent = urllib.request.Request(url, request.file.read_bytes(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(sent, timeout=30) as answer:
        text = answer.read()
    assert bool(orjson.loads(text)["cards"]) == (request.shape in WITH_CARDS), request.shape
    return text.decode()


def _compared(own: Server, bare: Server, flask: Server, request: Request, plan: Plan) -> Json:
    """The service and the bare applications, in turn; ratios are to bare Flask, where not said otherwise."""
    rounds = []
    for number in range(-1, plan.rounds):
        seconds = plan.seconds if number >= 0 else min(plan.seconds, 0.5)  # the first only warms up
        taken = {
            "service": load(own, request.path, request, seconds),
            "wsgi": load(bare, request.bare_path, request, seconds),
            "flask": load(flask, request.bare_path, request, seconds),
        }
        rounds += [taken] if number >= 0 else []
    return {
        "cpu_ratio": _ratio(rounds, "cpu_us"),
        "wsgi_cpu_ratio": _ratio(rounds, "cpu_us", "wsgi"),
        "throughput_ratio": _ratio(rounds, "rps"),
        "p50_ratio": _ratio(rounds, "p50_ms"),
        "p99_ratio": _ratio(rounds, "p99_ms"),
        **{name: _median([taken[name] for taken in rounds]) for name in rounds[0]},
    }


def _ratio(rounds: list[dict[str, Sample]], figure: str, to: str = "flask") -> float:
    """The median of the ratios of the service to a bare application of the same round."""
    ratios = [getattr(taken["service"], figure) / getattr(taken[to], figure) for taken in rounds]
    return round(statistics.median(ratios), 3)


def _median(samples: list[Sample]) -> Json:
    rows = [asdict(sample) for sample in samples]
    return {name: round(statistics.median(row[name] for row in rows), 2) for name in rows[0]}


def _body(own: Server, flask: Server, request: Request, compared: Json, plan: Plan) -> Json:
    """The figures of a body, with the latency at half of our maximum rate beside that of bare Flask at the same."""
    rate, pairs = compared["service"]["rps"] / 2, []
    for _ in range(max(plan.rounds // 2, 1)):
        ours = load(own, request.path, request, plan.half_seconds, rate)
        pairs.append((ours, load(flask, request.bare_path, request, plan.half_seconds, rate)))
    half, bare_half = (_median(list(samples)) for samples in zip(*pairs, strict=True))
    told = {"p50_ms": half["p50_ms"], "p99_ms": half["p99_ms"], "flask_p99_ms": bare_half["p99_ms"]}
    return {**compared, **told, "half_rate": half, "bytes": request.file.stat().st_size, "hook": request.hook}


def load(server: Server, path: str, request: Request, seconds: float, rate: float = 0.0) -> Sample:
    """Load one server from another process; RuntimeError when that fails."""
    job = Job(server.port, path, str(request.file), seconds, CONNECTIONS, rate, str(request.tokens or ""))
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
    """Until ready, in seconds and in seconds of the processor; the first start compiles the code, as pip does."""
    seconds, cpu = [], []
    for number in range(-1, starts):
        own = folder / f"start-{number}"
        own.mkdir()
        with servers.service(own, WORKERS, **servers.compiled_below(folder)) as server:
            seconds += [server.cold_start_s] if number >= 0 else []
            cpu += [server.cold_start_cpu_s] if number >= 0 else []
    median = {"median": round(statistics.median(seconds), 3), "cpu": round(statistics.median(cpu), 3)}
    return {**median, "slowest": round(max(seconds), 3)}
