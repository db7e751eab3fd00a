"""What is worked out once by its value and kept: a hospital's tests, drugs and problems come again and again."""

from collections.abc import Callable, Hashable
from functools import wraps
from typing import ParamSpec, TypeVar

_Value = TypeVar("_Value")
_Asked = ParamSpec("_Asked")
_LONGEST = 512


class ByValue(dict[tuple[Hashable, ...], _Value]):
    """An answer by the values it is asked with, looked up as in any dict; TypeError for a list or an object.

    At most so many are kept, and none of long texts: what clients send must not fill the memory.
    """

    def __init__(self, work_out: Callable[..., _Value], most: int = 4096) -> None:
        super().__init__()
        self._work_out, self._most = work_out, most

    def __missing__(self, asked: tuple[Hashable, ...]) -> _Value:
        found = self._work_out(*asked)
        if _length(asked) <= _LONGEST:
            if len(self) >= self._most:
                self.clear()
            self[asked] = found
        return found


def kept_by_value(most: int) -> Callable[[Callable[_Asked, _Value]], Callable[_Asked, _Value]]:
    """Keep so many of what a function works out by its values, given by place; long texts are worked out each time."""

    def keeping(work_out: Callable[_Asked, _Value]) -> Callable[_Asked, _Value]:
        kept: ByValue[_Value] = ByValue(work_out, most)

        @wraps(work_out)
        def asked(*values: _Asked.args, **_: _Asked.kwargs) -> _Value:
            return kept[values]

        return asked

    return keeping


def _length(asked: tuple[object, ...]) -> int:
    """How many characters and other values a key holds."""
    return sum(
        _length(part) if isinstance(part, tuple) else len(part) if isinstance(part, str) else 1 for part in asked
    )
