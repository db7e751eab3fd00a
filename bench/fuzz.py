"""The long run of the fuzz tests: spoiled requests to the service in this process, on all cores.

    python -m bench.fuzz [--requests N] [--seed N] [--keep FOLDER]

Ends with status 1 when an answer is a 5xx, takes 10 s of the processor or waits for minutes, does not conform, or
repeats what it must not.
"""

import argparse
import gc
import heapq
import os
import random
import signal
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path

from cards import load_knowledge, prefetch_templates
from cds_service.run.settings import MissingData
from tests.fuzz.answers import Service
from tests.fuzz.requests import made

CHUNK = 200
HANG_S, WAIT_S = 10, 300  # of the processor, since a busy machine is no fault; and by the clock
TELL_S = 15.0
SLOWEST = 5


@dataclass
class Result:
    """What came of some requests."""

    statuses: Counter[str] = field(default_factory=Counter)
    slowest: list[tuple[float, str]] = field(default_factory=list)
    problems: dict[str, list[str]] = field(default_factory=dict)
    milliseconds: float = 0

    def add(self, other: "Result") -> None:
        """Take in another result."""
        self.statuses += other.statuses
        self.slowest = heapq.nlargest(SLOWEST, self.slowest + other.slowest)
        self.problems |= other.problems
        self.milliseconds += other.milliseconds


@cache
def services() -> tuple[Service, ...]:
    """The service with both ways to answer when data is missing."""
    knowledge = load_knowledge(resources.files("cards.knowledge"))
    keys = tuple(prefetch_templates(knowledge))
    return tuple(Service(knowledge, keys, answer) for answer in MissingData)


def _hang(*_: object) -> None:
    raise TimeoutError  # answered 500, and counted


def run(names: list[str]) -> Result:
    """Send the requests of these names; a name is the seed of its request."""
    signal.signal(signal.SIGALRM, _hang)
    signal.signal(signal.SIGPROF, _hang)
    result = Result()
    for number, name in enumerate(names):
        sent = made(random.Random(name))
        started = time.perf_counter()
        signal.alarm(WAIT_S)
        signal.setitimer(signal.ITIMER_PROF, HANG_S)
        status, problems = services()[number % 2].problems(sent)
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.alarm(0)
        milliseconds = (time.perf_counter() - started) * 1000
        found = {name: problems} if problems else {}
        result.add(Result(Counter([str(status)]), [(milliseconds, name)], found, milliseconds))
    return result


def all_of(names: list[str], started: float) -> Result:
    """Send all, on all cores; how far it is and what was found is told as it goes."""
    result, told = Result(), started
    with ProcessPoolExecutor(os.cpu_count(), initializer=_without_collecting) as pool:
        for part in pool.map(run, [names[at : at + CHUNK] for at in range(0, len(names), CHUNK)]):
            result.add(part)
            if time.perf_counter() - told > TELL_S:
                told = time.perf_counter()
                print(progress(result, len(names), told - started), flush=True)
    return result


def _without_collecting() -> None:
    """Keep the collector off what was loaded, as the server does."""
    services()
    gc.freeze()


def progress(result: Result, wanted: int, seconds: float) -> str:
    """How far it is after so many seconds, and what it found."""
    done = result.statuses.total()
    left = (wanted - done) * seconds / done
    return f"{done} of {wanted} in {seconds:.0f} s, {left:.0f} s more; with a problem: {len(result.problems)}"


def report(result: Result, seconds: float) -> None:
    """Print the figures."""
    total = result.statuses.total()
    print(
        f"{total} requests in {seconds:.0f} s, mean {result.milliseconds / total:.1f} ms with all checks of the answer"
    )
    print("by status:", ", ".join(f"{status} {count}" for status, count in sorted(result.statuses.items())))
    print("slowest:", ", ".join(f"{milliseconds:.0f} ms ({name})" for milliseconds, name in result.slowest))
    print(f"with a problem: {len(result.problems)}")
    for name, problems in list(result.problems.items())[:20]:
        print(f"  {name}: {'; '.join(problems)[:300]}")


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--requests", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="folder for the bodies of requests with a problem")
    options = parser.parse_args()
    names = [f"{options.seed}.{number}" for number in range(options.requests)]
    started = time.perf_counter()
    result = all_of(names, started)
    report(result, time.perf_counter() - started)
    for name in result.problems if options.keep else ():
        (options.keep / name).write_bytes(made(random.Random(name)).raw)
    sys.exit(bool(result.problems))


if __name__ == "__main__":
    main()
