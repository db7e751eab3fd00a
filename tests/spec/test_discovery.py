"""CDS Hooks, chapter D: discovery."""

import re
from urllib.parse import parse_qsl

import pytest

HOOKS = ("patient-view", "order-select", "order-sign", "encounter-discharge", "medication-refill")


@pytest.fixture(scope="module")
def services(client):
    answer = client.get("/cds-services")
    assert answer.status_code == 200
    return answer.get_json()["services"]


@pytest.fixture(scope="module")
def templates(services):
    return [template for service in services for template in service["prefetch"].values()]


def test_d1_discovery_lists_the_services(services):
    assert sorted(service["hook"] for service in services) == sorted(HOOKS), "add the hook of a new service to HOOKS"


def test_d2_each_service_has_hook_description_and_id(services):
    assert all(service[key] for service in services for key in ("hook", "description", "id"))


def test_d3_each_service_has_title_version_and_hook_version(services):
    assert all(service["title"] for service in services)
    assert {service["version"] for service in services} == {"3.0.0"}
    versions = {service["hook"]: service.get("hookVersion") for service in services}
    assert versions == {**dict.fromkeys(HOOKS, "1.0"), "medication-refill": None}


def test_d4_prefetch_is_keys_to_queries(services):
    assert all(isinstance(template, str) for service in services for template in service["prefetch"].values())
    assert all(service["usageRequirements"] for service in services)


def test_d5_templates_use_only_context_ids(templates):
    tokens = {token for template in templates for token in re.findall(r"\{\{(.*?)\}\}", template)}
    assert tokens == {"context.patientId"}


def test_d5_templates_are_reads_or_searches_without_repeated_or_chained_parameters(templates):
    for template in templates:
        path, _, query = template.partition("?")
        names = [name for name, _ in parse_qsl(query)]
        assert re.fullmatch(r"[A-Z][A-Za-z]+" if query else r"[A-Z][A-Za-z]+/\{\{context\.patientId\}\}", path)
        assert len(names) == len(set(names))
        assert not [name for name in names if "." in name or ":" in name]


def test_d5_every_search_is_limited(templates):
    assert all("_count=" in template for template in templates if "?" in template)


def test_d6_ids_are_distinct_because_some_clients_key_services_by_url(services):
    assert len({service["id"] for service in services}) == len(services)


def test_design_the_approval_of_the_content_is_in_every_description(services, runtime):
    assert all(runtime.knowledge.approval in service["description"] for service in services)
