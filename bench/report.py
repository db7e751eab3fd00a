"""The results as tables and as a chart."""

from collections.abc import Iterable, Sequence
from typing import Any

from bench.peers import lines

# of docs/speed.md; ratios are to bare Flask on the same server
TARGETS = {
    "cpu_ratio": {"quiet": 1.5, "irrelevant_draft": 1.3, "usual": 2.4, "large": 1.7, "large_quiet": 1.3},
}
MEMORY_MB, READY_S, P99_RATIO = 90, 0.5, 3.0
_COLUMNS = (
    ("body", "body"),
    ("bytes", "KB"),
    ("service", "CPU us"),
    ("flask", "Flask us"),
    ("cpu_ratio", "ratio"),
    ("wsgi", "WSGI us"),
    ("wsgi_cpu_ratio", "ratio"),
    ("rps", "calls/s"),
    ("throughput_ratio", "ratio"),
    ("p50", "p50 ms"),
    ("p50_ratio", "ratio"),
    ("p99", "p99 ms"),
    ("p99_ratio", "ratio"),
    ("orjson_us", "orjson us"),
    ("decide_us", "decide us"),
)


def tables(found: Any) -> str:
    """Everything that was measured, for people."""
    rows = [_row(shape, body) for shape, body in found["bodies"].items()]
    halves = [_half(shape, body) for shape, body in found["bodies"].items()]
    return "\n".join(
        [
            "At the maximum rate (ratios to a bare Flask application, and to a bare WSGI application)",
            _table([title for _, title in _COLUMNS], rows),
            "",
            "At half the maximum rate, beside bare Flask at the same rate",
            _table(["body", "calls/s", "p50 ms", "p99 ms", "Flask p99", "CPU us"], halves),
            "",
            *_rest(found),
        ]
    )


def _row(shape: str, body: Any) -> list[str]:
    own = body["service"]
    figures = {
        **body,
        "body": shape,
        "bytes": f"{body['bytes'] / 1000:.0f}",
        **{name: f"{body[name]['cpu_us']:.0f}" for name in ("service", "flask", "wsgi")},
        "rps": f"{own['rps']:.0f}",
        "p50": f"{own['p50_ms']:.1f}",
        "p99": f"{own['p99_ms']:.1f}",
        **{name: f"{body[name]:.0f}" for name in ("orjson_us", "decide_us")},
    }
    return [_shown(figures[name]) for name, _ in _COLUMNS]


def _shown(value: object) -> str:
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def _half(shape: str, body: Any) -> list[str]:
    half = body["half_rate"]
    figures = [half["rps"], half["p50_ms"], half["p99_ms"], body["flask_p99_ms"], half["cpu_us"]]
    return [shape, *(f"{figure:.1f}" for figure in figures)]


def _rest(found: Any) -> Iterable[str]:
    cold, memory, jwt = found["cold_start_s"], found["memory_mb"], found["jwt_us"]
    yield f"ready after start: {cold['median']:.2f} s, slowest {cold['slowest']:.2f} s, processor {cold['cpu']:.2f} s"
    yield f"memory of a worker: {memory['started']:.0f} MB, after all loads {memory['after_load']:.0f} MB"
    yield f"checking a token, with auth on: {', '.join(f'{name} {us} us' for name, us in jwt.items())}"
    yield from lines(found.get("peers", {}))
    yield ""
    yield from (_judged(*target) for target in _targets(found))


def _targets(found: Any) -> Iterable[tuple[str, float, float]]:
    """(what, measured, most) of every target that was measured."""
    bodies = found["bodies"]
    for figure, limits in TARGETS.items():
        yield from (
            (f"{figure} {shape}", bodies[shape][figure], most) for shape, most in limits.items() if shape in bodies
        )
    for shape, body in bodies.items():
        yield f"p99 at half load {shape}, of bare Flask's", body["p99_ms"] / body["flask_p99_ms"], P99_RATIO
    yield "memory_mb of a worker", found["memory_mb"]["after_load"], MEMORY_MB
    yield "cold_start_s", found["cold_start_s"]["median"], READY_S


def _judged(what: str, measured: float, most: float) -> str:
    return f"{'met' if measured <= most else 'missed':6}  {what} {measured:.2f}, target at most {most:g}"


def _table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[column]) for row in (titles, *rows)) for column in range(len(titles))]
    return "\n".join(
        "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in (titles, *rows)
    )
