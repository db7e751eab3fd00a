"""What a record system asks of an answer beyond the specification, as its dialect tells."""

import re
from collections.abc import Iterator, Mapping
from functools import partial

from cds_service.conformance.answers import actions, suggestions
from cds_service.conformance.faults import Fault, Wrong, faults_of, items
from cds_service.dialects import Dialect
from cds_service.dialects.dialect import AS_DECIDED, WORDS
from cds_service.fhir_json import JsonDict, as_dict, as_list, as_text

_MARKDOWN = re.compile(r"\*\*|\]\(|^#+ |^[-*] ", re.MULTILINE)
_ORDERS = ("MedicationRequest", "ServiceRequest")


def dialect_faults(answer: object, dialect: Dialect) -> tuple[Fault, ...]:
    """What of an answer this system does not take; links that it has to list are not known here."""
    checks = {"V1": _suggestions, "V2": _removals, "V3": _orders, "V4": _links, "V5": _texts}
    return faults_of({ident: partial(check, dialect=dialect) for ident, check in checks.items()}, as_dict(answer))


def hook_faults(request: object, dialect: Dialect) -> tuple[Fault, ...]:
    """Whether the system is known to call the hook of a request."""
    hook = as_text(as_dict(request).get("hook"))
    known = hook is None or hook in dialect.hooks
    return () if known else (Fault("V6", "hook", f"{hook}: {dialect.name} calls {', '.join(dialect.hooks)}"),)


def _suggestions(answer: JsonDict, dialect: Dialect) -> Iterator[Wrong]:
    for at, card in items(answer, "cards"):
        told = card.get("selectionBehavior")
        if told is not None and told not in dialect.selection:
            yield f"{at}.selectionBehavior", f"is {told!r}; taken: {', '.join(sorted(dialect.selection))}"
    for at, suggestion in suggestions(answer):
        number = len(as_list(suggestion.get("actions")))
        if dialect.one_action and number > 1:
            yield f"{at}.actions", f"are {number}; taken: one"


def _removals(answer: JsonDict, dialect: Dialect) -> Iterator[Wrong]:
    taken = {"create"}
    if dialect.draft_removal != WORDS or dialect.stop != WORDS:
        taken.add("delete")
    if dialect.stop == AS_DECIDED:
        taken.add("update")
    for at, action in actions(answer):
        if action.get("type") not in taken:
            yield f"{at}.type", f"is {action.get('type')!r}; taken: {', '.join(sorted(taken))}"


def _orders(answer: JsonDict, dialect: Dialect) -> Iterator[Wrong]:
    for at, action in actions(answer):
        order = as_dict(action.get("resource"))
        if action.get("type") != "create" or order.get("resourceType") not in _ORDERS:
            continue
        if dialect.intent not in (AS_DECIDED, order.get("intent")):
            yield f"{at}.resource.intent", f"is {order.get('intent')!r}; taken: {dialect.intent}"
        if dialect.category and order["resourceType"] == "MedicationRequest" and not order.get("category"):
            yield f"{at}.resource.category", "is missing: inpatient or outpatient"


def _links(answer: JsonDict, dialect: Dialect) -> Iterator[Wrong]:
    for at, url in _urls(answer):
        if dialect.links == "none":
            yield at, "is there; the system opens none"
        elif dialect.links == "https" and not url.startswith("https:"):
            yield at, "is not https"


def _urls(answer: JsonDict) -> Iterator[tuple[str, str]]:
    for at, card in items(answer, "cards"):
        for place, link in items(card, "links", at):
            yield f"{place}.url", as_text(link.get("url")) or ""
        if url := as_text(as_dict(card.get("source")).get("url")):
            yield f"{at}.source.url", url


def _texts(answer: JsonDict, dialect: Dialect) -> Iterator[Wrong]:
    longest: Mapping[str, int] = {"summary": dialect.summary, "label": dialect.label}
    for at, holder in (*items(answer, "cards"), *suggestions(answer)):
        for name, most in longest.items():
            if len(as_text(holder.get(name)) or "") > most:
                yield f"{at}.{name}", f"is longer than {most} characters"
        if dialect.plain and _MARKDOWN.search(as_text(holder.get("detail")) or ""):
            yield f"{at}.detail", "has Markdown"
