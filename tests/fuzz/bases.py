"""Real requests to start from, with marks where nothing may ever be repeated: names, tokens, notes, narratives."""

from functools import cache
from itertools import chain

import orjson

from cards import SERVICES
from cds_service.demo import demo_requests
from tests.calls import SERVICE_OF, request_for, sandbox_bodies
from tests.cards.chart import NOW
from tests.service.test_vignettes import CASES, request_of

MARK = "LEAKMARK"
_PERSON = {
    "name": [{"family": MARK, "given": [MARK]}],
    "identifier": [{"system": "urn:oid:1.2", "value": f"{MARK}-mrn"}],
    "telecom": [{"system": "phone", "value": MARK}],
    "address": [{"text": MARK}],
}
_REMARKS = {
    "note": [{"text": f"{MARK} note"}],
    "text": {"status": "generated", "div": f"<div>{MARK}</div>"},
    "recorder": {"reference": f"Practitioner/{MARK}", "display": MARK},
}
_ACCESS = {
    "access_token": f"{MARK}-token",
    "token_type": "Bearer",
    "expires_in": 300,
    "scope": f"patient/*.read {MARK}",
    "subject": MARK,
}


def walk(value):
    """(holder, key) of everything inside the value."""
    stack = [value]
    while stack:
        holder = stack.pop()
        pairs = list(holder.items() if isinstance(holder, dict) else enumerate(holder))
        for key, item in pairs:
            yield holder, key
            if isinstance(item, dict | list):
                stack.append(item)


def _mark(body):
    """The request with marks in it."""
    for resource in [holder for holder, key in walk(body) if key == "resourceType" and isinstance(holder, dict)]:
        resource.update(_PERSON if resource["resourceType"] == "Patient" else _REMARKS)
    if isinstance(body.get("context"), dict):
        body["context"]["userId"] = f"Practitioner/{MARK}"
        body.update(hookInstance=f"{MARK}-hook", fhirServer=f"https://{MARK.lower()}.example/fhir")
        body["fhirAuthorization"] = dict(_ACCESS)
    for entry in body.get("feedback", ()):
        entry["overrideReason"] = {"reason": {"code": f"{MARK} x", "display": MARK}, "userComment": MARK}
    return {**body, "extension": {"org.example": MARK}}


def _is_whole(body):
    """Whether the context holds what its hook requires; a call that lacks it is refused, and has tests of its own."""
    needs = next((service.needs for service in SERVICES if service.hook == body.get("hook")), ())
    return all(name in (body.get("context") or {}) for name in needs)


@cache
def bases():
    """(service, request as JSON text): the demo, the worked cases, and what the Sandbox sent."""
    demo = [
        *demo_requests(NOW).values(),
        *(request_for(hook, NOW) for hook in ("encounter-discharge", "medication-refill")),
    ]
    cases = [request_of(case["chart"]) for case in CASES]
    captured = [body for _, body in chain(sandbox_bodies("hook"), sandbox_bodies("feedback"))]
    made = []
    for body in filter(_is_whole, chain(demo * 4, cases, captured)):
        service = SERVICE_OF.get(body.get("hook"), SERVICE_OF["patient-view"])
        made.append((f"{service}/feedback" if "feedback" in body else service, orjson.dumps(_mark(body))))
    return tuple(made)


@cache
def donors():
    """Every value without a mark that stands under a key in some request: what fits there, by form at least."""
    found = {}
    for _, base in bases():
        for holder, key in walk(orjson.loads(base)):
            if isinstance(key, str) and len(text := repr(holder[key])) < 2000 and MARK not in text.upper():
                found.setdefault(key, {})[text] = holder[key]
    return {key: tuple(values.values()) for key, values in found.items()}
