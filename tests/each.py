"""One question asked of many by one test, which names each that it does not hold of.

A test costs some milliseconds before it asks anything, which is more than most questions take.
"""

from collections.abc import Callable, Iterable
from typing import TypeVar

_T = TypeVar("_T")


def ask_each(items: Iterable[_T], question: Callable[[_T], object], name: Callable[[_T], str] = str) -> None:
    """Ask it of each, whatever the others answered; ExceptionGroup that names each of which it failed."""
    problems: list[Exception] = []
    for item in items:
        try:
            question(item)
        except Exception as problem:
            problem.add_note(f"of {name(item)}")
            problems.append(problem)
    if problems:
        named = "; ".join(problem.__notes__[-1].removeprefix("of ") for problem in problems)
        raise ExceptionGroup(named, problems)
