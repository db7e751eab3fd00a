"""How far a back-test is: a bar with rate and time left on a terminal, plain lines otherwise."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol, TextIO

Advance = Callable[[int, int], None]
_EVERY_S = 30.0
_STEPS = 10


class Progress(Protocol):
    """Shows one phase after the other."""

    def phase(self, title: str, total: int, unit: str) -> AbstractContextManager[Advance]:
        """Show a phase of so many pieces; call what it gives with the pieces done and the units they held."""


class BarProgress:
    """A bar on a terminal."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    @contextmanager
    def phase(self, title: str, total: int, unit: str) -> Iterator[Advance]:
        """Show a phase as a bar."""
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

        columns = (
            TextColumn("{task.description:<9}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f} %"),
            TextColumn("{task.fields[rate]}"),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=Console(file=self._stream)) as shown:
            task = shown.add_task(title, total=total, rate="")
            units, started = 0, time.monotonic()

            def advance(pieces: int, held: int) -> None:
                nonlocal units
                units += held
                shown.update(task, advance=pieces, rate=_rate(units, time.monotonic() - started, unit))

            yield advance


class LineProgress:
    """A line at each tenth, and every half minute."""

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._clock = clock

    @contextmanager
    def phase(self, title: str, total: int, unit: str) -> Iterator[Advance]:
        """Show a phase as lines."""
        started = self._clock()
        done, units, step, told = 0, 0, 0, started

        def advance(pieces: int, held: int) -> None:
            nonlocal done, units, step, told
            done, units = done + pieces, units + held
            now, reached = self._clock(), done * _STEPS // max(total, 1)
            if reached > step or now - told >= _EVERY_S:
                step, told = reached, now
                left = duration((now - started) * (total - done) / max(done, 1))
                rate = _rate(units, now - started, unit)
                print(f"{title}: {100 * done // max(total, 1)} %, {rate}, {left} left", file=self._stream, flush=True)

        yield advance


def _rate(done: int, seconds: float, unit: str) -> str:
    per_second = done / seconds if seconds > 0 else 0
    return f"{per_second / 1e6:.1f} MB/s" if unit == "bytes" else f"{per_second:,.0f} {unit}/s"


def duration(seconds: float) -> str:
    """Seconds as people say them."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
