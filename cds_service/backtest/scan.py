"""First half: the lines of one shard, spread over the buckets of their patients."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import orjson

from cards import IF_SENT, INPUTS, KINDS
from cds_service.backtest.asked import Asked, asked_of
from cds_service.backtest.asof import known_from
from cds_service.backtest.job import Job
from cds_service.backtest.ndjson import ENDS_EARLY, TOO_FAR, lines
from cds_service.backtest.spill import Spill, write_json
from cds_service.backtest.times import is_possible
from cds_service.errors import JsonDict
from cds_service.fhir_json import as_dict, as_list, as_text, parse_json, patient_of, resource_type

PATIENT_TYPES = tuple(KINDS)
MEDICATION = "Medication"
OTHER_TYPES = "of other types"
# Types that an export may hold beside those that matter. Any other word is not repeated: it may be anything.
_MORE_TYPES = frozenset(
    {"Appointment", "Binary", "Bundle", "CarePlan", "CareTeam", "Claim", "Coverage", "DocumentReference"}
    | {"EpisodeOfCare", "ExplanationOfBenefit", "FamilyMemberHistory", "Flag", "Goal", "Group", "Immunization"}
    | {"Location", "OperationOutcome", "Organization", "Practitioner", "PractitionerRole", "Provenance"}
    | {"QuestionnaireResponse", "RelatedPerson", "Specimen"}
    | {kind for asked in (*INPUTS, *IF_SENT) for kind in asked.types}
)
_COUNTED = _MORE_TYPES | {*PATIENT_TYPES, MEDICATION}
_DELETED = re.compile(r"[A-Z][A-Za-z]{1,63}/[A-Za-z0-9\-.]{1,64}")
NOT_JSON = "not valid JSON"
NOT_A_RESOURCE = "JSON, but not a FHIR resource"
MOST_LISTED = 100


@dataclass(slots=True)
class Scanned:
    """What a shard held: numbers of lines and resources, and what was left out; broken lines as (line, reason).

    `results` counts the results that the service uses by what they measure; `ended_early`: its file is damaged.
    """

    lines: int = 0
    skipped: int = 0
    broken: list[tuple[int, str]] = field(default_factory=list)
    types: Counter[str] = field(default_factory=Counter)
    without_patient: Counter[str] = field(default_factory=Counter)
    results: Counter[str] = field(default_factory=Counter)
    ended_early: bool = False
    first_result: datetime | None = None

    @property
    def filled(self) -> int:
        """The lines that hold anything."""
        return self.types.total() + self.skipped


def read_scanned(job: Job, number: int) -> Scanned:
    """What a shard held."""
    told = orjson.loads(scanned_path(job, number).read_bytes())
    first = told["first_result"] and datetime.fromisoformat(told["first_result"])
    return Scanned(
        lines=told["lines"],
        skipped=told["skipped"],
        broken=[(line, reason) for line, reason in told["broken"]],
        types=Counter(told["types"]),
        without_patient=Counter(told["without_patient"]),
        results=Counter(told["results"]),
        ended_early=told["ended_early"],
        first_result=first,
    )


def shards_folder(job: Job) -> Path:
    """Where shards are spilled."""
    return job.folder / "shards"


def scanned_path(job: Job, number: int) -> Path:
    """Where it is noted what a shard held; it is there when the shard is done."""
    return shards_folder(job) / f"{number:06}.json"


def deletions_bucket(job: Job) -> int:
    """The bucket of what was deleted: behind those of the patients and that of the medicines."""
    return job.bucket_count + 1


def scan_shard(job: Job, number: int) -> int:
    """Spill one shard and note what it held; the bytes it took."""
    shard, told, asked = job.shards[number], Scanned(), asked_of(job)
    spill = Spill(shards_folder(job), f"{number:06}", deletions_bucket(job) + 1)
    for line in lines(Path(job.export), shard):
        told.lines += 1
        if isinstance(line, str):
            _note(told, line)
        elif stripped := line.strip():
            _take(stripped, job, asked, spill, told)
    # without the mark of gzip it was read as plain text, and nothing came of it
    told.ended_early |= shard.file.name.lower().endswith(".gz") and bool(told.skipped) and not told.types
    spill.flush()
    write_json(scanned_path(job, number), told)
    return shard.size


def _note(told: Scanned, reason: str) -> None:
    told.skipped += 1
    told.ended_early |= reason in (ENDS_EARLY, TOO_FAR)
    if len(told.broken) < MOST_LISTED:
        told.broken.append((told.lines, reason))


def _take(line: bytes, job: Job, asked: Asked, spill: Spill, told: Scanned) -> None:
    try:
        resource = as_dict(parse_json(line))
    except ValueError:
        return _note(told, NOT_JSON)
    kind = resource_type(resource)
    if kind is None:
        return _note(told, NOT_A_RESOURCE)
    told.types[kind if kind in _COUNTED else OTHER_TYPES] += 1
    for deleted in _deletions(resource) if kind == "Bundle" else ():
        spill.add(deletions_bucket(job), deleted.encode())
    if kind == MEDICATION:
        return spill.add(job.bucket_count, line)
    analyte = asked.analyte_of(resource) if kind == "Observation" else None
    if kind not in PATIENT_TYPES or (kind == "Observation" and not analyte and not asked.by_the_other(resource)):
        return None
    patient = patient_of(resource)
    if patient is None:
        told.without_patient[kind] += kind != "Observation" or analyte is not None
        return None
    if analyte:
        _note_result(told, job, resource, analyte)
    return spill.add(job.bucket_of(job.place_of(patient)), line)


def _deletions(bundle: JsonDict) -> Iterator[str]:
    """`Type/id` of each resource that a Bundle says was deleted; a server may put its address before."""
    for entry in as_list(bundle.get("entry")):
        asked = as_dict(as_dict(entry).get("request"))
        named = "/".join((as_text(asked.get("url")) or "").rsplit("/", 2)[-2:])
        if asked.get("method") == "DELETE" and _DELETED.fullmatch(named):
            yield named


def _note_result(told: Scanned, job: Job, result: JsonDict, analyte: str) -> None:
    """Count a result of the knowledge that is tried: the other one has no say in its numbers."""
    told.results[analyte] += 1
    known = known_from(result)
    if known and is_possible(known, job.now):
        told.first_result = min(known, told.first_result or known)
