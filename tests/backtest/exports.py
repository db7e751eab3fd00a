"""Small exports of invented patients, and ways to run a back-test over them."""

import gzip
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cards import prefetch_templates
from cds_service.backtest.engines import Engine, LocalEngine
from cds_service.backtest.job import Job, KnowledgeSource, knowledge_from
from cds_service.backtest.moments import USUAL_HOOKS, Moment
from cds_service.backtest.progress import LineProgress
from cds_service.backtest.replay import Call, deciders, history_of, replay
from cds_service.backtest.run import Period, plan, run
from cds_service.backtest.scan import PATIENT_TYPES
from cds_service.backtest.state import prepare

Json = dict[str, Any]
LOINC = "http://loinc.org"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
ICD10 = "http://hl7.org/fhir/sid/icd-10-cm"
SHIPPED = KnowledgeSource("shipped")
ANYWHEN = Period()
DAY = "2025-03-10"
FILES = ("summary.json", "alerts.csv", "alerts.parquet", "report.html")


def at(clock: str, day: str = DAY) -> str:
    """A FHIR time on the day most things happen."""
    return f"{day}T{clock}:00Z"


def patient(ident: str = "p1", **more: Any) -> Json:
    """A woman of 70."""
    return {"resourceType": "Patient", "id": ident, "gender": "female", "birthDate": "1955-01-01", **more}


def of_patient(kind: str, ident: str, subject: str = "p1", **more: Any) -> Json:
    """A resource about a patient."""
    return {"resourceType": kind, "id": ident, "subject": {"reference": f"Patient/{subject}"}, **more}


def result(
    ident: str, value: float, issued: str | None, code: str = "19123-9", unit: str = "mg/dL", **more: Any
) -> Json:
    """A laboratory result, magnesium unless the code says otherwise; drawn an hour before `issued` by default."""
    told: Json = {
        "status": "final",
        "code": {"coding": [{"system": LOINC, "code": code}]},
        "valueQuantity": {"value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit},
        "effectiveDateTime": at("06:00"),
        **({"issued": issued} if issued else {}),
    }
    return of_patient("Observation", ident, **{**told, **more})


def order(ident: str, rxcui: str, authored: str, status: str = "active", **more: Any) -> Json:
    """A medication order."""
    concept = {"coding": [{"system": RXNORM, "code": rxcui}], "text": f"drug {rxcui}"}
    told: Json = {"status": status, "intent": "order", "medicationCodeableConcept": concept, "authoredOn": authored}
    return of_patient("MedicationRequest", ident, **{**told, **more})


def condition(ident: str, code: str, recorded: str, clinical: str = "active", **more: Any) -> Json:
    """A problem of the list."""
    told: Json = {
        "code": {"coding": [{"system": ICD10, "code": code}]},
        "clinicalStatus": {"coding": [{"code": clinical}]},
        "recordedDate": recorded,
    }
    return of_patient("Condition", ident, **{**told, **more})


def stay(ident: str, start: str, end: str | None, code: str = "IMP", **more: Any) -> Json:
    """A stay in hospital."""
    period = {"start": start, **({"end": end} if end else {})}
    status = "finished" if end else "in-progress"
    return of_patient("Encounter", ident, status=status, **{"class": {"code": code}}, period=period, **more)


def write(folder: Path, resources: Iterable[Json], packed: bool = False) -> Path:
    """An export: a file for each type."""
    folder.mkdir(parents=True, exist_ok=True)
    by_type: dict[str, list[str]] = {}
    for resource in resources:
        by_type.setdefault(resource["resourceType"], []).append(json.dumps(resource))
    for kind, lines in by_type.items():
        text = "".join(f"{line}\n" for line in lines).encode()
        name = f"{kind}.ndjson.gz" if packed else f"{kind}.ndjson"
        (folder / name).write_bytes(gzip.compress(text) if packed else text)
    return folder


def job_of(
    export: Path,
    out: Path,
    baseline: KnowledgeSource | None = None,
    period: Period = ANYWHEN,
    hooks: Sequence[str] = USUAL_HOOKS,
) -> Job:
    """A job that nothing has been done of yet."""
    return plan(export, out, SHIPPED, baseline, period, hooks)


def backtest(job: Job, out: Path, engine: Engine | None = None, restart: bool = False) -> Json:
    """Run a job; its summary."""
    prepare(out, job, restart)
    used = engine or LocalEngine(1)
    try:
        run(job, out, used, LineProgress(io.StringIO()))
    finally:
        used.close()
    return json.loads((out / "summary.json").read_bytes())


def forecast(tmp_path: Path, resources: Iterable[Json], **more: Any) -> Json:
    """The summary of a back-test over some resources."""
    export, out = write(tmp_path / "export", resources), tmp_path / "report"
    return backtest(job_of(export, out, **more), out)


def bare_job(since: datetime | None = None) -> Job:
    """A job for replaying patients in memory."""
    version = knowledge_from(SHIPPED).version
    return Job("", "", (), b"key", SHIPPED, (version,), since=since, present=frozenset(PATIENT_TYPES))


def calls(resources: Sequence[Json], ident: str = "p1", hooks: Sequence[str] = USUAL_HOOKS) -> list[Call]:
    """The calls of one patient and their answers."""
    job = replace(bare_job(), hooks=tuple(hooks))
    pairs = replay(job, history_of(job, ident, list(resources), {}))
    return [pair.tried for pair in pairs if pair.tried]


def requests(
    resources: Sequence[Json], ident: str = "p1", hooks: Sequence[str] = USUAL_HOOKS
) -> list[tuple[Moment, Json]]:
    """The hook calls of one patient."""
    job = replace(bare_job(), hooks=tuple(hooks))
    chart, decider = history_of(job, ident, list(resources), {}), deciders(job)[0]
    return [(moment, decider.call(chart, moment)[0]) for moment in decider.moments(job, chart)]


def prefetched(request: Json, key: str) -> list[Json]:
    """The resources under a prefetch key of a call."""
    return [entry["resource"] for entry in request["prefetch"][key]["entry"]]


def keys() -> tuple[str, ...]:
    """The prefetch keys of the shipped knowledge."""
    return tuple(prefetch_templates(knowledge_from(SHIPPED)))


def utc(text: str) -> datetime:
    """A time written as in FHIR."""
    return datetime.fromisoformat(text).astimezone(UTC)
