"""Requests of invented patients, dated from a moment, and how to send them."""

import copy
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from cds_service.demo import demo_requests

Json = dict[str, object]
ORIGIN = "https://ehr.example"
SANDBOX = Path(__file__).parents[1] / "fixtures" / "sandbox"
STARTED = datetime.now(UTC)  # one moment for all, so that two requests of one test are the same chart
_HOOKS = ("patient-view", "order-select", "order-sign", "encounter-discharge", "medication-refill")
SERVICE_OF = {hook: f"magnesium-{hook}" for hook in _HOOKS}
_NAMES = {
    "patient-view": "1-patient-view.json",
    "order-select": "2-order-select.json",
    "order-sign": "3-order-sign.json",
}


def request_for(hook, now=STARTED):
    """A request of the hook that is answered with cards, dated from when the tests began; yours to change."""
    if hook in _NAMES:
        return copy.deepcopy(demo_requests(now)[_NAMES[hook]])
    return _renewal(now) if hook == "medication-refill" else _in_a_stay(hook, now)


def _in_a_stay(hook, now):
    """The patient of the patient-view request goes home from her stay, or is in it at any other moment."""
    made = request_for("patient-view", now)
    return {**made, "hook": hook, "context": {"encounterId": "e1", **made["context"]}}


def _renewal(now):
    """The drafts of the order-sign request as prescriptions that are renewed, with nobody in context."""
    made = request_for("order-sign", now)
    told = made["context"]
    context = {"patientId": told["patientId"], "medications": told["draftOrders"]}
    return {**made, "hook": "medication-refill", "context": context}


def patient_view(**prefetch):
    """The patient-view request with some prefetch values replaced."""
    made = request_for("patient-view")
    made["prefetch"].update(prefetch)
    return made


def post(client: FlaskClient, body, service="magnesium-patient-view", content_type="application/json") -> TestResponse:
    """Send a body (bytes as they are) to a service."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"Origin": ORIGIN, **({"Content-Type": content_type} if content_type else {})}
    return client.post(f"/cds-services/{service}", data=raw, headers=headers)


def cards(response: TestResponse):
    """The cards of an answer that must be a 200."""
    assert response.status_code == 200, response.get_data(as_text=True)
    return response.get_json()["cards"]


def diagnostics(response: TestResponse, status: int) -> str:
    """The text of an error answer, which must be an OperationOutcome of this status with CORS headers."""
    body = response.get_json(force=True)
    assert response.status_code == status, body
    assert body["resourceType"] == "OperationOutcome"
    assert response.headers["Access-Control-Allow-Origin"] in ("*", ORIGIN)
    return body["issue"][0]["diagnostics"]


def searchset(*resources, **more):
    """A Bundle as a server answers a search."""
    return {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": r} for r in resources], **more}


def outcome(severity="error", code="", *coding):
    """What a client puts where a query failed, or a server beside what it found; `coding`: system and code."""
    issue = {"severity": severity, "code": code or ("exception" if severity == "error" else "processing")}
    details = {"details": {"coding": [dict(zip(("system", "code"), coding, strict=True))]}} if coding else {}
    return {"resourceType": "OperationOutcome", "issue": [{**issue, **details}]}


def magnesium(value=1.2, patient="demo-heart", hours_ago=2, ident="mg"):
    """A magnesium result in mg/dL."""
    when = datetime.now(UTC) - timedelta(hours=hours_ago)
    coding = {"system": "http://loinc.org", "code": "19123-9"}
    quantity = {"value": value, "unit": "mg/dL", "system": "http://unitsofmeasure.org", "code": "mg/dL"}
    return {
        "resourceType": "Observation",
        "id": ident,
        "status": "final",
        "code": {"coding": [coding]},
        "subject": {"reference": f"Patient/{patient}"},
        "effectiveDateTime": when.isoformat(timespec="seconds"),
        "valueQuantity": quantity,
    }


def sandbox_bodies(key):
    """(name, body) of the captured Sandbox calls that have this key."""
    loaded = ((path.name, json.loads(path.read_text(encoding="utf-8"))) for path in sorted(SANDBOX.glob("*.json")))
    return [(name, body) for name, body in loaded if key in body]
