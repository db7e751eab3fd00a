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
    yield f"ready after start   {cold['median']:.2f} s (slowest {cold['slowest']:.2f} s); target under {READY_S:g} s"
    yield f"memory of a worker  {memory['started']:.0f} MB, {memory['after_load']:.0f} MB after the large bodies"
    yield f"                    target at most {MEMORY_MB} MB"
    yield (
        "checking a token    " + ", ".join(f"{name} {us} us" for name, us in jwt.items()) + " more a call with auth on"
    )
    for figure, limits in TARGETS.items():
        for size, limit in limits.items():
            value = found["bodies"][size][figure]
            yield f"{'met   ' if value <= limit else 'missed'}  {figure} {value:.2f} on the {size} body; target {limit:g}"


def _table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[column]) for row in (titles, *rows)) for column in range(len(titles))]
    return "\n".join(
        "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in (titles, *rows)
    )
