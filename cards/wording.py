"""Names, dates and times in a sentence."""

import re
from collections.abc import Iterable
from datetime import datetime, time

_LAST_OF_DAY = time(23, 59, 59)
_BEGINS = re.compile(r"\A\**[^\W\d_](?![^\W\d_a-zß-ÿ])")


def listed(names: Iterable[str]) -> str:
    """Each name once: "a", "a and b", "a, b and c"."""
    *others, last = dict.fromkeys(names) or ("",)
    return f"{', '.join(others)} and {last}" if others else last


def opening(text: str) -> str:
    """A text as a sentence begins, behind marks of emphasis too; what has a spelling of its own keeps it (eGFR)."""
    return _BEGINS.sub(lambda found: found.group().upper(), text)


def day(when: datetime) -> str:
    """A date as it is read on a ward."""
    return f"{when.day} {when:%b %Y}"


def moment(when: datetime) -> str:
    """Date and time, in the zone of the result; the date alone of a day's last second, as which a bare date is read."""
    return day(when) if when.time() == _LAST_OF_DAY else f"{day(when)}, {when:%H:%M}"


def shortened(text: str, limit: int) -> str:
    """A text of at most so many characters, cut between words."""
    return text if len(text) <= limit else text[: limit - 1].rsplit(" ", 1)[0] + "\u2026"
