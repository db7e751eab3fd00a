"""`client check`: what is set up, and what the record system needs to be told."""

import json

import pytest
import responses
from click.testing import CliRunner

from cards import SERVICES
from cds_service.dialects import shipped
from cds_service.run.cli import main
from tests.calls import request_for
from tests.trust.ehr import Ehr

SERVER, BASE = "https://fhir.example/r4", "https://cds.example"


@pytest.fixture
def check(tmp_path, monkeypatch):
    """Runs the command on a client of a dialect; (exit code, what it printed)."""
    for name in ("AUTH", "BASE_URL", "CLIENTS", "SITE"):
        monkeypatch.delenv(f"MAGNESIUM_CDS_{name}", raising=False)
    (tmp_path / "jwks.json").write_text(json.dumps(Ehr().jwks()))

    def run(name="ehr", base=BASE, **more):
        client = {"name": "ehr", "iss": "https://ehr.example", "jwks_file": "jwks.json", **more}
        (tmp_path / "clients.yaml").write_text(json.dumps({"clients": [client]}))
        env = {"MAGNESIUM_CDS_CLIENTS": str(tmp_path / "clients.yaml"), "MAGNESIUM_CDS_BASE_URL": base}
        done = CliRunner().invoke(main, ["client", "check", name], env=env)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done.exit_code, done.output

    return run


@responses.activate
@pytest.mark.parametrize("name", sorted(shipped()))
def test_the_page_names_every_address_and_query_of_the_hooks_that_are_called(check, name):
    responses.get(f"{SERVER}/metadata", json={"fhirVersion": "4.0.1"})
    code, told = check(dialect=name, fhir_servers=[SERVER])
    assert code == 0 and "OK    keys of ehr" in told and f"OK    FHIR server {SERVER}" in told
    for service in SERVICES:
        assert (f"{BASE}/cds-services/{service.id}/feedback" in told) is (service.hook in shipped()[name].hooks)
    assert "magnesium: Observation?patient={{context.patientId}}" in told
    assert shipped()[name].source in told


@responses.activate
def test_what_is_lacking_is_told_with_the_key_that_supplies_it(check):
    code, told = check(dialect="oracle")
    assert code == 0
    for line in ("WARN  FHIR servers", "WARN  links", "WARN  orderables", "orderables.tests.magnesium"):
        assert line in told


def test_a_client_without_keys_fails(check):
    code, told = check(base="", jwks_file="clients.yaml")
    assert code == 1 and "FAIL  keys of ehr" in told and "FAIL  address" in told


def test_an_unknown_client_is_refused_with_those_like_it(check):
    code, told = check(name="her")
    assert code == 1 and "no client 'her'" in told and "did you mean ehr?" in told


def test_without_a_clients_file_the_setting_that_names_it_is_told(monkeypatch):
    monkeypatch.delenv("MAGNESIUM_CDS_CLIENTS", raising=False)
    done = CliRunner().invoke(main, ["client", "check", "ehr"])
    assert done.exit_code == 1 and "MAGNESIUM_CDS_CLIENTS is not set: name the clients file" in done.output


def test_the_check_of_the_knowledge_lists_what_is_not_mapped():
    done = CliRunner().invoke(main, ["knowledge", "check", "--dialect", "epic"])
    assert done.exit_code == 0 and "orderables.tests.ecg" in done.output
    done = CliRunner().invoke(main, ["knowledge", "check", "--dialect", "standard"])
    assert "0 orders without" in done.output and "orderables.tests" not in done.output
    done = CliRunner().invoke(main, ["knowledge", "check", "--dialect", "epik"])
    assert done.exit_code == 2 and "did you mean epic?" in done.output


def test_a_request_is_explained_as_a_client_is_answered(tmp_path):
    (tmp_path / "request.json").write_text(json.dumps(request_for("patient-view")))
    (tmp_path / "jwks.json").write_text("{}")
    client = {"name": "ehr", "iss": "https://ehr.example", "jwks_file": "jwks.json", "dialect": "epic"}
    (tmp_path / "clients.yaml").write_text(json.dumps({"clients": [client]}))
    env = {"MAGNESIUM_CDS_CLIENTS": str(tmp_path / "clients.yaml")}
    told = {}
    for name, more in (("standard", []), ("epic", ["--client", "ehr"])):
        done = CliRunner().invoke(main, ["explain", str(tmp_path / "request.json"), "--json", *more], env=env)
        assert done.exit_code == 0, done.output
        cards = json.loads(done.output)["cards"]
        told[name] = max(len(s["actions"]) for card in cards for s in card.get("suggestions", ()))
    assert told["standard"] > 1 and told["epic"] == 1
