"""What a check of the deployment found: a line of its report."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How a check ended."""

    OK = "OK"
    WARN = "WARN"
    FAIL = "FAIL"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report."""

    level: Level
    check: str
    text: str

    def __str__(self) -> str:
        return f"{self.level:<5} {self.check}: {self.text}"
