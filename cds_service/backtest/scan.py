"""First half: the lines of one shard, spread over the buckets of their patients."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import orjson

from cards import prefetch_templates
from cds_service.backtest.asof import known_from
from cds_service.backtest.job import Job, knowledge_of_job
from cds_service.backtest.ndjson import lines
from cds_service.backtest.spill import Spill, write_json
from cds_service.backtest.windows import CodeKey, has_code, windows
from cds_service.fhir import as_dict, parse_json, patient_of, resource_type

PATIENT_TYPES = ("Patient", "Observation", "MedicationRequest", "MedicationAdministration", "Condition", "Encounter")
MEDICATION = "Medication"
NOT_JSON = "not valid JSON"
NOT_A_RESOURCE = "JSON, but not a FHIR resource"
MOST_LISTED = 100


@dataclass(slots=True)
class Scanned:
    """What a shard held: numbers of lines and resources, and what was left out; broken lines as (line, reason)."""

    lines: int = 0
    skipped: int = 0
    broken: list[tuple[int, str]] = field(default_factory=list)
    types: Counter[str] = field(default_factory=Counter)
    without_patient: Counter[str] = field(default_factory=Counter)
    first_result: datetime | None = None


def read_scanned(job: Job, number: int) -> Scanned:
    """What a shard held."""
    told = orjson.loads(scanned_path(job, number).read_bytes())
    broken = [(line, reason) for line, reason in told["broken"]]
    first = told["first_result"] and datetime.fromisoformat(told["first_result"])
    types, without_patient = Counter(told["types"]), Counter(told["without_patient"])
    return Scanned(told["lines"], told["skipped"], broken, types, without_patient, first)


def shards_folder(job: Job) -> Path:
    """Where shards are spilled."""
    return job.folder / "shards"


def scanned_path(job: Job, number: int) -> Path:
    """Where it is noted what a shard held; it is there when the shard is done."""
    return shards_folder(job) / f"{number:06}.json"


def scan_shard(job: Job, number: int) -> int:
    """Spill one shard and note what it held; the bytes it took."""
    shard, told, codes = job.shards[number], Scanned(), read_codes(job)
    spill = Spill(shards_folder(job), f"{number:06}", job.bucket_count + 1)
    for line in lines(Path(job.export), shard):
        told.lines += 1
        if isinstance(line, str):
            _note(told, line)
        elif stripped := line.strip():
            _take(stripped, job, codes, spill, told)
    spill.flush()
    write_json(scanned_path(job, number), told)
    return shard.size


@lru_cache(maxsize=4)
def read_codes(job: Job) -> Collection[CodeKey]:
    """The codes of laboratory results that the service asks for, with either knowledge."""
    templates = [prefetch_templates(knowledge) for knowledge in knowledge_of_job(job)]
    return frozenset(code for told in templates for window in windows(told) for code in window.codes)


def _note(told: Scanned, reason: str) -> None:
    told.skipped += 1
    if len(told.broken) < MOST_LISTED:
        told.broken.append((told.lines, reason))


def _take(line: bytes, job: Job, codes: Collection[CodeKey], spill: Spill, told: Scanned) -> None:
    try:
        resource = as_dict(parse_json(line))
    except ValueError:
        return _note(told, NOT_JSON)
    kind = resource_type(resource)
    if kind is None:
        return _note(told, NOT_A_RESOURCE)
    told.types[kind] += 1
    if kind == MEDICATION:
        return spill.add(job.bucket_count, line)
    if kind not in PATIENT_TYPES or (kind == "Observation" and not has_code(resource.get("code"), codes)):
        return None
    patient = patient_of(resource)
    if patient is None:
        told.without_patient[kind] += 1
        return None
    if kind == "Observation" and (known := known_from(resource)):
        told.first_result = min(known, told.first_result or known)
    return spill.add(job.bucket_of(job.place_of(patient)), line)
