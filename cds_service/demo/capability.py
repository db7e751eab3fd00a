"""What the demo's FHIR base can do, as a CapabilityStatement."""

from cds_service import __version__
from cds_service.demo.fhir_parameters import PARAMETERS
from cds_service.fhir_json import JsonDict

FHIR_VERSION = "4.0.1"


def capability_statement(base: str, date: str) -> JsonDict:
    """The statement of the base at this address; `date` is the day it was made."""
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": date,
        "kind": "instance",
        "software": {"name": "magnesium-cds demo", "version": __version__},
        "implementation": {"description": "Invented patients of the demo, read only", "url": base},
        "fhirVersion": FHIR_VERSION,
        "format": ["json"],
        "rest": [{"mode": "server", "resource": [_resource(kind) for kind in PARAMETERS]}],
    }


def _resource(kind: str) -> JsonDict:
    parameters = [{"name": name, "type": str(parameter.kind)} for name, parameter in PARAMETERS[kind].items()]
    return {
        "type": kind,
        "interaction": [{"code": "read"}, {"code": "search-type"}],
        "searchParam": parameters,
    }
