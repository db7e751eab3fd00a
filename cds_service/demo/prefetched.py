"""What a record system would prefetch of a story: the queries of discovery, answered by the demo's own FHIR base."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from cds_service.demo.fhir_search import Store, searchset
from cds_service.fhir_json import JsonDict

_PATIENT = "{{context.patientId}}"


def prefetched(store: Store, templates: Mapping[str, str], patient_id: str) -> JsonDict:
    """Prefetch key to what its template finds for this patient."""
    return {key: _answer(store, query.replace(_PATIENT, patient_id)) for key, query in templates.items()}


def _answer(store: Store, query: str) -> JsonDict | None:
    path, asks, told = query.partition("?")
    kind, _, ident = path.partition("/")
    if not asks:
        return store.read(kind, ident)
    pairs = parse_qsl(told)
    return searchset("", kind, pairs, store.search(kind, pairs))
