"""The outer part of a hook call, read as leniently as clients need it."""

import re
from dataclasses import dataclass, field
from json import JSONDecodeError

from cards import SERVICES, Service, is_id
from cds_service.errors import JsonDict, NotCdsHooks, NotJson, TooMuch
from cds_service.fhir_json import as_dict, as_list, as_text, parse_json

_TOKEN = re.compile(r"[\x21-\x7e]{1,16384}")
_ORDERS = sorted({service.orders for service in SERVICES})
_HOOKS = frozenset(service.hook for service in SERVICES)
_TOLD = {"depth limit exceeded": "it is nested too deeply"}  # the rest of the reader's words are plain enough


@dataclass(frozen=True, slots=True)
class FhirAccess:
    """A FHIR server and a token for it, "" where none came. It goes nowhere but into a header for that server."""

    server: str
    token: str = field(repr=False)
    scope: str
    patient: str | None


@dataclass(frozen=True, slots=True)
class HookCall:
    """A hook call. `prefetch` holds what the client supplied, a key that is not in it was not supplied.

    `user`: who is there and could accept a suggestion; "" where nobody is told.
    """

    patient_id: str
    encounter_id: str | None
    drafts: object
    selections: frozenset[str] | None
    prefetch: JsonDict
    access: FhirAccess | None = None
    user: str = field(default="", repr=False)


def read_body(raw: bytes) -> object:
    """The JSON value of a request body; NotJson says what is wrong."""
    if not raw.strip():
        raise NotJson("The body is empty. Send a CDS Hooks request as JSON.")
    try:
        return parse_json(raw)
    except JSONDecodeError as problem:
        what = _TOLD.get(problem.msg, problem.msg)
        at = f"line {problem.lineno}, column {problem.colno}: {what}"
        raise NotJson(f"The body is not valid JSON in UTF-8 at {at}. Send standard JSON.") from None


def refuse_excess(body: object, most_entries: int) -> None:
    """TooMuch when the Bundles of a request hold more entries than are read in good time."""
    request = as_dict(body)
    context = as_dict(request.get("context"))
    values = [*as_dict(request.get("prefetch")).values(), *(context.get(name) for name in _ORDERS)]
    if sum(map(_size, values)) > most_entries:
        raise TooMuch(f"The Bundles have more than {most_entries} entries. Send what the prefetch templates ask for.")


def _size(value: object) -> int:
    """Entries of a Bundle, bare or wrapped as early clients do, or of a list of Bundles."""
    if isinstance(value, dict) and isinstance(listed := value.get("entry"), list) and "resource" not in value:
        return len(listed)  # as nearly all are
    if isinstance(value, list):
        return len(value) + sum(len(as_list(as_dict(item).get("entry"))) for item in value)
    bundle = as_dict(as_dict(value).get("resource")) or as_dict(value)
    return len(as_list(bundle.get("entry")))


def read_call(body: object, service: Service | None = None) -> HookCall:
    """The hook call in a JSON value; NotCdsHooks names what is missing of what every hook, or the service, needs."""
    if not isinstance(body, dict):
        raise NotCdsHooks("The body must be a JSON object with hook, hookInstance and context.")
    context = _context(body.get("context"))
    lacking = _lacking(body, context, service) if service else []
    if lacking:
        raise NotCdsHooks(f"{' and '.join(lacking)} missing. Send with each call what the hook requires.")
    return HookCall(
        patient_id=_patient_id(context.get("patientId")),
        encounter_id=_bare_id(as_text(context.get("encounterId")), "Encounter"),
        drafts=context.get(service.orders if service else "draftOrders"),
        selections=_selections(context.get("selections")),
        prefetch=as_dict(body.get("prefetch")),
        access=_access(body),
        user=as_text(context.get("userId")) or "",
    )


def called_as(body: object, service: Service) -> str:
    """The hook that a call names where it is not that of the service: one of ours, or "another"; else ""."""
    hook = as_text(as_dict(body).get("hook")) or service.hook
    if hook == service.hook:
        return ""
    return hook if hook in _HOOKS else "another"


def _lacking(body: JsonDict, context: JsonDict, service: Service) -> list[str]:
    """What every hook requires, and this one, and is not there. The name of another hook is no reason to refuse."""
    of_every_hook = [name for name in ("hook", "hookInstance") if not as_text(body.get(name))]
    return of_every_hook + [f"context.{name}" for name in service.needs if context.get(name) is None]


def _access(body: JsonDict) -> FhirAccess | None:
    """The server that the client names, with the token that it gives; only an open one is read without a token."""
    server, given = as_text(body.get("fhirServer")), as_dict(body.get("fhirAuthorization"))
    if not server:
        return None
    token, kind = given.get("access_token"), given.get("token_type", "Bearer")
    if not isinstance(token, str) or not _TOKEN.fullmatch(token) or str(kind).lower() != "bearer":
        token = ""
    scope = " ".join(item for item in as_list(given.get("scope")) if isinstance(item, str))
    return FhirAccess(server.rstrip("/"), token, scope, _bare_id(as_text(given.get("patient")), "Patient"))


def _context(value: object) -> JsonDict:
    """The context; some clients wrap it in a list of one."""
    found = value[0] if isinstance(value, list) and len(value) == 1 else value
    if not isinstance(found, dict):
        raise NotCdsHooks("context is missing or not an object. Send context.patientId and context.userId.")
    return found


def _patient_id(value: object) -> str:
    found = _bare_id(as_text(value), "Patient")
    if found is None or not is_id(found):
        raise NotCdsHooks("context.patientId is missing or not an id (1 to 512 printable characters).")
    return found


def _bare_id(value: str | None, kind: str) -> str | None:
    """The id without `Type/`, which some clients put before it."""
    return value.removeprefix(f"{kind}/") if value else None


def _selections(value: object) -> frozenset[str] | None:
    """The selected orders; None when the client did not say, which selects every draft."""
    if value is None:
        return None
    return frozenset(item for item in as_list(value) if isinstance(item, str))
