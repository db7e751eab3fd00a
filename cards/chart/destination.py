"""Where a patient goes who leaves: the discharge disposition of the encounter (HL7), or its words."""

import re
from enum import Enum

from cards.chart.fhir import child, codings, words_of
from cards.model import JsonObject


class Destination(Enum):
    """Where to, as far as it matters: another hospital goes on treating, a hospice gives comfort care."""

    HOSPITAL = "another hospital"
    HOSPICE = "hospice"


# http://terminology.hl7.org/CodeSystem/discharge-disposition; home, nursing facility, rehabilitation are neither
_CODES = {"other-hcf": Destination.HOSPITAL, "hosp": Destination.HOSPICE}
_WORDS = (
    (re.compile(r"\bhospice\b", re.IGNORECASE), Destination.HOSPICE),
    (
        re.compile(r"\b(other|another|acute(?: care)?) (health ?care facility|hospital)\b", re.IGNORECASE),
        Destination.HOSPITAL,
    ),
)


def destination_of(encounter: JsonObject) -> Destination | None:
    """The destination that the disposition of an encounter names (R4 hospitalization, R5 admission), if any."""
    told = [child(child(encounter, part), "dischargeDisposition") for part in ("hospitalization", "admission")]
    coded = (_CODES.get(code) for concept in told for _, code in codings(concept))
    words = " ; ".join(map(words_of, told))
    worded = (destination for pattern, destination in _WORDS if pattern.search(words))
    return next((found for found in (*coded, *worded) if found), None)
