"""Patterns that are compiled when they are first needed: to compile them all took a third of the start."""

import re
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class Later:
    """A regular expression that few processes ever need."""

    pattern: str

    def search(self, text: str) -> re.Match[str] | None:
        """As that of a compiled pattern."""
        return compiled(self.pattern).search(text)


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern, compiled once a process."""
    return re.compile(pattern)
