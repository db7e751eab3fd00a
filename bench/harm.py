"""What `bench.faults` does to a running service; each harm is over when its method returns."""

import random
import resource
import signal
import time
from contextlib import ExitStack, suppress
from http import HTTPStatus
from pathlib import Path

import psutil
import requests
from sqlalchemy import create_engine, text

from bench.stalled import open_stalled
from cards import SERVICES
from tests.fuzz.requests import made
from tests.store.postgres import Postgres
from tests.store.serving import Serving

DOWN_S = 3.0
STALLED, SPOILED = 200, 100
PULSE_S, SLOW_OF_TEN = 0.1, 9
STEP_S = 3600.0
TIMEOUT_S = 30
CALLS = frozenset(f"/cds-services/{service.id}" for service in SERVICES)


def workers_of(serving: Serving) -> list[psutil.Process]:
    """The worker processes of the instance."""
    return psutil.Process(serving.process.pid).children()


class Harm:
    """The kinds of harm, by name. `clock` is the file that the service's clock follows (tests/clock/sitecustomize)."""

    def __init__(self, serving: Serving, postgres: Postgres, clock: Path, dice: random.Random) -> None:
        self._serving, self._postgres, self._clock, self._dice = serving, postgres, clock, dice
        self.calls: list[frozenset[str]] = []  # of the services among the spoiled requests, by the ids of their cards

    def database_killed(self) -> None:
        """PostgreSQL crashes and comes back."""
        self._postgres.kill()
        time.sleep(DOWN_S)
        self._postgres.start()

    def database_stopped(self) -> None:
        """It keeps its connections and says nothing."""
        with self._postgres.suspended():
            time.sleep(DOWN_S)

    def database_slow(self) -> None:
        """It works a tenth of the time."""
        until = time.monotonic() + DOWN_S
        while time.monotonic() < until:
            with self._postgres.suspended():
                time.sleep(PULSE_S * SLOW_OF_TEN)
            time.sleep(PULSE_S)

    def database_failed_over(self) -> None:
        """It takes connections, and no write, as a standby does."""
        self._tell_database("ALTER SYSTEM SET default_transaction_read_only = on")
        time.sleep(DOWN_S)
        self._tell_database("ALTER SYSTEM RESET default_transaction_read_only")

    def worker_killed(self) -> None:
        """A worker ends at once, with what it was answering."""
        self._dice.choice(workers_of(self._serving)).send_signal(signal.SIGKILL)

    def shipping_killed(self) -> None:
        """The process that ships ends at once."""
        for process in self._serving.shipping():
            process.kill()

    def folder_taken_away(self) -> None:
        """The state folder is moved elsewhere, with all that waits in it."""
        state = self._serving.state
        state.rename(state.with_name(f"away-{time.monotonic_ns()}"))
        time.sleep(DOWN_S)

    def disk_full(self) -> None:
        """No file of the service grows: every write to one fails."""
        grown = psutil.Process(self._serving.process.pid).children(recursive=True)
        for process in grown:
            _let_files_grow(process.pid, 0)
        time.sleep(DOWN_S)
        for process in grown:
            _let_files_grow(process.pid, resource.RLIM_INFINITY)

    def clock_stepped(self) -> None:
        """The clock goes an hour forward or back at once, and stays there for a while."""
        self._clock.write_text(str(self._dice.choice((STEP_S, -STEP_S))))
        time.sleep(DOWN_S)
        self._clock.write_text("0")

    def clients_stall(self) -> None:
        """Connections that never go on."""
        with ExitStack() as kept:
            open_stalled(self._serving.port, STALLED, kept)
            time.sleep(DOWN_S)

    def clients_send_spoiled_requests(self) -> None:
        """Requests of the fuzz tests, one after the other."""
        address = f"http://127.0.0.1:{self._serving.port}"
        for _ in range(SPOILED):
            sent = made(self._dice)
            headers = {"Content-Type": sent.media, **sent.headers}
            answer = requests.post(address + sent.path, data=sent.raw, headers=headers, timeout=TIMEOUT_S)
            if sent.path.partition("?")[0] in CALLS:  # whatever the answer, it is recorded
                cards = answer.json()["cards"] if answer.status_code == HTTPStatus.OK else ()
                self.calls.append(frozenset(card["uuid"] for card in cards))

    def _tell_database(self, command: str) -> None:
        engine = create_engine(self._postgres.url.replace("postgresql:", "postgresql+psycopg:"))
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(command))
            connection.execute(text("SELECT pg_reload_conf()"))
        engine.dispose()


KINDS = tuple(name for name in vars(Harm) if not name.startswith("_"))


def _let_files_grow(pid: int, to: int) -> None:
    with suppress(ProcessLookupError):  # it ended meanwhile
        hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)[1]
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (to, hard))
