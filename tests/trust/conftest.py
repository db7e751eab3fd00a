"""A service that asks for tokens, and the client it trusts."""

import json

import pytest

from cds_service.run.settings import Auth
from cds_service.run.start import runtime_of
from cds_service.trust.clients import Client, Clients
from cds_service.web.app import create_app
from cds_service.web.runtime import Runtime
from tests.calls import patient_view
from tests.conftest import settings_with
from tests.trust.ehr import BASE, ISSUER, JKU, PATH, Ehr


@pytest.fixture(scope="session")
def ehr():
    """The trusted client."""
    return Ehr()


@pytest.fixture
def trusted(ehr, tmp_path):
    """Makes the client as the operator lists it; keys from a file unless `jku` is given."""

    def make(**changes):
        path = tmp_path / "jwks.json"
        path.write_text(json.dumps(ehr.jwks()), encoding="utf-8")
        keys = {} if "jku" in changes else {"jwks_file": path}
        return Client(**{"name": "ehr", "iss": ISSUER, **keys, **changes})

    return make


@pytest.fixture
def serve(runtime, trusted):
    """Makes a test client of a service that trusts these clients and asks for tokens."""

    def make(*clients, more=None, **settings):
        listed = Clients({client.iss: client for client in clients or (trusted(),)})
        settings = settings_with(**{"auth": Auth.REQUIRED, "base_url": BASE, **settings})
        return create_app(Runtime(settings, runtime.knowledge, runtime.keys, listed, **(more or {}))).test_client()

    return make


@pytest.fixture
def by_url(trusted):
    """The trusted client, with its keys at its URL."""
    return trusted(jku=JKU)


@pytest.fixture
def call():
    """Sends a patient-view request."""

    def send(client, headers, path=PATH, body=None):
        return client.post(path, json=patient_view() if body is None else body, headers=headers)

    return send


@pytest.fixture
def reasons(caplog):
    """Why tokens were refused, as the log tells."""
    return lambda: [r.fields["reason"] for r in caplog.records if r.getMessage() == "token not accepted"]


@pytest.fixture
def deployment(ehr, tmp_path):
    """Settings of a whole deployment, written as an operator would."""
    (tmp_path / "jwks.json").write_text(json.dumps(ehr.jwks()), encoding="utf-8")
    listed = {"clients": [{"name": "ehr", "iss": ISSUER, "jwks_file": "jwks.json"}]}
    (tmp_path / "clients.yaml").write_text(json.dumps(listed), encoding="utf-8")

    made = []

    def make(**changes):
        database = f"sqlite:///{tmp_path / 'data' / 'shared.sqlite'}"
        given = {"auth": Auth.REQUIRED, "base_url": BASE, "clients": tmp_path / "clients.yaml"}
        made.append(runtime_of(settings_with(**{**given, "database_url": database, **changes})))
        return made[-1]

    yield make
    for runtime in made:
        runtime.seen.prepare()  # closes the file
