"""Checks what goes out against the FHIR R4 models. Slow to import: only for `explain --strict` and tests."""

from collections.abc import Iterator

from cds_service.answer_call import Answer
from cds_service.fhir_json import as_dict, as_list, resource_type


def outgoing_resources(payload: object) -> Iterator[dict[str, object]]:
    """Every resource that the cards of an answer would create or update."""
    for card in as_list(as_dict(payload).get("cards")):
        for suggestion in as_list(as_dict(card).get("suggestions")):
            for action in as_list(as_dict(suggestion).get("actions")):
                if resource := as_dict(as_dict(action).get("resource")):
                    yield resource


def problem_of(resource: dict[str, object]) -> str | None:
    """Why the resource is not FHIR R4; None when it is."""
    from fhir.resources.R4B import get_fhir_model_class

    kind = resource_type(resource) or ""
    try:
        get_fhir_model_class(kind).model_validate(resource)
    except (LookupError, ValueError) as problem:
        return f"{kind or 'resource without type'}: {problem}"
    return None


def problems(answer: Answer) -> list[str]:
    """What is wrong with the resources of an answer."""
    return [found for resource in outgoing_resources(answer.payload) if (found := problem_of(resource))]
