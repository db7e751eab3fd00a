"""Reads a list as most come, the short way."""

from collections.abc import Collection

from cds_service.errors import JsonDict
from cds_service.fhir_json import next_links


def usual_list(value: object, types: Collection[str], patient_id: str) -> list[JsonDict] | None:
    """The resources of a searchset as most come: whole, in plain entries, of these types, each about the patient.

    None for any other value. `read_value` finds the same in such a list, with five more looks at each entry.
    """
    patient = f"Patient/{patient_id}"
    found: list[JsonDict] = []
    for entry in (listed := _whole_searchset(value)) or ():
        if not isinstance(entry, dict):
            return None
        resource, url = entry.get("resource"), entry.get("fullUrl")
        if isinstance(url, str) and url.startswith("urn:"):
            return None
        if not isinstance(resource, dict) or resource.get("resourceType") not in types:
            return None
        subject = resource.get("subject")
        if not isinstance(subject, dict) or subject.get("reference") != patient:
            return None
        found.append(resource)
    return None if listed is None else found


def _whole_searchset(value: object) -> list[object] | None:
    """The entries of a searchset that is all there is."""
    if not isinstance(value, dict) or value.get("resourceType") != "Bundle" or value.get("type") != "searchset":
        return None
    listed = value.get("entry", [])
    whole = (
        isinstance(listed, list) and (total := value.get("total", len(listed))) == len(listed) and total is not False
    )
    return listed if whole and not ("link" in value and next_links(value)) else None
