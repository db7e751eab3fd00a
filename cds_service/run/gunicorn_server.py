"""gunicorn, started from Python. Threads are many because some wait for a FHIR server."""

import ctypes
import gc
import logging
import resource
import sys
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, request
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger
from gunicorn.http.errors import ParseException
from prometheus_client.multiprocess import mark_process_dead

from cds_service.metrics.ended import keep_of_ended
from cds_service.metrics.folder import count_here
from cds_service.records.log import record_trouble
from cds_service.run.gunicorn_worker import SharingWorker
from cds_service.run.refusals import FIELD_BYTES, FIELDS, LINE_BYTES, refusal_of
from cds_service.web.answers import outcome_response

_GARBAGE_AFTER = 50_000
_MOST_BODY = 5 * 1024 * 1024
_CONNECTIONS = 2_000  # of a worker; a system that allows fewer open files gets fewer
_OTHER_FILES = 128
Refused = Callable[[int, str], None]
_SWITCH_S = 0.0005  # Python: 0.005
_M_ARENA_MAX, _HEAPS = -8, 2  # mallopt of glibc


class _OneLog(Logger):  # type: ignore[misc] # gunicorn is not typed
    """gunicorn's own messages go to our log."""

    def setup(self, cfg: object) -> None:
        """Leave handlers and levels to the root logger."""
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True
        self.error_log.setLevel(logging.NOTSET)

    def debug(self, msg: object, *args: object, **more: object) -> None:
        """Without what stood in a request, such as the address that was called, which gunicorn would quote."""
        if told := str(msg).partition("%")[0].rstrip():
            super().debug(told)

    def exception(self, msg: object, *args: object, **more: object) -> None:
        """Without the address that was called, which gunicorn would add."""
        super().error(str(msg).partition(" %")[0])


class _Application(BaseApplication):  # type: ignore[misc] # gunicorn is not typed
    """An application that exists already, so that a fault in it stops the start with a message.

    `refused` is told status and request id of what the server itself refuses.
    """

    def __init__(self, app: Flask, options: dict[str, object], refused: Refused) -> None:
        self._app = app
        self._options = options
        self.refused = refused
        self.most_body: int = getattr(app, "config", {}).get("MAX_CONTENT_LENGTH") or _MOST_BODY
        super().__init__()

    def load_config(self) -> None:
        """Take the options that this version of gunicorn knows."""
        for name, value in self._options.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Flask:
        """The WSGI application."""
        return self._app


_ALWAYS: dict[str, object] = {
    "worker_class": SharingWorker,
    "logger_class": _OneLog,
    "control_socket_disable": True,
    # no header changes address or path: SCRIPT_NAME would, by whoever comes through a proxy on this machine
    "forwarded_allow_ips": "",
    "forwarder_headers": "",
    "graceful_timeout": 10,
    "keepalive": 5,
    "limit_request_line": LINE_BYTES,
    "limit_request_field_size": FIELD_BYTES,
    "limit_request_fields": FIELDS,
}


def _worker_ended(server: Any, worker: Any) -> None:
    """One worker less; what it counted stays."""
    mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]
    try:
        keep_of_ended(set(server.WORKERS) - {worker.pid})
    except Exception as problem:  # the process that begins workers must go on
        record_trouble("counts of a worker that ended stay in its file", problem=repr(problem))


def serve(
    app: Flask,
    host: str,
    port: int,
    workers: int,
    threads: int,
    begin: Callable[[], None],
    end: Callable[[], None],
    refused: Refused = lambda status, request_id: None,
) -> None:
    """Serve until stopped; `begin` is called in every worker that starts, `end` once when all have ended.

    The metrics must have a folder (see `metrics_folder`).
    """
    address = f"[{host}]" if ":" in host and not host.startswith("[") else host
    options: dict[str, object] = {
        "bind": f"{address}:{port}",
        "workers": workers,
        "threads": threads,
        "worker_connections": _connections(),
        **_ALWAYS,
        "post_fork": lambda _, __: count_here(),
        "post_worker_init": lambda _: begin(),
        "child_exit": _worker_ended,
        "on_exit": lambda _: end(),
    }
    _share_the_interpreter()
    _share_heaps()
    _spare_what_stays()
    _Application(app, options, refused).run()


def _connections() -> int:
    """How many connections a worker may hold; the limit of open files is raised as far as that needs."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _CONNECTIONS + _OTHER_FILES
    if soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return min(_CONNECTIONS, max(soft - _OTHER_FILES, 64))


def answer_refusals(app: Flask) -> None:
    """Have the application tell what the server meets while a body is read, as chunks that cannot be read."""
    app.register_error_handler(ParseException, _refused)


def _refused(problem: Exception) -> Response:
    """What the server refuses while the application reads a body; where that ends nobody knows: nothing may follow."""
    request.environ["wsgi.input"].reader.req.force_close()
    refusal = refusal_of(problem)
    return outcome_response(refusal.status, refusal.code, refusal.diagnostics)


def _share_the_interpreter() -> None:
    """Have threads that compute give way to others ten times as often as Python has it.

    Beside 14 calls that take 2 s each a usual one waited 0.8 s, now 0.13; a call costs no more processor time.
    """
    sys.setswitchinterval(_SWITCH_S)


def _share_heaps() -> None:
    """Have the threads of a worker share two heaps; glibc gives them sixteen, each keeps what a large request left.

    A worker that answered bodies of 1 MB stays at 80 MB instead of 140.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt:
        mallopt(_M_ARENA_MAX, _HEAPS)


def _spare_what_stays() -> None:
    """Keep the collector of cycles off what was loaded: else a large request has it search all the knowledge again.

    Parsing 1 MB takes a fifth of the time, and workers go on sharing the memory of what was loaded.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_GARBAGE_AFTER)
