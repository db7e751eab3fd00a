"""What a back-test is to do: plain values that every worker gets, and the knowledge it loads by them."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from importlib import resources
from pathlib import Path

from cards import Knowledge, load_knowledge
from cds_service.backtest.moments import USUAL_HOOKS
from cds_service.backtest.ndjson import SHARD_BYTES, ExportFile, Shard, shards
from cds_service.curate.site_knowledge import with_signatures

BUCKET_BYTES = 2 * 2**20
MOST_BUCKETS = 4096
_PACKED_RATIO = 12
_HASH_BYTES = 8


class BacktestError(Exception):
    """What stops a back-test and that its user can mend; the message says what, why and what to do."""


@dataclass(frozen=True, slots=True)
class KnowledgeSource:
    """Where knowledge comes from: the shipped files or a folder of such, changed by the text of a site file."""

    name: str
    site: str | None = None
    folder: str | None = None
    files: tuple[tuple[str, str], ...] = ()
    signatures: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """One back-test. `work` is the folder for what is not finished; `key` makes patient numbers irreversible.

    No result or order is later than `now`, when it was planned. `hooks`: those that are replayed. `split`:
    outcomes are told before and after it.
    """

    export: str
    work: str
    files: tuple[ExportFile, ...]
    key: bytes
    candidate: KnowledgeSource
    versions: tuple[str, ...]
    baseline: KnowledgeSource | None = None
    since: datetime | None = None
    until: datetime | None = None
    now: datetime | None = None
    present: frozenset[str] = frozenset()
    hooks: tuple[str, ...] = USUAL_HOOKS
    split: datetime | None = None
    bucket_count: int = 1
    shard_bytes: int = SHARD_BYTES

    @property
    def shards(self) -> tuple[Shard, ...]:
        """The shards of the export, in order; their place is their number."""
        return shards(self.files, self.shard_bytes)

    @property
    def folder(self) -> Path:
        """The folder for what is not finished."""
        return Path(self.work)

    def place_of(self, patient_id: str) -> int:
        """Where a patient stands in the order of all: a keyed hash, which nobody without the export can redo."""
        digest = hashlib.blake2b(patient_id.encode(), digest_size=_HASH_BYTES, key=self.key)
        return int.from_bytes(digest.digest(), "big")

    def bucket_of(self, place: int) -> int:
        """The bucket of a place; buckets are in the order of places."""
        return place * self.bucket_count >> (8 * _HASH_BYTES)


def bucket_count(files: Iterable[ExportFile], most_bytes: int = BUCKET_BYTES) -> int:
    """Into how many buckets the patients are spread: by the size of the export only, whatever runs it."""
    size = sum(file.size * (_PACKED_RATIO if file.packed else 1) for file in files)
    return max(1, min(MOST_BUCKETS, size // most_bytes))


def knowledge_from(source: KnowledgeSource) -> Knowledge:
    """The knowledge of a source; KnowledgeError when a file is wrong."""
    folder = Path(source.folder) if source.folder else resources.files("cards.knowledge")
    known = load_knowledge(folder, source.site, source.name, files=dict(source.files))
    return with_signatures(known, source.signatures, folder)


def knowledge_of_job(job: Job) -> tuple[Knowledge, ...]:
    """What is tried, then what it is compared with; BacktestError when this process has not the versions planned."""
    sources = (job.candidate, *([job.baseline] if job.baseline else []))
    return tuple(_in_version(source, version) for source, version in zip(sources, job.versions, strict=True))


@lru_cache(maxsize=4)
def _in_version(source: KnowledgeSource, version: str) -> Knowledge:
    """The knowledge of a source, loaded once a process."""
    found = knowledge_from(source)
    if found.version != version:
        raise BacktestError(
            f"A worker has knowledge {found.version}, this run needs {version}. "
            "Install the same version of magnesium-cds on every worker, and show all the same knowledge folder."
        )
    return found
