"""A real PostgreSQL for the tests, from Debian's binaries; it can be killed and started again."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
from psycopg.pq import PGconn, Ping

from tests.machine import LONG_S, free_port, wait_for
from tests.services import postgres_binaries

_NOT_ROOT = ("postgres", "nobody")


class Postgres:
    """One server on a port of its own, with data that outlives a crash of it."""

    def __init__(self) -> None:
        self._user = next((n for n in _NOT_ROOT if _exists(n)), None) if os.geteuid() == 0 else None
        self._data = Path(tempfile.mkdtemp(prefix="magnesium-postgres-"))  # where another user may go
        if self._user:
            shutil.chown(self._data, self._user)
        self.port = free_port()
        self.url = f"postgresql://cds@127.0.0.1:{self.port}/postgres"
        self._server: subprocess.Popen[bytes] | None = None
        self._run("initdb", "-D", str(self._data), "-U", "cds", "-A", "trust", "-E", "UTF8", "--no-sync")

    def start(self) -> None:
        """Start unless it runs, and wait until it answers."""
        if self._server is not None:
            return
        options = {"listen_addresses": "127.0.0.1", "port": self.port, "fsync": "on", "unix_socket_directories": ""}
        told = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        self._server = subprocess.Popen(
            [str(self._binary("postgres")), "-D", str(self._data), *told],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            user=self._user,
        )
        wait_for(self._is_ready, "PostgreSQL starts")

    def _is_ready(self) -> bool:
        assert self._server is not None and self._server.poll() is None, "PostgreSQL did not start"
        return PGconn.ping(self.url.encode()) == Ping.OK

    def kill(self) -> None:
        """End it as a crash would: at once, with all connections."""
        if self._server is not None:
            self._server.send_signal(signal.SIGQUIT)
            self._server.wait(timeout=LONG_S)
            self._server = None

    @contextmanager
    def suspended(self) -> Iterator[None]:
        """It keeps its connections and says nothing, until this is left."""
        assert self._server is not None
        server = psutil.Process(self._server.pid)
        stopped = [server, *server.children(recursive=True)]
        _each(stopped, psutil.Process.suspend)
        try:
            yield
        finally:
            _each(stopped, psutil.Process.resume)

    def asks_for_passwords(self, method: str = "scram-sha-256") -> None:
        """Let nobody in without one; no user of it has any."""
        (self._data / "pg_hba.conf").write_text(f"host all all 127.0.0.1/32 {method}\n", encoding="utf-8")
        self._run("pg_ctl", "reload", "-D", str(self._data))

    def trusts(self) -> None:
        """Let everybody in again, as at first."""
        self.asks_for_passwords("trust")

    def remove(self) -> None:
        """End it and remove its data."""
        self.kill()
        shutil.rmtree(self._data)

    def _run(self, name: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(self._binary(name)), *arguments], capture_output=True, user=self._user, check=False, cwd="/"
        )
        assert done.returncode == 0, done.stderr.decode()

    @staticmethod
    def _binary(name: str) -> Path:
        found = postgres_binaries()
        assert found is not None
        return found / name


def _each(processes: Iterable[psutil.Process], done: Callable[[psutil.Process], None]) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess):  # a connection of it ended meanwhile
            done(process)


def _exists(user: str) -> bool:
    try:
        pwd.getpwnam(user)
    except KeyError:
        return False
    return True
