"""A long run at half the maximum rate: does memory grow, do answers get slower?

    python -m bench.soak [--minutes N] [--interval SECONDS] [--shape usual] [--json FILE]

Ends with status 1 when the last third of the run needs more memory, or is slower, than the first by more than a tenth.
The database and the spool are in a temporary folder.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from math import ceil
from pathlib import Path

from bench import servers
from bench.bodies import SHAPES
from bench.measure import WORKERS, Request, load, requests_in

GROWTH = 1.1
_FIND_RATE_S = 5.0


@dataclass(frozen=True)
class Interval:
    """What one interval of the run saw."""

    minute: float
    calls_per_s: float
    p50_ms: float
    p99_ms: float
    cpu_us: float
    failed: int
    workers_mb: float
    others_mb: float


def run(request: Request, intervals: int, seconds: float, folder: Path) -> Iterator[Interval]:
    """So many intervals of so many seconds, as they end."""
    with servers.service(folder, WORKERS) as own:
        rate = load(own, request.path, request, min(_FIND_RATE_S, seconds)).rps / 2
        began = time.monotonic()
        for _ in range(intervals):
            seen = load(own, request.path, request, seconds, rate)
            minute = round((time.monotonic() - began) / 60, 1)
            memory = (round(own.workers_mb(), 1), round(own.others_mb(), 1))
            yield Interval(minute, seen.rps, seen.p50_ms, seen.p99_ms, seen.cpu_us, seen.failed, *memory)


def verdict(intervals: Sequence[Interval]) -> list[str]:
    """What grew or got slower from the first third to the last; empty when nothing did."""
    third = max(len(intervals) // 3, 1)

    def grew(figure: Callable[[Interval], float]) -> bool:
        first, last = (statistics.median(map(figure, part)) for part in (intervals[:third], intervals[-third:]))
        return last > first * GROWTH

    figures: dict[str, Callable[[Interval], float]] = {
        "memory of the workers": lambda seen: seen.workers_mb,
        "memory of the other processes": lambda seen: seen.others_mb,
        "p99": lambda seen: seen.p99_ms,
    }
    return [f"{name} grew by more than {GROWTH - 1:.0%}" for name, figure in figures.items() if grew(figure)]


def slope_per_hour(intervals: Sequence[Interval], figure: Callable[[Interval], float]) -> float:
    """Change per hour by least squares; 0 when there is too little to tell."""
    if len(intervals) < 2:
        return 0.0
    hours = [seen.minute / 60 for seen in intervals]
    return statistics.linear_regression(hours, [figure(seen) for seen in intervals]).slope


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--interval", type=float, default=60, help="seconds between two lines")
    parser.add_argument("--shape", choices=SHAPES, default="usual")
    parser.add_argument("--json", type=Path, help="file for the intervals")
    options = parser.parse_args()
    print("minute  calls/s   p50 ms   p99 ms  CPU us  failed  workers MB  others MB")
    seen = []
    with tempfile.TemporaryDirectory(prefix="magnesium-soak-") as folder:
        request = next(requests_in(Path(folder), (options.shape,)))
        for one in run(request, ceil(options.minutes * 60 / options.interval), options.interval, Path(folder)):
            seen.append(one)
            print(
                f"{one.minute:6.1f} {one.calls_per_s:8.0f} {one.p50_ms:8.2f} {one.p99_ms:8.2f} {one.cpu_us:7.0f} "
                f"{one.failed:7} {one.workers_mb:11.1f} {one.others_mb:10.1f}",
                flush=True,
            )
    judged = seen[1:] or seen  # in the first everything is used for the first time
    memory, p99 = slope_per_hour(judged, lambda s: s.workers_mb), slope_per_hour(judged, lambda s: s.p99_ms)
    print(f"slope per hour: memory of the workers {memory:+.1f} MB, p99 {p99:+.2f} ms")
    if options.json:
        options.json.write_text(json.dumps([asdict(one) for one in seen], indent=1) + "\n", encoding="utf-8")
    problems = verdict(judged)
    print("\n".join(problems) or "nothing grew")
    sys.exit(bool(problems))


if __name__ == "__main__":
    main()
