"""The unit of a hospital that an encounter names."""

from collections.abc import Iterator
from datetime import datetime

from cds_service.backtest.times import first_point, point
from cds_service.errors import JsonDict
from cds_service.fhir_json import as_dict, as_list, as_text

_MOST = 60
_TOO_SMALL = frozenset({"bd", "ro"})  # HL7 location-physical-type: bed, room
_CLASSES = {
    "IMP": "Inpatient",
    "ACUTE": "Inpatient",
    "NONAC": "Inpatient",
    "OBSENC": "Observation",
    "EMER": "Emergency",
    "AMB": "Outpatient",
    "VR": "Virtual",
    "HH": "Home",
    "FLD": "Field",
    "SS": "Day case",
    "PRENC": "Pre-admission",
}


def unit_of(encounter: JsonDict, when: datetime) -> str:
    """The name of the unit: the location at that time (not bed or room), else the service, else the class.

    Free text and ids are no names: they may be anything.
    """
    names = (*_locations(encounter, when), *_services(encounter), *_class_names(encounter))
    return next((" ".join(name.split())[:_MOST] for name in names if name.strip()), "")


def _locations(encounter: JsonDict, when: datetime) -> Iterator[str]:
    for item in as_list(encounter.get("location")):
        told = as_dict(item)
        codes = {code for code, _ in _codings(told.get("physicalType") or told.get("form"))}
        if not codes & _TOO_SMALL and _holds(as_dict(told.get("period")), when):
            yield as_text(as_dict(told.get("location")).get("display")) or ""


def _holds(period: JsonDict, when: datetime) -> bool:
    start, end = first_point(period, "start"), point(period.get("end"))
    return (start is None or start <= when) and (end is None or when < end)


def _services(encounter: JsonDict) -> Iterator[str]:
    for service in as_list(encounter.get("serviceType")):
        told = as_dict(as_dict(service).get("concept")) or as_dict(service)
        yield from (display for _, display in _codings(told))


def _class_names(encounter: JsonDict) -> Iterator[str]:
    # R4 has one Coding, R5 a list of CodeableConcept
    for told in map(as_dict, as_list(encounter.get("class"))):
        codes = [as_text(told.get("code")) or "", *(code for code, _ in _codings(told))]
        yield from (_CLASSES.get(code.upper(), "") for code in codes)
        yield as_text(told.get("display")) or ""


def _codings(concept: object) -> Iterator[tuple[str, str]]:
    """(code, display) of a CodeableConcept."""
    for coding in map(as_dict, as_list(as_dict(concept).get("coding"))):
        yield as_text(coding.get("code")) or "", as_text(coding.get("display")) or ""
