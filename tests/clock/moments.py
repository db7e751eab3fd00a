"""Moments for the tests to run on: as told with --on, or drawn among those that code about time gets wrong.

python3 tests/clock/moments.py   prints one, drawn anew each time
"""

import os
import random
import re
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

HERE = Path(__file__).parent
_TOLD = re.compile(r"(?P<when>[^\[\]]+)(\[(?P<zone>[^\[\]]+)\])?")
_LAST_YEAR = 2045  # beyond 2038, where seconds outgrow 32 bits


def read_moment(told: str) -> tuple[datetime, str | None]:
    """A moment like 2028-02-29T23:55 (UTC) or 2027-10-31T02:30+01:00[Europe/Berlin], and the zone of the machine.

    ValueError when it is written otherwise or has passed.
    """
    found = _TOLD.fullmatch(told)
    if not found:
        raise ValueError(f"{told}: write a moment like 2028-02-29T23:55 or 2027-10-31T02:30+01:00[Europe/Berlin]")
    when, zone = datetime.fromisoformat(found["when"]), found["zone"]
    try:
        home = ZoneInfo(zone or "UTC")
    except ZoneInfoNotFoundError:
        raise ValueError(f"{zone}: there is no such time zone here") from None
    when = when if when.tzinfo else when.replace(tzinfo=home)
    if when < datetime.now(UTC):
        raise ValueError(f"{told} has passed: name a moment ahead, or files would be of the future")
    return when, zone


def move_to(told: str) -> None:
    """Make it this moment, for this process and all Python processes it starts."""
    from tests.clock import sitecustomize

    when, zone = read_moment(told)
    ahead = when.timestamp() - time.time()
    paths = filter(None, (str(HERE), os.environ.get("PYTHONPATH")))
    os.environ |= {sitecustomize.AHEAD: str(ahead), "PYTHONPATH": os.pathsep.join(paths)}
    if zone:
        os.environ["TZ"] = zone
        time.tzset()
    sitecustomize.go_ahead(ahead)


def is_moved() -> bool:
    """Whether the tests run on another moment than the machine's."""
    return bool(os.environ.get("TESTS_CLOCK_AHEAD_S"))


def draw(dice: random.Random, after: datetime) -> str:
    """A moment after `after`, of one of the kinds that code about time gets wrong."""
    year = dice.randrange(after.year + 1, max(_LAST_YEAR, after.year + 2))
    return dice.choice((_leap_day, _before_midnight, _repeated_hour, _years_ahead))(dice, year)


def _leap_day(dice: random.Random, year: int) -> str:
    leap = year + -year % 4
    return f"{leap}-02-29T{dice.randrange(24):02}:{dice.randrange(60):02}"


def _before_midnight(dice: random.Random, year: int) -> str:
    """The tests run over midnight: of UTC, or of the machine's day."""
    day = datetime(year, 1, 1, 23, 59, tzinfo=UTC) + timedelta(days=dice.randrange(365))
    return dice.choice((f"{day:%Y-%m-%dT%H:%M}", f"{day:%Y-%m-%dT%H:%M}[Asia/Kolkata]", f"{year}-12-31T23:59"))


def _repeated_hour(dice: random.Random, year: int) -> str:
    """The hour that comes twice when summer time ends, the first or the second time."""
    zone = ZoneInfo(dice.choice(("Europe/Berlin", "America/New_York", "Australia/Lord_Howe")))
    hours = (datetime(year, 1, 1, tzinfo=UTC) + timedelta(minutes=30 * n) for n in range(365 * 48))
    twice = [hour for hour in hours if _comes_twice(hour.astimezone(zone))]
    return f"{dice.choice(twice).astimezone(zone).isoformat(timespec='minutes')}[{zone.key}]"


def _comes_twice(local: datetime) -> bool:
    return local.replace(fold=0).utcoffset() > local.replace(fold=1).utcoffset()


def _years_ahead(dice: random.Random, year: int) -> str:
    moment = datetime(year, 1, 1, tzinfo=UTC) + timedelta(minutes=dice.randrange(365 * 24 * 60))
    return f"{moment:%Y-%m-%dT%H:%M}"


if __name__ == "__main__":
    sys.stdout.write(draw(random.SystemRandom(), datetime.now(UTC)) + "\n")
