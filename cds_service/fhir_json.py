"""Reading JSON that nobody has checked: getters that never raise, whatever the type."""

import re

import orjson

JsonDict = dict[str, object]

_PATIENT_REFERENCE = re.compile(r"(?:^|/)Patient/([^/?#|]+)(?:/_history/[^/]*)?$")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_BOM = b"\xef\xbb\xbf"
_LONGEST_NUMBER = 20  # letters


def parse_json(raw: bytes) -> object:
    """The value of a JSON text in UTF-8; ValueError when it is none (or is nested beyond any use)."""
    return orjson.loads(raw.removeprefix(_BOM))


def as_dict(value: object) -> JsonDict:
    """The value when it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else {}


def as_list(value: object) -> list[object]:
    """The value when it is a JSON array, an empty one for null, else an array of it."""
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def as_text(value: object) -> str | None:
    """The value when it is a string with something in it."""
    return value if isinstance(value, str) and value.strip() else None


def is_uuid(value: object) -> bool:
    """Whether the value is a UUID as one writes it, in any case of letters."""
    return isinstance(value, str) and _UUID.fullmatch(value) is not None


def resource_type(value: object) -> str | None:
    """The `resourceType` of a resource; None for anything else."""
    return as_text(value.get("resourceType")) if isinstance(value, dict) else None


def entries(bundle: JsonDict) -> list[object]:
    """What stands in the entries of a Bundle: resources, or whatever was there instead."""
    listed = as_list(bundle.get("entry"))
    return [entry.get("resource", entry) if isinstance(entry, dict) else entry for entry in listed]


def next_links(bundle: JsonDict) -> list[JsonDict]:
    """The links of a Bundle to a page after it, however their relation is written."""
    links = as_list(bundle.get("link"))
    return [link for link in links if isinstance(link, dict) and "next" in str(link.get("relation")).lower()]


def total_of(bundle: JsonDict) -> float:
    """How many a Bundle says were found, in digits or as text: 0 when it does not say, -1 when that is no number."""
    told = bundle.get("total", 0)
    if isinstance(told, int | float) and not isinstance(told, bool):
        return told
    digits = as_text(told) or ""
    try:
        return 0 if told is None else float(digits if len(digits) <= _LONGEST_NUMBER else "")
    except ValueError:
        return -1


def is_about(resource: JsonDict, patient_id: str) -> bool:
    """Whether a resource is about the patient; one that does not say counts as his."""
    return (patient_of(resource) or patient_id) in (patient_id, _as_referred(patient_id))


def _as_referred(patient_id: str) -> str | None:
    """What a reference to this patient is read as: an id with signs of addresses in it is read in part."""
    match = _PATIENT_REFERENCE.search(f"Patient/{patient_id}")
    return match.group(1) if match else None


def patient_of(resource: JsonDict) -> str | None:
    """The id of the patient a resource is about; None when it does not say."""
    if resource.get("resourceType") == "Patient":
        return as_text(resource.get("id"))
    return next((found for key in ("subject", "patient") if (found := _referred(resource.get(key)))), None)


def _referred(value: object) -> str | None:
    for item in as_list(value):
        reference = as_text(item) or as_text(as_dict(item).get("reference")) or ""
        if match := _PATIENT_REFERENCE.search(reference):
            return match.group(1)
    return None
