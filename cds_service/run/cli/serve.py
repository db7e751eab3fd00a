"""`serve` and `demo`: run the web application."""

import atexit
import gc
import logging
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cds_service.run.cli.common import tell, tells_problems

if TYPE_CHECKING:
    from flask import Flask

    from cds_service.run.settings import Settings
    from cds_service.web.runtime import RouteGroup, Runtime

DEMO_PORT = 8000
LOOPBACK = "127.0.0.1"


@click.command()
@click.option("--host", default=LOOPBACK, show_default=True, help="Address to listen on.")
@click.option("--port", default=DEMO_PORT, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", type=click.IntRange(1, 256), help="Worker processes [default: MAGNESIUM_CDS_WORKERS].")
@tells_problems
def serve(host: str, port: int, workers: int | None) -> None:
    """Serve hooks to clients. Settings are environment variables, see docs/settings.md."""
    from cds_service.metrics.folder import metrics_folder
    from cds_service.run.settings import is_loopback, load_settings, unknown_settings
    from cds_service.run.start_checks import check_start

    settings = load_settings()
    for problem in unknown_settings(os.environ):
        tell(f"Warning: {problem}", err=True)
    check_start(settings, host)
    if not settings.base_url and is_loopback(host):
        settings = settings.model_copy(update={"base_url": f"http://{host}:{port}"})
    with metrics_folder():
        _serve(settings, host, port, workers or settings.worker_count)


@click.command()
@click.option("--port", default=DEMO_PORT, show_default=True, type=click.IntRange(1, 65535))
@tells_problems
def demo(port: int) -> None:
    """Try the service on this machine with invented patients; no settings needed."""
    from cds_service.demo import welcome
    from cds_service.metrics.folder import metrics_folder
    from cds_service.run.server import check_port
    from cds_service.run.settings import Auth, MissingData, load_settings

    base = f"http://{LOOPBACK}:{port}"
    given = {"auth": Auth.OFF, "missing_data": MissingData.CARD, "base_url": base, "quiet_once_shown": False}
    settings = load_settings().model_copy(update=given)
    check_port(LOOPBACK, port)
    with metrics_folder(), _temporary_folder() as folder:
        from cds_service.web import demo as page  # these count in the folder of the metrics
        from cds_service.web import fhir_base, saved_requests

        settings = settings.model_copy(update={"database_url": f"sqlite:///{folder}/demo.sqlite", "state_dir": None})
        tell(welcome(base))
        logging.getLogger("gunicorn.error").addFilter(_is_trouble)  # the address of the page stays the last line
        _serve(settings, LOOPBACK, port, 1, (fhir_base.routes, saved_requests.routes, page.routes))


def _is_trouble(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.WARNING


@contextmanager
def _temporary_folder() -> Iterator[Path]:
    """A folder that goes when this process ends; a forked worker that ends leaves it alone."""
    owner, folder = os.getpid(), tempfile.mkdtemp(prefix="magnesium-cds-demo-")
    try:
        yield Path(folder)
    finally:
        if os.getpid() == owner:
            shutil.rmtree(folder, ignore_errors=True)


def _serve(settings: "Settings", host: str, port: int, workers: int, groups: "Iterable[RouteGroup]" = ()) -> None:
    from cards import INPUTS
    from cds_service.records.keeper import Keeper, ship_rest
    from cds_service.records.log import configure_logging, record_refused_by_server
    from cds_service.records.memory import AdviceMemory
    from cds_service.records.private_files import watch
    from cds_service.records.spool import Spool
    from cds_service.records.state_disk import StateDisk
    from cds_service.run.server import check_port, run

    check_port(host, port)
    log = configure_logging(settings.log_level)
    (runtime, app), keeper = _loaded(settings, groups), Keeper(settings)
    parts = (runtime.books, runtime.memory, runtime.disk)
    looks = [part.look for part in parts if isinstance(part, Spool | AdviceMemory | StateDisk)]
    log.dropped = runtime.metrics.log_line_dropped

    def begin() -> None:
        runtime.metrics.worker_started()
        keeper.start()
        runtime.fhir.warm(runtime.places(), sum(not asked.second_look for asked in INPUTS))
        watch(looks, runtime.metrics.files_taken_away)
        if isinstance(runtime.books, Spool):
            atexit.register(runtime.books.close)

    def refused(status: int, request_id: str) -> None:
        runtime.metrics.refused_by_server(status)
        record_refused_by_server(status, request_id)

    with suppress(KeyboardInterrupt):
        run(app, host, port, workers, begin, lambda: ship_rest(settings), refused)


def _loaded(settings: "Settings", groups: "Iterable[RouteGroup]") -> "tuple[Runtime, Flask]":
    """Runtime and application; what is loaded now stays, and to search it for garbage took a sixth of the start."""
    gc.disable()
    try:
        from cds_service.run.start import runtime_of, with_records

        runtime = with_records(runtime_of(settings))
        return runtime, _application(runtime, groups)
    finally:
        gc.enable()


def _application(runtime: "Runtime", groups: "Iterable[RouteGroup]") -> "Flask":
    from cds_service.run.settings import Auth
    from cds_service.web.app import create_app

    if runtime.settings.auth is Auth.REQUIRED:
        runtime.seen.prepare()
    return create_app(runtime, groups)
