"""Runs the web application: gunicorn, or waitress where gunicorn cannot run."""

import errno
import os
import socket
import sys
from collections.abc import Callable

from flask import Flask

from cds_service.run.settings import SettingsError

THREADS = 32


def run(
    app: Flask,
    host: str,
    port: int,
    workers: int,
    begin: Callable[[], None],
    end: Callable[[], None],
    refused: Callable[[int, str], None],
) -> None:
    """Serve until stopped; `begin` is called in every worker that starts.

    `end` is called once when all have ended, where they are processes; `refused` is told status and request id of what
    the server itself refuses.

    The port must be free (see `check_port`).
    """
    if sys.platform == "win32":
        from waitress import serve

        begin()
        serve(app, host=host, port=port, threads=THREADS)  # its shipping process ships the rest when we are gone
    else:
        from cds_service.run.gunicorn_server import answer_refusals
        from cds_service.run.gunicorn_server import serve as serve_gunicorn

        answer_refusals(app)
        serve_gunicorn(app, host, port, workers, THREADS, begin, end, refused)


def check_port(host: str, port: int) -> None:
    """SettingsError when the address cannot be listened on."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        if os.name == "posix":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host.strip("[]"), port))
        except OSError as problem:
            raise SettingsError(_port_problem(host, port, problem)) from None


def _port_problem(host: str, port: int, problem: OSError) -> str:
    if problem.errno == errno.EADDRINUSE:
        return f"Port {port} on {host} is in use by another program. Stop it, or choose another with --port."
    if problem.errno == errno.EACCES:
        return f"Port {port} on {host} needs more rights than this user has. Choose one above 1023 with --port."
    return f"Cannot listen on {host} port {port}: {problem.strerror or problem}. Choose another --host or --port."
