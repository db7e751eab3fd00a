"""Hook calls about the stories, and their cards without the ids that change."""

import json
import re

from cards import INPUTS
from tests.calls import cards, post, searchset

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_KEYS = {asked.kind.name: asked.key for asked in reversed(INPUTS)}  # of several keys the first
OMEPRAZOLE = ("198051", "Omeprazole 20 MG Delayed Release Oral Capsule")
MAGNESIUM_OXIDE = ("198741", "Magnesium oxide 400 MG Oral Tablet")


def whole_chart(story, keys):
    """Every resource of the story as prefetch, whatever the templates ask for: results all under one key.

    Newest order first, as charts have it: cards name drugs in the order of the chart.
    """
    by_key = {key: [] for key in keys}
    for resource in sorted(story.resources[1:], key=lambda r: r.get("authoredOn", ""), reverse=True):
        by_key[_KEYS[resource["resourceType"]]].append(resource)
    return {**{key: searchset(*found) for key, found in by_key.items()}, "patient": story.resources[0]}


def call(service, story, prefetch, drug=OMEPRAZOLE):
    """A call as the Sandbox makes it: an order hook has one drafted medicine."""
    context = {"userId": "Practitioner/COREPRACTITIONER1", "patientId": story.id}
    if service.hook == "encounter-discharge":
        context["encounterId"] = next((r["id"] for r in story.resources if r["resourceType"] == "Encounter"), "none")
    elif service.hook != "patient-view":
        context[service.orders] = {"resourceType": "Bundle", "entry": [{"resource": draft(story, *drug)}]}
    if service.hook == "order-select":
        context["selections"] = ["MedicationRequest/request-123"]
    instance = "00000000-0000-4000-8000-000000000001"
    return {"hook": service.hook, "hookInstance": instance, "context": context, "prefetch": prefetch}


def draft(story, code, text):
    """A drafted order of a medicine, twice a day."""
    coding = {"system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": code, "display": text}
    return {
        "resourceType": "MedicationRequest",
        "id": "request-123",
        "status": "draft",
        "intent": "order",
        "subject": {"reference": f"Patient/{story.id}"},
        "medicationCodeableConcept": {"text": text, "coding": [coding]},
        "dosageInstruction": [{"timing": {"repeat": {"frequency": 2, "period": 1, "periodUnit": "d"}}}],
    }


def cards_of(client, service, body):
    """The cards of the answer, ids made alike."""
    return json.loads(_UUID.sub("id", json.dumps(cards(post(client, body, service.id)))))
