"""What the specification asks of an answer: each check yields sentences about what is wrong."""

import re
import uuid
from urllib.parse import urlsplit

from cds_service.curate.strict import outgoing_resources, problem_of

INDICATORS = {"info", "warning", "critical"}
REASON_SYSTEM = "http://terminology.hl7.org/CodeSystem/non-adherence-reason-codes"
HTML = re.compile(r"(?<!\\)<(?:/?[a-zA-Z][a-zA-Z0-9-]*(?:\s[^<>]*)?/?>|!--)")


def empty_values(value, path=""):
    """J1: null, "", [] and {} anywhere but at the two lists that may be empty."""
    if value in (None, "", [], {}) and value is not False and value != 0:
        if path not in (".cards", ".services"):
            yield path
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from empty_values(item, f"{path}.{key}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from empty_values(item, f"{path}[{index}]")


def resources(payload):
    """J2: resources that are not FHIR R4."""
    return [found for resource in outgoing_resources(payload) if (found := problem_of(resource))]


def summaries(payload):
    """R2: one sentence of fewer than 140 characters, an indicator, a source."""
    for card in payload["cards"]:
        if not 0 < len(card["summary"]) < 140 or "\n" in card["summary"] or card["summary"].rstrip().endswith(":"):
            yield f"summary {card['summary']!r}"
        if card["indicator"] not in INDICATORS:
            yield f"indicator {card['indicator']!r}"
        if not card["source"]["label"]:
            yield "source.label"


def optional_parts(payload):
    """R3: a uuid of its own on everything, detail without HTML."""
    seen = set()
    for holder in _with_uuid(payload):
        if holder["uuid"] in seen or str(uuid.UUID(holder["uuid"])) != holder["uuid"]:
            yield f"uuid {holder['uuid']}"
        seen.add(holder["uuid"])
    for card in payload["cards"]:
        if HTML.search(card.get("detail", "")) or HTML.search(card["summary"]):
            yield "HTML"


def _with_uuid(payload):
    for card in payload["cards"]:
        yield card
        yield from card.get("suggestions", [])


def selection(payload):
    """R4: how many suggestions may be chosen; at most one recommended."""
    for card in payload["cards"]:
        if "suggestions" in card and card.get("selectionBehavior") not in ("at-most-one", "any"):
            yield f"selectionBehavior {card.get('selectionBehavior')!r}"
        recommended = [s for s in card.get("suggestions", []) if s.get("isRecommended")]
        if card.get("selectionBehavior") == "at-most-one" and len(recommended) > 1:
            yield f"{len(recommended)} recommended"


def suggestions(payload):
    """R5: a label; R7: no behavior that clients may not know."""
    for suggestion in _suggestions(payload):
        if not suggestion.get("label"):
            yield "label"
        if "actionSelectionBehavior" in suggestion:
            yield "actionSelectionBehavior"


def actions(payload):
    """R6: type, description, and what each type carries."""
    for action in (action for suggestion in _suggestions(payload) for action in suggestion.get("actions", [])):
        if action["type"] not in ("create", "update", "delete") or not action.get("description"):
            yield f"action {action['type']}"
        elif action["type"] == "delete" and ("resource" in action or "/" not in action["resourceId"]):
            yield "delete"
        elif action["type"] != "delete" and ("resourceId" in action or "resource" not in action):
            yield action["type"]


def _suggestions(payload):
    return [suggestion for card in payload["cards"] for suggestion in card.get("suggestions", [])]


def override_reasons(payload):
    """R8: code, system and display."""
    for reason in (reason for card in payload["cards"] for reason in card.get("overrideReasons", [])):
        if not (reason.get("code") and reason.get("system") and reason.get("display")):
            yield f"override reason {reason}"


def links(payload):
    """R9: label, absolute url, type; appContext on smart links only."""
    for link in (link for card in payload["cards"] for link in card.get("links", [])):
        if not link["label"] or link["type"] not in ("absolute", "smart") or not _absolute(link["url"]):
            yield f"link {link}"
        if "appContext" in link and link["type"] != "smart":
            yield "appContext"


def sources(payload):
    """R10: absolute URLs, topic a Coding."""
    for source in (card["source"] for card in payload["cards"]):
        yield from (f"source.{key}" for key in ("url", "icon") if key in source and not _absolute(source[key]))
        topic = source.get("topic", {"code": "x", "system": "x"})
        if not (topic.get("code") and topic.get("system")):
            yield "source.topic"


def _absolute(url):
    return urlsplit(url).scheme in ("http", "https") and bool(urlsplit(url).netloc)


EVERY_CHECK = (
    empty_values,
    resources,
    summaries,
    optional_parts,
    selection,
    suggestions,
    actions,
    override_reasons,
    links,
    sources,
)


def violations(payload):
    """Everything that is wrong with a 200 answer."""
    return [f"{check.__name__}: {found}" for check in EVERY_CHECK for found in check(payload)]
