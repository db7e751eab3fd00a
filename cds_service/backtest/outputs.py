"""The files of a finished back-test."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson

from cds_service.backtest.burden import BURDENS, burden_of
from cds_service.backtest.doubts import warnings_of
from cds_service.backtest.job import Job, knowledge_of_job
from cds_service.backtest.read_export import ReadExport
from cds_service.backtest.reduce import reduced_path
from cds_service.backtest.report_page import render
from cds_service.backtest.spill import replace_file
from cds_service.backtest.state import finish
from cds_service.backtest.summary import first_day, summary_of
from cds_service.backtest.tables import Alert, alerts, can_write_parquet, write_csv, write_parquet
from cds_service.backtest.tally import Tally, read_rows, read_tally


@dataclass(frozen=True, slots=True)
class Outputs:
    """What a back-test came to. `parquet` is False when pyarrow is not installed; `warnings` make it doubtful.

    `burdens`: a sentence for what was tried and for what it was compared with, each by its name.
    """

    patients: int
    calls: int
    cards: int
    skipped_lines: int
    parquet: bool
    warnings: tuple[str, ...]
    burdens: tuple[tuple[str, str], ...]


def write_outputs(out: Path, job: Job, tally: Tally, read: ReadExport) -> Outputs:
    """Write the report, the tables and the summary, and remove what is not needed any more."""
    knowledge = knowledge_of_job(job)
    summary = summary_of(job, tally, read, knowledge)
    write_csv(out / "alerts.csv", _alerts(job, tally))
    parquet = can_write_parquet()
    if parquet:
        write_parquet(out / "alerts.parquet", _alerts(job, tally))
    replace_file(out / "summary.json", orjson.dumps(summary, option=orjson.OPT_INDENT_2) + b"\n")
    replace_file(out / "report.html", render(summary, tally.examples, knowledge).encode())
    finish(job)
    return Outputs(
        tally.patients,
        tally.total("calls"),
        tally.total("cards"),
        read.skipped_lines,
        parquet,
        tuple(warnings_of(tally, read)),
        tuple(_burdens(job, tally, read)),
    )


def _burdens(job: Job, tally: Tally, read: ReadExport) -> Iterator[tuple[str, str]]:
    sources = (job.candidate, *([job.baseline] if job.baseline else []))
    for name, source in zip(BURDENS, sources, strict=False):
        yield source.name, burden_of(tally, name, read.present).sentence()


def _alerts(job: Job, tally: Tally) -> Iterator[Alert]:
    """The rows of all buckets, in the order of patients."""
    before, start = 0, first_day(tally)
    for number in range(job.bucket_count):
        path = reduced_path(job, number)
        yield from alerts(read_rows(path), before, start, job.versions[0])
        before += read_tally(path).patients
