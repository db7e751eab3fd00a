"""The command `magnesium-cds`. Each command imports what it needs, so that help and messages come at once."""

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import wraps
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, ParamSpec, TypeVar

import click

from cds_service import __version__

if TYPE_CHECKING:
    from cards import Knowledge, Service
    from cds_service.evaluate import Answer
    from cds_service.settings import Settings

P = ParamSpec("P")
T = TypeVar("T")
DEMO_PORT = 8000
LOOPBACK = "127.0.0.1"


def tells_problems(command: Callable[P, T]) -> Callable[P, T]:
    """End with the message of a problem that the user can solve, without a traceback."""

    @wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> T:
        from cds_service.errors import RequestError
        from cds_service.settings import SettingsError

        try:
            return command(*args, **kwargs)
        except (SettingsError, RequestError) as problem:
            raise click.ClickException(str(problem)) from None

    return wrapped


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="magnesium-cds")
def main() -> None:
    """A CDS Hooks service for low magnesium."""


@main.command()
@click.option("--host", default=LOOPBACK, show_default=True, help="Address to listen on.")
@click.option("--port", default=DEMO_PORT, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", type=click.IntRange(1, 256), help="Worker processes [default: MAGNESIUM_CDS_WORKERS].")
@tells_problems
def serve(host: str, port: int, workers: int | None) -> None:
    """Serve hooks to clients. Settings are environment variables, see docs/settings.md."""
    from cds_service.settings import check_start, is_loopback, load_settings

    settings = load_settings()
    check_start(settings, host)
    if not settings.base_url and is_loopback(host):
        settings = settings.model_copy(update={"base_url": f"http://{host}:{port}"})
    _serve(settings, host, port, workers or settings.worker_count)


@main.command()
@click.option("--port", default=DEMO_PORT, show_default=True, type=click.IntRange(1, 65535))
@tells_problems
def demo(port: int) -> None:
    """Try the service on this machine with invented patients; no settings needed."""
    from cds_service.demo import welcome, write_requests
    from cds_service.server import check_port
    from cds_service.settings import Auth, MissingData, load_settings

    given = {"auth": Auth.OFF, "missing_data": MissingData.CARD, "base_url": f"http://{LOOPBACK}:{port}"}
    settings = load_settings().model_copy(update=given)
    check_port(LOOPBACK, port)
    with _temporary_folder() as folder:
        requests = list(write_requests(folder, datetime.now(UTC)))
        click.echo(welcome(f"http://{LOOPBACK}:{port}", requests))
        _serve(settings, LOOPBACK, port, workers=1)


@main.command()
def doctor() -> None:
    """Check this deployment: settings, clients, keys, servers, database, knowledge, clock. Exit 1 when one fails."""
    from cds_service.doctor import Level, examine

    failed = False
    for finding in examine():
        click.echo(str(finding))
        failed = failed or finding.level is Level.FAIL
    if failed:
        sys.exit(1)


@main.command()
@click.argument("request_file", metavar="REQUEST.json", type=click.File("rb"))
@click.option("--service", "service_id", help="Service id [default: the one of the request's hook].")
@click.option("--now", "moment", metavar="ISO", help="Decide as of this time, e.g. 2026-01-31T08:00Z [default: now].")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable.")
@click.option("--strict", is_flag=True, help="Also check suggested orders against the FHIR models.")
@tells_problems
def explain(request_file: BinaryIO, service_id: str | None, moment: str | None, as_json: bool, strict: bool) -> None:
    """Show the cards for a saved hook request, and why each rule spoke or stayed silent."""
    from cards import explain as explained_by
    from cds_service.report import report

    answer, knowledge = _answer_to(request_file.read(), service_id, _moment(moment))
    explained = explained_by(answer.decision, knowledge)
    if as_json:
        import orjson

        click.echo(orjson.dumps(explained, option=orjson.OPT_INDENT_2, default=str))
    else:
        click.echo(report(answer, explained), nl=False)
    if strict:
        _check_strictly(answer)


@main.group()
def knowledge() -> None:
    """Check or read the clinical knowledge."""


@knowledge.command("check")
@click.option("--site", type=click.Path(path_type=Path), help="Site file [default: MAGNESIUM_CDS_SITE].")
@click.option("--now", "day", metavar="DATE", help="Reviews due as of this day, e.g. 2026-11-23 [default: today].")
@click.option("--write-lock", "lock", is_flag=True, help="For maintainers: lock the code tables as they are now.")
@tells_problems
def knowledge_check(site: Path | None, day: str | None, lock: bool) -> None:
    """Check numbers, doses, texts, sources, review dates, code tables and the site file; exit 1 when one is wrong."""
    from cds_service.code_lock import write_lock
    from cds_service.knowledge_check import check, report
    from cds_service.settings import load_settings

    today = _moment(day).date()
    folder = resources.files("cards.knowledge")
    if lock:
        click.echo(f"Locked anew: {', '.join(write_lock(Path(str(folder / 'codes')), str(today))) or 'nothing'}")
    checked = check(folder, today, site or load_settings().site)
    click.echo(report(checked), nl=False)
    if checked.failed:
        sys.exit(1)


@knowledge.command("show")
@click.argument("rule", required=False)
@tells_problems
def knowledge_show(rule: str | None) -> None:
    """Show the page of one rule; all rules by topic when none is named."""
    from cds_service.app import knowledge_of
    from cds_service.rule_pages import NoSuchRuleError, index, page
    from cds_service.settings import load_settings

    known = knowledge_of(load_settings().site)
    try:
        click.echo(page(rule, known) if rule else index(known), nl=False)
    except NoSuchRuleError as problem:
        raise click.ClickException(str(problem)) from None


@contextmanager
def _temporary_folder() -> Iterator[Path]:
    """A folder that goes when this process ends; a forked worker that ends leaves it alone."""
    owner, folder = os.getpid(), tempfile.mkdtemp(prefix="magnesium-cds-demo-")
    try:
        yield Path(folder)
    finally:
        if os.getpid() == owner:
            shutil.rmtree(folder, ignore_errors=True)


def _serve(settings: "Settings", host: str, port: int, workers: int) -> None:
    from cds_service.app import create_app, runtime_of
    from cds_service.records import configure_logging
    from cds_service.server import check_port, run
    from cds_service.settings import Auth

    check_port(host, port)
    runtime = runtime_of(settings)
    app = create_app(runtime)
    configure_logging(settings.log_level)
    if settings.auth is Auth.REQUIRED:
        runtime.seen.prepare()
    with suppress(KeyboardInterrupt):
        run(app, host, port, workers)


def _answer_to(raw: bytes, service_id: str | None, now: datetime) -> tuple["Answer", "Knowledge"]:
    from cds_service.app import runtime_of
    from cds_service.envelope import read_body
    from cds_service.evaluate import evaluate
    from cds_service.settings import MissingData, load_settings

    runtime = runtime_of(load_settings())
    body = read_body(raw)
    service = _service(body, service_id)
    knowledge = runtime.knowledge
    return evaluate(service, body, knowledge, now, runtime.new_id, runtime.keys, MissingData.CARD), knowledge


def _service(body: object, service_id: str | None) -> "Service":
    """The service asked for, else the one of the request's hook."""
    from cards import SERVICES
    from cds_service.fhir import as_dict

    hook = as_dict(body).get("hook")
    for service in SERVICES:
        if service.id == service_id or (service_id is None and service.hook == hook):
            return service
    names = ", ".join(service.id for service in SERVICES)
    raise click.ClickException(f"No service for this request. Choose one with --service: {names}.")


def _moment(text: str | None) -> datetime:
    try:
        moment = datetime.fromisoformat(text) if text else datetime.now(UTC)
    except ValueError:
        raise click.BadParameter("write it like 2026-01-31T08:00:00Z", param_hint="--now") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _check_strictly(answer: "Answer") -> None:
    from cds_service.strict import problems

    found = problems(answer)
    for problem in found:
        click.echo(f"Not FHIR R4: {problem}", err=True)
    if found:
        sys.exit(1)


if __name__ == "__main__":
    main(prog_name="magnesium-cds")
