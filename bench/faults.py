"""Faults beside a steady load: `python -m bench.faults --minutes 5`. Needs PostgreSQL's binaries.

Starts a PostgreSQL and the service on it; asks without a break while, in a random order, workers and the shipping
process are killed, the database is killed or stopped, the state folder is taken away, and clients stall. Ends with
status 1 unless every answered call is recorded exactly once and no call took longer than a bound relative to the quiet
machine; a call that a killed worker took with it is told, not counted as answered.
"""

import argparse
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import psutil
from sqlalchemy.engine import make_url

from bench.records import records
from bench.stalled import open_stalled
from cds_service.records.engine import open_engine
from cds_service.records.migrate import migrate
from tests.store.postgres import Postgres
from tests.store.serving import Load, Serving, wait_for

QUIET_S, PAUSE_S, DOWN_S, DRAIN_S = 10.0, 3.0, 3.0, 120.0
STALLED, CLIENTS = 200, 2
TIMES_QUIET, AT_LEAST_S = 20.0, 3.0


def workers_of(serving: Serving) -> list[psutil.Process]:
    """The worker processes of the instance."""
    return psutil.Process(serving.process.pid).children()


class Faults:
    """What can go wrong; each is over when its method returns."""

    def __init__(self, serving: Serving, postgres: Postgres) -> None:
        self._serving, self._postgres = serving, postgres

    def database_killed(self) -> None:
        """PostgreSQL crashes and comes back."""
        self._postgres.kill()
        time.sleep(DOWN_S)
        self._postgres.start()

    def database_stopped(self) -> None:
        """It keeps its connections and says nothing."""
        server = psutil.Process(self._postgres._server.pid)
        stopped = [server, *server.children(recursive=True)]
        for process in stopped:
            process.suspend()
        time.sleep(DOWN_S)
        for process in stopped:
            process.resume()

    def worker_killed(self) -> None:
        """A worker ends at once, with what it was answering."""
        random.choice(workers_of(self._serving)).send_signal(signal.SIGKILL)

    def shipping_killed(self) -> None:
        """The process that ships ends at once."""
        for process in self._serving.shipping():
            process.kill()

    def folder_taken_away(self) -> None:
        """The state folder is moved elsewhere, with all that waits in it."""
        state = self._serving.state
        state.rename(state.with_name(f"away-{time.monotonic_ns()}"))
        time.sleep(DOWN_S)

    def clients_stall(self) -> None:
        """Connections that never go on."""
        with ExitStack() as kept:
            open_stalled(self._serving.port, STALLED, kept)
            time.sleep(DOWN_S)


NAMES = tuple(name for name in vars(Faults) if not name.startswith("_"))


def run(minutes: float, folder: Path, chosen: random.Random) -> bool:
    """Load the service, do it harm, compare; whether all held."""
    postgres = Postgres()
    postgres.start()
    engine = open_engine(make_url(postgres.url).set(drivername="postgresql+psycopg"))
    migrate(engine)
    serving = Serving(postgres.url, folder / "state", SECRET="s" * 32)
    try:
        with Load(serving, clients=CLIENTS) as load:
            time.sleep(QUIET_S)
            quiet, load.slowest = load.slowest, 0.0
            faults, done, until = Faults(serving, postgres), Counter[str](), time.monotonic() + minutes * 60
            while time.monotonic() < until:
                name = chosen.choice(NAMES)
                getattr(faults, name)()
                done[name] += 1
                time.sleep(PAUSE_S)
        wait_for(lambda: records(engine) >= load.answered, "every answered call is recorded", DRAIN_S)
        return _told(load, records(engine), quiet, done)
    finally:
        serving.stop()
        engine.dispose()
        postgres.remove()


def _told(load: Load, recorded: int, quiet: float, done: Counter[str]) -> bool:
    """Print what was seen; whether it holds. A killed worker may have recorded a call whose answer was cut off."""
    bound = max(quiet * TIMES_QUIET, AT_LEAST_S)
    print(", ".join(f"{name.replace('_', ' ')} {count} times" for name, count in sorted(done.items())))
    print(f"{load.answered} answered, {recorded} recorded; {len(load.failed)} cut off by {done['worker_killed']} kills")
    print(
        f"slowest {load.slowest * 1000:.0f} ms, on the quiet machine {quiet * 1000:.0f} ms, bound {bound * 1000:.0f} ms"
    )
    cut_off = done["worker_killed"] * CLIENTS
    in_time = load.slowest <= bound
    return in_time and len(load.failed) <= cut_off and load.answered <= recorded <= load.answered + len(load.failed)


def main() -> None:
    """Parse the options and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--seed", type=int, default=None, help="the order of the faults")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        held = run(options.minutes, Path(folder), random.Random(options.seed))
    print("all held" if held else "NOT ALL HELD")
    sys.exit(0 if held else 1)


if __name__ == "__main__":
    main()
