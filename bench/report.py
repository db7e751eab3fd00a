"""The results as tables and as a chart."""

from collections.abc import Iterable, Sequence
from typing import Any

TARGETS = {"cpu_ratio": {"usual": 1.4, "large": 1.15}, "decide_us": {"usual": 150}, "p99_ms": {"usual": 5}}
MEMORY_MB, READY_S = 90, 1.0
_COLUMNS = (
    ("body", "body"),
    ("hook", "hook"),
    ("service", "CPU us"),
    ("bare", "bare us"),
    ("cpu_ratio", "ratio"),
    ("flask_cpu_ratio", "flask"),
    ("rps", "calls/s"),
    ("throughput_ratio", "ratio"),
    ("p50", "p50 ms"),
    ("p50_ratio", "ratio"),
    ("p99", "p99 ms"),
    ("p99_ratio", "ratio"),
    ("decide_us", "decide us"),
)


def tables(found: Any) -> str:
    """Everything that was measured, for people."""
    rows = [_row(size, hook, told) for size, body in found["bodies"].items() for hook, told in body["hooks"].items()]
    halves = [_half(size, body) for size, body in found["bodies"].items()]
    return "\n".join(
        [
            "At the maximum rate (ratios to a bare WSGI application; flask: of a bare Flask application to it)",
            _table([title for _, title in _COLUMNS], rows),
            "",
            "At half the maximum rate, patient-view",
            _table(["body", "KB", "calls/s", "p50 ms", "p99 ms", "CPU us"], halves),
            "",
            *_rest(found),
        ]
    )


def _row(size: str, hook: str, told: Any) -> list[str]:
    own = told["service"]
    figures = {
        **told,
        "body": size,
        "hook": hook,
        "service": f"{own['cpu_us']:.0f}",
        "bare": f"{told['bare']['cpu_us']:.0f}",
        "rps": f"{own['rps']:.0f}",
        "p50": f"{own['p50_ms']:.1f}",
        "p99": f"{own['p99_ms']:.1f}",
        "decide_us": f"{told['decide_us']:.0f}",
    }
    return [_shown(figures[name]) for name, _ in _COLUMNS]


def _shown(value: object) -> str:
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def _half(size: str, body: Any) -> list[str]:
    half = body["half_rate"]
    figures = [f"{body['bytes'] / 1000:.0f}", f"{half['rps']:.0f}", f"{half['p50_ms']:.1f}", f"{half['p99_ms']:.1f}"]
    return [size, *figures, f"{half['cpu_us']:.0f}"]


def _rest(found: Any) -> Iterable[str]:
    cold, memory, jwt = found["cold_start_s"], found["memory_mb"], found["jwt_us"]
    yield f"ready after start: {cold['median']:.2f} s, slowest {cold['slowest']:.2f} s"
    yield f"memory of a worker: {memory['started']:.0f} MB, after all loads {memory['after_load']:.0f} MB"
    yield f"checking a token, with auth on: {', '.join(f'{name} {us} us' for name, us in jwt.items())}"
    yield ""
    yield from (_judged(*target) for target in _targets(found))


def _targets(found: Any) -> Iterable[tuple[str, float, float]]:
    """(what, measured, most) of every target that was measured."""
    bodies = found["bodies"]
    for figure, limits in TARGETS.items():
        yield from ((f"{figure} {size}", bodies[size][figure], most) for size, most in limits.items() if size in bodies)
    yield "memory_mb of a worker", found["memory_mb"]["after_load"], MEMORY_MB
    yield "cold_start_s", found["cold_start_s"]["median"], READY_S


def _judged(what: str, measured: float, most: float) -> str:
    return f"{'met' if measured <= most else 'missed':6}  {what} {measured:.2f}, target at most {most:g}"


def _table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[column]) for row in (titles, *rows)) for column in range(len(titles))]
    return "\n".join(
        "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in (titles, *rows)
    )
