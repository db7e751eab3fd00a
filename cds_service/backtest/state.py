"""The state of an unfinished back-test on disk: what it was started with, so that only the same run goes on."""

import hashlib
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from cds_service import __version__
from cds_service.backtest.job import BacktestError, Job
from cds_service.backtest.ndjson import ExportFile
from cds_service.backtest.spill import read_json, write_json

UNFINISHED = "unfinished"
# what is left of a finished run while it is being removed: nobody goes on from it
REMOVED = "unfinished.removed"
REPORT_FILES = ("report.html", "summary.json", "alerts.csv", "alerts.parquet")
_SAMPLE_BYTES = 65536
_STATE = "state.json"


def content_key(export: Path, files: Iterable[ExportFile]) -> bytes:
    """A key from names, sizes and both ends of all files: the same for a copy of an export, unknown without it."""
    digest = hashlib.blake2b(digest_size=32)
    for file in files:
        digest.update(f"{file.name}\0{file.size}\0".encode("utf-8", "surrogateescape"))
        if not file.size:
            continue
        with (export / file.name).open("rb") as opened:
            digest.update(opened.read(_SAMPLE_BYTES))
            opened.seek(max(file.size - _SAMPLE_BYTES, 0))
            digest.update(opened.read(_SAMPLE_BYTES))
    return digest.digest()


def _fingerprint(job: Job) -> dict[str, str]:
    """What makes two runs the same, by the name under which it is told."""
    changed = [(Path(job.export) / file.name).stat().st_mtime_ns for file in job.files]
    told = {
        "export": (job.key.hex(), changed),
        "knowledge or site files": job.versions,
        "period": (job.since, job.until, *([job.split] if job.split else [])),
        "hooks": job.hooks,
        "version of this program": __version__,
    }
    return {name: hashlib.sha256(str(value).encode()).hexdigest()[:16] for name, value in told.items()}


def prepare(out: Path, job: Job, restart: bool) -> bool:
    """Make the folders; True when an unfinished run of the same kind goes on.

    BacktestError when the folder holds anything else and `restart` does not say to start anew.
    """
    shutil.rmtree(job.folder.with_name(REMOVED), ignore_errors=True)
    ours = _fingerprint(job)
    found = _read_state(job.folder) if job.folder.exists() else None
    if restart:
        _drop(out, job)
        found = None
    elif found is not None:
        _refuse_other(out, found, ours)
    elif out.exists():
        _refuse_full(out)
    else:
        out.mkdir(mode=0o700, parents=True)  # a row a card, of each patient: whoever made it says who may read it
    for folder in (job.folder / "shards", job.folder / "buckets"):
        folder.mkdir(parents=True, exist_ok=True)
    job.folder.chmod(0o700)
    write_json(job.folder / _STATE, ours)
    return found is not None


def _drop(out: Path, job: Job) -> None:
    """Remove an unfinished run, and the report of an earlier one: it would be taken for the new one."""
    if job.folder.exists():
        finish(job)
    for name in REPORT_FILES:
        (out / name).unlink(missing_ok=True)


def _read_state(folder: Path) -> Mapping[str, object]:
    try:
        return read_json(folder / _STATE)
    except (OSError, ValueError):
        return {}


def _refuse_other(out: Path, found: Mapping[str, object], ours: Mapping[str, str]) -> None:
    if not found:
        raise BacktestError(
            f"{out} holds the remains of a run that cannot go on. Give --restart to drop them, or another folder."
        )
    different = [name for name in ours if found.get(name) != ours[name]]
    if different:
        raise BacktestError(
            f"{out} holds an unfinished run with another {', another '.join(different)}. Give the same again, "
            "or --restart to drop it, or another folder."
        )


def _refuse_full(out: Path) -> None:
    if not out.is_dir():
        raise BacktestError(f"{out} is a file. Give a new or empty folder.")
    held = sorted(path.name for path in out.iterdir())
    if any(name in REPORT_FILES for name in held):
        raise BacktestError(f"{out} holds a finished report. Give a new folder, or --restart to replace it.")
    if held:
        raise BacktestError(
            f"{out} is not empty. Give a new or empty folder, or --restart to write the report beside what is there."
        )


def finish(job: Job) -> None:
    """Remove what was needed on the way; it holds patient data. Stopped here, nobody takes the rest for a run."""
    removed = job.folder.with_name(REMOVED)
    job.folder.rename(removed)
    shutil.rmtree(removed)
