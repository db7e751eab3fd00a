"""`backtest`: the forecast of the alert burden from a Bulk Data export."""

import os
import re
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import click

from cds_service.run.cli.common import tell, tells_problems
from cds_service.run.cli.sources import SHIPPED, problems_told, progress, source_of

if TYPE_CHECKING:
    from cds_service.backtest.engines import Engine
    from cds_service.backtest.job import KnowledgeSource
    from cds_service.backtest.outputs import Outputs
    from cds_service.backtest.run import Period

_DAY = len("2025-01-31")
# fromisoformat takes more, 20250131 too, which could not be told from a time
_DATED = re.compile(r"\d{4}-\d\d-\d\d([T ]|\Z)")
_INTERRUPTED = 130
_FOLDER = click.Path(path_type=Path)


@click.command()
@click.argument("export_dir", type=_FOLDER)
@click.option("--out", required=True, metavar="REPORT_DIR", type=_FOLDER, help="Folder for the report: new or empty.")
@click.option("--site", metavar="FILE", type=_FOLDER, help="Site file to try [default: MAGNESIUM_CDS_SITE].")
@click.option(
    "--compare",
    metavar="FILE",
    help=f"Tell what is new and gone against this site file, knowledge folder or '{SHIPPED}' (no site file).",
)
@click.option(
    "--hook",
    "hooks",
    multiple=True,
    type=click.Choice(["patient-view", "order-select", "order-sign", "encounter-discharge", "medication-refill"]),
    help="Replay this hook; give it once for each [default: patient-view and order-sign].",
)
@click.option("--since", metavar="DATE", help="Only calls from this day or time on, e.g. 2025-01-01.")
@click.option("--until", metavar="DATE", help="Only calls until this day, counted in, or time.")
@click.option("--split", metavar="DATE", help="Tell outcomes before and after this day or time, e.g. of going live.")
@click.option(
    "--engine", type=click.Choice(["local", "dask"]), default="local", show_default=True, help="Where to run."
)
@click.option("--workers", type=click.IntRange(1, 512), help="Processes of the local engine [default: one a core].")
@click.option("--scheduler", metavar="ADDRESS", help="For --engine dask: its scheduler, e.g. tcp://10.0.0.5:8786.")
@click.option("--restart", is_flag=True, help="Drop what an earlier run left in REPORT_DIR and start anew.")
@tells_problems
def backtest(
    export_dir: Path,
    out: Path,
    site: Path | None,
    compare: str | None,
    hooks: tuple[str, ...],
    since: str | None,
    until: str | None,
    split: str | None,
    engine: str,
    workers: int | None,
    scheduler: str | None,
    restart: bool,
) -> None:
    """Forecast the alert burden from a FHIR Bulk Data export.

    EXPORT_DIR holds NDJSON files, plain or .gz, of Patient, Observation, MedicationRequest, MedicationAdministration,
    Condition, Encounter and Medication. At each result that was filed and each order that was signed the service
    decides with what was known then. REPORT_DIR gets report.html, summary.json, alerts.csv and alerts.parquet;
    patients are numbered, no identifiers leave. Stopped with Ctrl-C, the same command goes on. See docs/backtest.md.
    """
    if (engine == "dask") != (scheduler is not None):
        raise click.UsageError("--engine dask needs --scheduler ADDRESS, and no other engine takes it.")
    _check_folder(export_dir)
    period = _period(since, until, split)
    with problems_told():
        baseline = source_of(compare, "--compare") if compare else None
        asked = _Asked(_tried(site), baseline, period, hooks)
        _run(export_dir, out, asked, _Where(workers, scheduler), restart)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is replayed, with what."""

    tried: "KnowledgeSource"
    baseline: "KnowledgeSource | None"
    period: "Period"
    hooks: tuple[str, ...]


class _Where:
    """The engine that was asked for; started only when all else is well."""

    def __init__(self, workers: int | None, scheduler: str | None) -> None:
        self._workers, self._scheduler = workers, scheduler

    def engine(self) -> "Engine":
        from cds_service.backtest.engines import DaskEngine, LocalEngine

        if self._scheduler:
            return DaskEngine(self._scheduler)
        return LocalEngine(self._workers or os.cpu_count() or 1)


def _run(
    export: Path,
    out: Path,
    asked: _Asked,
    where: _Where,
    restart: bool,
) -> None:
    from cds_service.backtest.moments import USUAL_HOOKS
    from cds_service.backtest.run import plan, run
    from cds_service.backtest.state import prepare

    job = plan(export, out, asked.tried, asked.baseline, asked.period, asked.hooks or USUAL_HOOKS)
    if prepare(out, job, restart):
        tell("Going on from where the last run stopped.", err=True)
    started = time.monotonic()
    with _interruptible(job.folder), closing(where.engine()) as engine:
        done = run(job, out, engine, progress())
    tell(_conclusion(done, sum(file.size for file in job.files), time.monotonic() - started, out))


def _check_folder(export: Path) -> None:
    if not export.is_dir():
        why = "is a file, not a folder" if export.exists() else "does not exist"
        raise click.BadParameter(
            f"{export} {why}. Give the folder of a FHIR Bulk Data export.", param_hint="EXPORT_DIR"
        )


def _period(since: str | None, until: str | None, split: str | None = None) -> "Period":
    from cds_service.backtest.run import Period

    begin, end = _point(since, "--since"), _point(until, "--until")
    if end and until and len(until) == _DAY:
        end += timedelta(days=1)
    if begin and end and begin >= end:
        raise click.BadParameter("must lie before --until.", param_hint="--since")
    return Period(begin, end, _point(split, "--split"))


def _point(told: str | None, option: str) -> datetime | None:
    """The time an option names, in UTC when it says no zone."""
    try:
        found = datetime.fromisoformat(told) if told else None
        if told and not _DATED.match(told):
            raise ValueError(told)
    except ValueError:
        raise click.BadParameter("write it like 2025-01-31 or 2025-01-31T08:00:00Z.", param_hint=option) from None
    return found.replace(tzinfo=UTC) if found and not found.tzinfo else found


def _tried(site: Path | None) -> "KnowledgeSource":
    from cds_service.run.settings import load_settings

    chosen = site or load_settings().site
    return source_of(str(chosen) if chosen else SHIPPED)


@contextmanager
def _interruptible(unfinished: Path) -> Iterator[None]:
    """On Ctrl-C, or when asked to end, say how to go on."""

    def interrupt(_: int, __: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    except KeyboardInterrupt:
        tell(f"\nStopped. {_how_to_go_on(unfinished)}", err=True)
        sys.exit(_INTERRUPTED)
    finally:
        signal.signal(signal.SIGTERM, before)


def _how_to_go_on(unfinished: Path) -> str:
    from cds_service.backtest.state import REMOVED

    removed = unfinished.with_name(REMOVED)
    if removed.exists() and not unfinished.exists():
        return f"The report is done. {removed} holds patient data: delete it."
    return (
        f"The same command goes on from here. Until then {unfinished} holds patient data: "
        "delete it if you do not go on."
    )


def _conclusion(done: "Outputs", size: int, seconds: float, out: Path) -> str:
    from cds_service.backtest.progress import duration

    rate = f"{done.patients / seconds:,.0f} patients/s, {size / seconds / 1e6:.1f} MB/s"
    told = [
        f"{done.patients:,} patients, {done.calls:,} calls, {done.cards:,} cards in {duration(seconds)} ({rate}).",
        f"Report: {out / 'report.html'}",
    ]
    told[1:1] = [f"{name}: {sentence}" for name, sentence in done.burdens]
    told[1:1] = [f"Warning: {warning}" for warning in done.warnings]
    if done.skipped_lines:
        told.insert(1, f"{done.skipped_lines:,} lines could not be read and were skipped; the report lists the first.")
    if not done.parquet:
        told.append("alerts.parquet needs pyarrow: pip install pyarrow; alerts.csv holds the same.")
    return "\n".join(told)
