"""Open FHIR servers, as a clients file lists them: read without a token; others never."""

from dataclasses import replace

import pytest

from cards import prefetch_templates
from cds_service.call.fhir_access import Gateway
from cds_service.call.fhir_access import server as server_module
from cds_service.metrics.events import Metrics
from cds_service.run.settings import SettingsError
from cds_service.trust.clients import Client, Clients, read_clients
from cds_service.web.app import create_app
from tests.calls import cards, post, request_for
from tests.counted import counted_by
from tests.fhir.stub import Stub, answers_of

HEAD = "clients:\n- name: ehr\n  iss: https://ehr.example\n  jku: https://ehr.example/jwks\n"


@pytest.fixture
def templates(runtime):
    return prefetch_templates(runtime.knowledge)


def served(runtime, server, is_open):
    """A service whose client lists a server."""
    listed = Client("ehr", "ehr", fhir_servers=(server.base,), open_servers=frozenset([server.base] if is_open else []))
    here = replace(runtime, clients=Clients({"ehr": listed}), fhir=Gateway(30.0, 30.0), metrics=Metrics())
    return here, create_app(here).test_client()


def body_for(server, authorization):
    body = {**request_for("patient-view"), "prefetch": {}, "fhirServer": server.base}
    return body if authorization is None else {**body, "fhirAuthorization": authorization}


AUTHORIZATIONS = [
    None,
    {},
    {"access_token": ""},
    {"access_token": "secret", "token_type": "Bearer", "scope": "patient/Condition.rs"},
]


@pytest.mark.parametrize("authorization", AUTHORIZATIONS)
def test_an_open_server_is_read_and_gets_no_token(runtime, templates, authorization, monkeypatch):
    tokens, exchange = [], server_module.exchange

    def seen(session, method, url, pairs, token, *limits):
        tokens.append(token)
        return exchange(session, method, url, pairs, token, *limits)

    monkeypatch.setattr(server_module, "exchange", seen)
    full = request_for("patient-view")
    full["prefetch"] = {key: {"resourceType": "Bundle", "type": "searchset"} for key in templates} | full["prefetch"]
    with Stub(answers_of(full, templates)) as server:
        here, client = served(runtime, server, is_open=True)
        assert cards(post(client, body_for(server, authorization)))
        assert counted_by(here, "prefetch_keys_total", "outcome", key="magnesium") == {"fetched": 1}
    assert set(tokens) == {""}


@pytest.mark.parametrize("authorization", AUTHORIZATIONS[:3])
def test_a_server_that_is_not_marked_is_never_read_without_a_token(runtime, templates, authorization):
    with Stub({}) as server:
        _, client = served(runtime, server, is_open=False)
        assert post(client, body_for(server, authorization)).status_code == 412
        assert not server.log and not server.peers


def test_without_tokens_a_server_is_open_only_where_every_client_says_so():
    one = Client("one", "1", fhir_servers=("a", "b"), open_servers=frozenset("ab"))
    other = Client("other", "2", fhir_servers=("b", "c"))
    assert Clients({"1": one, "2": other}).open_servers() == {"a"}


def test_a_clients_file_marks_open_servers(tmp_path):
    path = tmp_path / "clients.yaml"
    path.write_text(f"{HEAD}  fhir_servers: [https://a.example/r4/, {{url: 'https://b.example', open: true}}]\n")
    (client,) = read_clients(path).by_issuer.values()
    assert client.fhir_servers == ("https://a.example/r4", "https://b.example")
    assert client.open_servers == {"https://b.example"}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (
            "fhir_servers: [{url: 'https://b.example', opne: true}]",
            "clients.yaml:5: client 1: unknown key 'opne'; did you mean open",
        ),
        (
            "fhir_servers: [{url: 'https://b.example', open: perhaps}]",
            "clients.yaml:5: client 1: open must be true or false",
        ),
        ("fhir_servers: ['https://b.example', {url: 'https://b.example/', open: true}]", "listed twice"),
        ("fhir_servers: [{open: true}]", "must be an https URL"),
        ("fhir_servers: https://b.example", "fhir_servers needs a list"),
        ("fhir_server: [https://b.example]", "unknown key 'fhir_server'; did you mean fhir_servers"),
        ("name: again", "clients.yaml:5: 'name' is given twice, first on line 2"),
    ],
)
def test_a_wrong_entry_stops_the_start_with_file_line_and_reason(tmp_path, line, reason):
    path = tmp_path / "clients.yaml"
    path.write_text(f"{HEAD}  {line}\n")
    with pytest.raises(SettingsError) as refused:
        read_clients(path)
    assert str(refused.value).startswith("clients.yaml:5: ") and reason in str(refused.value)
