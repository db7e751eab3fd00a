"""Faults beside a steady load: `python -m bench.faults --minutes 60`. Needs PostgreSQL's binaries.

Starts a PostgreSQL and the service on it; asks steadily while every kind of harm in `bench.harm` is done to it, in a
random order. Ends with status 1 unless every answered call and every feedback that was
confirmed is recorded exactly once, compared by the ids of cards, and no call took longer than a
bound relative to the quiet machine; a call that a killed worker took with it is told, not counted as answered.
"""

import argparse
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from sqlalchemy.engine import make_url

from bench.feedback import Feedback
from bench.harm import KINDS, Harm
from bench.once import Seen, differences, recorded, told
from bench.records import records
from cds_service.records.engine import open_engine
from cds_service.records.migrate import migrate
from tests.clock.moments import HERE as CLOCK
from tests.clock.sitecustomize import FOLLOWED
from tests.store.postgres import Postgres
from tests.store.serving import Load, Serving

QUIET_S, PAUSE_S, DRAIN_S = 10.0, 3.0, 60.0
CLIENTS, REST_S = 2, 0.05
UNDER_WAY = 20  # answers of the steady load whose records are on their way at any moment
TIMES_QUIET, AT_LEAST_S = 20.0, 3.0


def run(minutes: float, folder: Path, dice: random.Random, kinds: Sequence[str] = KINDS) -> bool:
    """Load the service, do it harm, compare; whether all held."""
    postgres, clock = Postgres(), folder / "clock"
    postgres.start()
    engine = open_engine(make_url(postgres.url).set(drivername="postgresql+psycopg"))
    migrate(engine)
    clock.write_text("0")
    os.environ |= {FOLLOWED: str(clock), "PYTHONPATH": os.pathsep.join((str(CLOCK), os.environ.get("PYTHONPATH", "")))}
    serving = Serving(postgres.url, folder / "state", SECRET="s" * 32)
    try:
        with Load(serving, clients=CLIENTS, rest_s=REST_S) as load, Feedback(serving, load) as given:
            time.sleep(QUIET_S)
            quiet, load.slowest = load.slowest, 0.0
            harm = Harm(serving, postgres, clock, dice)
            done = _harmed(harm, load, minutes, dice, kinds, lambda: load.answered + len(harm.calls) - records(engine))
        seen = told((*load.calls, *harm.calls), given.confirmed)
        _drain(lambda: _both(recorded(engine)), _both(seen))
        return _held(load, seen, recorded(engine), quiet, done)
    finally:
        serving.stop()
        engine.dispose()
        postgres.remove()


def _harmed(
    harm: Harm, load: Load, minutes: float, dice: random.Random, kinds: Sequence[str], missing: Callable[[], int]
) -> Counter[str]:
    """Do harm for so long, every kind as often; how often each was done.

    Prints what made calls slower than before, and after what more answers stay without a record than before.
    """
    done, slowest, until, next_ones = Counter[str](), 0.0, time.monotonic() + minutes * 60, list[str]()
    most = 0
    while time.monotonic() < until:
        next_ones = next_ones or dice.sample(kinds, len(kinds))
        name = next_ones.pop()
        getattr(harm, name)()
        done[name] += 1
        time.sleep(PAUSE_S)
        if load.slowest > slowest:
            slowest = load.slowest
            print(f"{slowest * 1000:.0f} ms by {name.replace('_', ' ')}", flush=True)
        if (lacking := _missing_still(missing, most + UNDER_WAY)) > most + UNDER_WAY:
            most = lacking
            print(f"{lacking} answers without a record after {name.replace('_', ' ')}", flush=True)
    return done


def _drain(recorded: Callable[[], int], wanted: int) -> None:
    """Wait until all is recorded, as long as more arrives; what is missing then is told."""
    most, until = recorded(), time.monotonic() + DRAIN_S
    while most < wanted and time.monotonic() < until:
        time.sleep(PAUSE_S)
        if (now := recorded()) > most:
            most, until = now, time.monotonic() + DRAIN_S


def _missing_still(missing: Callable[[], int], expected: int) -> int:
    """How many answers are without a record at the least, though there was time to ship more than is expected."""
    least, until = missing(), time.monotonic() + DRAIN_S
    while least > expected and time.monotonic() < until:
        time.sleep(REST_S)
        least = min(least, missing())
    return least


def _both(seen: Seen) -> int:
    return seen.calls.total() + seen.broken + seen.feedback.total()


def _held(load: Load, told: Seen, recorded: Seen, quiet: float, done: Counter[str]) -> bool:
    """Print what was seen; whether it holds. A killed worker may have recorded a call whose answer was cut off."""
    bound = max(quiet * TIMES_QUIET, AT_LEAST_S)
    print(", ".join(f"{name.replace('_', ' ')} {count} times" for name, count in sorted(done.items())))
    print(f"{told.calls.total()} answered, {recorded.calls.total() + recorded.broken} recorded", end="; ")
    print(f"{told.feedback.total()} feedbacks, {recorded.feedback.total()} recorded")
    print(f"{len(load.failed)} cut off by {done['worker_killed']} kills")
    print(
        f"slowest {load.slowest * 1000:.0f} ms, on the quiet machine {quiet * 1000:.0f} ms, bound {bound * 1000:.0f} ms"
    )
    wrong = list(differences(told, recorded, len(load.failed)))
    print("\n".join(wrong), end="\n" if wrong else "")
    return not wrong and load.slowest <= bound and len(load.failed) <= done["worker_killed"] * CLIENTS


def main() -> None:
    """Parse the options and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--seed", type=int, default=None, help="the order of the faults")
    parser.add_argument("--only", choices=KINDS, nargs="+", default=KINDS, help="these kinds of harm alone")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        held = run(options.minutes, Path(folder), random.Random(options.seed), options.only)
    print("all held" if held else "NOT ALL HELD")
    sys.exit(0 if held else 1)


if __name__ == "__main__":
    main()
