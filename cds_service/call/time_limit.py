"""The most time that one evaluation may take: looked at while many resources are read, which is what takes time."""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar, overload

from cds_service.errors import TooMuch
from cds_service.run.settings import PREFIX

_MANY = 1000
_LOOK_EVERY = 256
T = TypeVar("T")


class Watched(Sequence[T]):
    """A sequence that can be read until a time, in seconds of processor time of this thread; TooMuch after it."""

    def __init__(self, items: Sequence[T], until: float, limit_ms: int) -> None:
        self._items, self._until, self._limit_ms = items, until, limit_ms

    def __iter__(self) -> Iterator[T]:
        for number, item in enumerate(self._items):
            if number % _LOOK_EVERY == 0 and time.thread_time() > self._until:
                raise TooMuch(
                    f"The request takes more than {self._limit_ms} ms to evaluate. Send what the prefetch templates "
                    f"ask for, with their dates and counts, or raise {PREFIX}EVALUATION_MS."
                )
            yield item

    def __len__(self) -> int:
        return len(self._items)

    @overload
    def __getitem__(self, place: int) -> T: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[T]: ...

    def __getitem__(self, place: int | slice) -> T | Sequence[T]:
        return self._items[place]


def watch(limit_ms: int) -> Callable[[Sequence[T]], Sequence[T]]:
    """What puts a watch on a sequence that holds many; the time counts from now."""
    until = time.thread_time() + limit_ms / 1000
    return lambda items: items if len(items) < _MANY else Watched(items, until, limit_ms)
