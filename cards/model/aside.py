"""What was sent and cannot be used, and why."""

from dataclasses import dataclass
from datetime import datetime

from cards.model.scales import Doubt


@dataclass(frozen=True, slots=True)
class SetAside:
    """A resource or value that could not be used, and why; no patient data in either field."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Doubtful:
    """A result of an analyte that cannot be used, and why."""

    what: str
    why: Doubt


@dataclass(frozen=True, slots=True)
class Unreadable(Doubtful):
    """A result that could not be read: when it was true, and what was sent where that is short and plain.

    `value` (canonical unit) is what a person can read of it; `withdraws` whether it makes an earlier result doubtful;
    `unit` what was sent as unit where nobody knows it.
    """

    when: datetime | None = None
    sent: str = ""
    status: str = ""
    value: float | None = None
    withdraws: bool = True
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Unmeasured(Doubtful):
    """A sample that gave no result (not sufficient, not performed): it says nothing about any other result."""

    when: datetime | None = None
    status: str = ""
