"""The resources of each patient of a bucket: every resource once, in its newest version, unless it was deleted."""

from collections.abc import Iterator

from cds_service.backtest.deletions import deleted_among
from cds_service.backtest.job import BacktestError, Job
from cds_service.backtest.medications import version_of
from cds_service.backtest.scan import shards_folder
from cds_service.backtest.spill import bucket_lines
from cds_service.errors import JsonDict
from cds_service.fhir_json import as_dict, as_text, parse_json, patient_of, resource_type

MOST_BYTES = 256 * 2**20  # of usual exports a bucket has 2 to 30 MB
Version = tuple[str, bytes]
Versions = dict[tuple[str, str], tuple[Version, JsonDict]]


def _lines(job: Job, number: int) -> Iterator[bytes]:
    """The lines of a bucket; BacktestError when they are more than memory should hold at once."""
    size = 0
    for line in bucket_lines(shards_folder(job), number):
        size += len(line)
        if size > MOST_BYTES:
            raise BacktestError(
                f"One of {job.bucket_count:,} parts of the patients has more than {MOST_BYTES // 2**20} MB of "
                "resources that are read. Is one id that of many patients, or a file packed that holds one line "
                "again and again? Leave it out, or export a shorter time, into another folder."
            )
        yield line


def read_bucket(job: Job, number: int) -> tuple[list[tuple[str, list[JsonDict]]], int]:
    """(patient id, resources) in the order of places; and how many lines were older or equal versions of another."""
    patients: dict[str, Versions] = {}
    replaced = 0
    for line in _lines(job, number):
        resource = as_dict(parse_json(line))
        versions = patients.setdefault(patient_of(resource) or "", {})
        # without an id only an identical line is the same resource
        key = (resource_type(resource) or "", as_text(resource.get("id")) or line.decode())
        version = (version_of(resource), line)
        replaced += key in versions
        if key not in versions or version > versions[key][0]:
            versions[key] = (version, resource)
    patients = _without_deleted(patients, job)
    ordered = sorted((job.place_of(patient), patient) for patient in patients)
    return [(patient, _in_order(patients[patient])) for _, patient in ordered], replaced


def _without_deleted(patients: dict[str, Versions], job: Job) -> dict[str, Versions]:
    """Without what was deleted; with the Patient all that is of the patient."""
    everyone = {patient: f"Patient/{patient}" for patient in patients}
    references = ["/".join(key) for versions in patients.values() for key in versions]
    deleted = deleted_among(job, (*everyone.values(), *references))
    if not deleted:
        return patients
    return {
        patient: {key: found for key, found in versions.items() if "/".join(key) not in deleted}
        for patient, versions in patients.items()
        if everyone[patient] not in deleted
    }


def _in_order(versions: Versions) -> list[JsonDict]:
    return [versions[key][1] for key in sorted(versions)]
