"""A back-test from plan to report; what is done stays done when it is stopped and started again."""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from cds_service.backtest.deletions import gather_deletions
from cds_service.backtest.engines import Engine
from cds_service.backtest.job import BacktestError, Job, KnowledgeSource, bucket_count, knowledge_from
from cds_service.backtest.medications import gather_medications
from cds_service.backtest.moments import HOOKS, USUAL_HOOKS
from cds_service.backtest.ndjson import SHARD_BYTES, SUFFIXES, ExportFile, export_files, other_files, shown_names
from cds_service.backtest.outputs import Outputs, write_outputs
from cds_service.backtest.progress import Progress
from cds_service.backtest.read_export import ReadExport
from cds_service.backtest.reduce import reduce_bucket, reduced_path
from cds_service.backtest.scan import PATIENT_TYPES, read_scanned, scan_shard, scanned_path
from cds_service.backtest.state import UNFINISHED, content_key
from cds_service.backtest.tally import Tally, read_tally

_MOST_SHARDS = 2048
_WORD = re.compile(r"[A-Za-z]+")


@dataclass(frozen=True, slots=True)
class Period:
    """The moments that count: from `since` on, before `until`; None is no bound. `split`: two periods side by side."""

    since: datetime | None = None
    until: datetime | None = None
    split: datetime | None = None


def plan(
    export: Path,
    out: Path,
    tried: KnowledgeSource,
    baseline: KnowledgeSource | None,
    period: Period,
    hooks: Collection[str] = USUAL_HOOKS,
) -> Job:
    """The job of a back-test; BacktestError when there is nothing to read, KnowledgeError when a file is wrong."""
    files = _files(export)
    sources = (tried, *([baseline] if baseline else []))
    return Job(
        export=str(export.resolve()),
        work=str(out.resolve() / UNFINISHED),
        files=files,
        key=content_key(export, files),
        candidate=tried,
        baseline=baseline,
        versions=tuple(knowledge_from(source).version for source in sources),
        since=period.since,
        until=period.until,
        split=period.split,
        now=datetime.now(UTC),
        hooks=tuple(hook for hook in HOOKS if hook in hooks),
        bucket_count=bucket_count(files),
        shard_bytes=max(SHARD_BYTES, sum(file.size for file in files) // _MOST_SHARDS),
    )


def _files(export: Path) -> tuple[ExportFile, ...]:
    files = export_files(export)
    if not sum(file.size for file in files):
        raise BacktestError(
            f"No NDJSON in {export}. Give the folder of a FHIR Bulk Data export; its files end in "
            f"{', '.join(SUFFIXES)}.{_renamed(other_files(export))}"
        )
    return files


def _renamed(others: Sequence[str]) -> str:
    """What to do with files that seem to hold resources under another name."""
    return (
        f" {len(others):,} files there hold resources under other names ({others[0]}): rename them." if others else ""
    )


def run(job: Job, out: Path, engine: Engine, progress: Progress) -> Outputs:
    """Read and decide what is not done yet, then write the report into `out`."""
    _scan(job, engine, progress)
    read = _read_export(job)
    dated = replace(job, present=read.present, since=_since(job, read))
    read.deleted = gather_deletions(dated)
    gather_medications(dated)
    _reduce(dated, engine, progress)
    return write_outputs(out, job, _tally(job), read)


def _since(job: Job, read: ReadExport) -> datetime | None:
    """From when on calls count: before its first result an export cannot tell what the service would have said."""
    return max((bound for bound in (job.since, read.first_result) if bound), default=None)


def _scan(job: Job, engine: Engine, progress: Progress) -> None:
    shards = job.shards
    left = [number for number in range(len(shards)) if not scanned_path(job, number).exists()]
    with progress.phase("Reading", sum(shards[number].size for number in left), "bytes") as advance:
        for size in engine.map(scan_shard, job, left):
            advance(size, size)


def _reduce(job: Job, engine: Engine, progress: Progress) -> None:
    left = [number for number in range(job.bucket_count) if not reduced_path(job, number).exists()]
    with progress.phase("Deciding", len(left), "patients") as advance:
        for done in engine.map(reduce_bucket, job, left):
            advance(1, done.patients)


def _tally(job: Job) -> Tally:
    """The tally of all buckets, in the order of patients."""
    every = Tally()
    for number in range(job.bucket_count):
        every.add(read_tally(reduced_path(job, number)))
    return every


def _read_export(job: Job) -> ReadExport:
    """What all shards held; lines are numbered within their file."""
    read = ReadExport(not_read=other_files(Path(job.export)))
    names = shown_names(job.files)
    before, filled = Counter[str](), Counter[str]()
    for number, shard in enumerate(job.shards):
        told, name = read_scanned(job, number), shard.file.name
        read.skipped += [(names[name], before[name] + line, reason) for line, reason in told.broken]
        read.ended_early += [names[name]] if told.ended_early else []
        before[name] += told.lines
        filled[name] += told.filled
        read.add(told)
    # an empty file says that there is none of what it is named after; one that holds anything else says nothing
    named = {word for file in job.files if not filled[file.name] for word in _WORD.findall(file.name)}
    read.present = frozenset(kind for kind in PATIENT_TYPES if kind in read.types or kind in named)
    return read
