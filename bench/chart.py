"""The chart of the README: where the processor time of a call goes, in multiples of the bare server.

python -m bench.chart RESULTS.json docs/images/speed.svg
"""

import json
import sys
from pathlib import Path
from typing import Any

_WIDTH, _LEFT, _RIGHT, _ROW, _BAR, _TOP = 760, 160, 120, 34, 20, 34
_PARTS = (
    ("bare: receive and parse", "#8a8f98"),
    ("web framework", "#5b8def"),
    ("decide", "#d9822b"),
    ("gather, check, record, write", "#4aa564"),
)


def svg(found: Any) -> str:
    """The chart of some results."""
    bodies = found["bodies"]
    shares = {shape: _shares(body) for shape, body in bodies.items()}
    widest = max(sum(parts) / parts[0] for parts in shares.values())
    scale = (_WIDTH - _LEFT - _RIGHT) / widest
    height = _TOP + _ROW * len(shares) + 10
    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" font-family="sans-serif" '
        f'font-size="13" role="img" aria-label="Processor time of a call in multiples of a bare server">',
        f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>',
        *_legend(),
    ]
    for number, (shape, parts) in enumerate(shares.items()):
        label = f"{shape.replace('_', ' ')}, {bodies[shape]['bytes'] / 1000:.0f} KB"
        drawn += _bar(number, label, parts, scale)
    return "\n".join([*drawn, "</svg>", ""])


def _shares(told: Any) -> list[float]:
    """Microseconds of a call by part; what the parts do not explain is the last one."""
    bare, flask, own = (told[name]["cpu_us"] for name in ("wsgi", "flask", "service"))
    framework = max(flask - bare, 0.0)
    return [bare, framework, told["decide_us"], max(own - bare - framework - told["decide_us"], 0.0)]


def _legend() -> list[str]:
    drawn, x = [], 8
    for name, colour in _PARTS:
        drawn.append(f'<rect x="{x}" y="8" width="12" height="12" fill="{colour}"/>')
        drawn.append(f'<text x="{x + 17}" y="19" fill="#222222">{name}</text>')
        x += 40 + 7 * len(name)
    return drawn


def _bar(number: int, label: str, parts: list[float], scale: float) -> list[str]:
    y, x = _TOP + _ROW * number + 8, float(_LEFT)
    drawn = [f'<text x="8" y="{y + 15}" fill="#222222">{label}</text>']
    for (_, colour), part in zip(_PARTS, parts, strict=True):
        width = part / parts[0] * scale
        drawn.append(f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="{_BAR}" fill="{colour}"/>')
        x += width
    total = f"{sum(parts) / 1000:.1f} ms, {sum(parts) / parts[0]:.1f}x"
    return [*drawn, f'<text x="{x + 6:.1f}" y="{y + 15}" fill="#222222">{total}</text>']


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(svg(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))), encoding="utf-8")
