"""The OpenAPI document names every route as it is, and the service keeps to it whatever is sent."""

import json
import re

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.specs.openapi import checks as told

from cards import SERVICES
from cds_service.web.app import ROUTES, create_app
from cds_service.web.openapi import document
from cds_service.web.runtime import Access, Runtime
from tests.calls import SERVICE_OF, request_for, sandbox_bodies
from tests.conftest import settings_with

HELD = [
    schemathesis.checks.not_a_server_error,
    told.status_code_conformance,
    told.content_type_conformance,
    told.response_schema_conformance,
]
HOOKS, FEEDBACK = "/cds-services/{service_id}", "/cds-services/{service_id}/feedback"
OPERATIONS = [(path, method) for path, methods in document()["paths"].items() for method in methods]


@pytest.fixture(scope="module")
def app(runtime):
    return create_app(Runtime(settings_with(), runtime.knowledge, runtime.keys))


@pytest.fixture(scope="module")
def schema(app):
    return schemathesis.openapi.from_wsgi("/openapi.json", app)


def documented(path):
    """The path of a route as the document writes it."""
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", path)


def test_the_document_names_the_routes_that_exist_and_who_needs_a_token(app):
    served = {
        (documented(rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    paths = app.test_client().get("/openapi.json").get_json()["paths"]
    told = {(path, method): operation for path, methods in paths.items() for method, operation in methods.items()}
    assert told.keys() == served
    for route in app.extensions[ROUTES]:
        operation = told[documented(route.path), route.method.lower()]
        assert ("security" in operation) is (route.access is not Access.PUBLIC)
        assert ("401" in operation["responses"]) is (route.access is not Access.PUBLIC)


def test_the_document_names_the_public_address():
    assert document("https://cds.example/mg/")["servers"] == [{"url": "https://cds.example/mg"}]


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_any_request_is_answered_as_documented(schema, path, method, mode):
    operation = schema[path][method.upper()]

    @settings(
        max_examples=25 if method == "post" else 1,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def run(data):
        case = data.draw(operation.as_strategy(generation_mode=mode))
        case.call_and_validate(checks=HELD)

    if mode is GenerationMode.POSITIVE or method == "post":
        run()


def lacks_context(service, body):
    """Whether the context does not hold what the hook of a service requires."""
    (needs,) = (told.needs for told in SERVICES if told.id == service)
    return not all(name in body.get("context", {}) for name in needs)


@pytest.mark.parametrize("service", SERVICE_OF.values())
def test_real_requests_are_answered_as_documented(schema, service):
    bodies = [(HOOKS, request_for(hook)) for hook in SERVICE_OF]
    bodies += [(HOOKS, body) for _, body in sandbox_bodies("hook")]
    bodies += [(FEEDBACK, body) for _, body in sandbox_bodies("feedback")]
    for path, body in bodies:
        case = schema[path]["POST"].Case(
            path_parameters={"service_id": service}, body=body, media_type="application/json"
        )
        answer = case.call_and_validate(checks=HELD)
        refused = path == HOOKS and lacks_context(service, body)
        assert answer.status_code in ((400,) if refused else (200, 412))
        assert json.loads(answer.content)
