"""The dialect of a client, as the clients file names it, and calls of such a client."""

import json
import re
from pathlib import Path

import pytest

from cds_service.dialects import shipped, standard
from cds_service.run.settings import SettingsError
from cds_service.run.start import runtime_of
from cds_service.trust.clients import Client, Clients, read_clients
from cds_service.web.app import create_app
from tests.calls import cards, post, request_for
from tests.conftest import settings_with
from tests.trust.ehr import Ehr

DOCS = Path(__file__).parents[2] / "docs"
ENTRY = re.compile(r"```yaml\n(clients:.*?)```", re.DOTALL)
ENTRIES = {
    f"{page}, {number}": entry
    for page in ("clients.md", *(f"clients/{path.name}" for path in sorted((DOCS / "clients").iterdir())))
    for number, entry in enumerate(ENTRY.findall((DOCS / page).read_text("utf-8")))
}

HEAD = "clients:\n- name: ehr\n  iss: https://ehr.example\n  jku: https://ehr.example/jwks\n"
CUSTOM = "name: Ours\nsource: our own trials\ndate: 2026-11-28\nsuggestions: {actions: 1, selection: [any]}\n"


def written(tmp_path, more=""):
    path = tmp_path / "clients.yaml"
    path.write_text(f"{HEAD}{more}\n")
    return path


def client_of(path):
    (client,) = read_clients(path).by_issuer.values()
    return client


@pytest.mark.parametrize("where", ENTRIES)
def test_the_entries_that_the_pages_show_are_read(tmp_path, where):
    for name in ("jwks.json", "clinic-jwks.json"):
        (tmp_path / name).write_text(json.dumps(Ehr().jwks()))
    for name in ("hospital.yaml", "clinic-site.yaml"):
        (tmp_path / name).write_text("site: {name: Ours}\n")
    (tmp_path / "clients.yaml").write_text(ENTRIES[where])
    assert read_clients(tmp_path / "clients.yaml").by_issuer


def test_the_pages_of_each_record_system_show_an_entry():
    shown = "".join(ENTRIES.values())
    assert all(f"dialect: {name}\n" in shown for name in shipped() if name != "standard")


def test_without_a_word_a_client_speaks_the_standard(tmp_path):
    assert client_of(written(tmp_path)).dialect is standard()


@pytest.mark.parametrize("name", sorted(shipped()))
def test_a_dialect_is_named(tmp_path, name):
    assert client_of(written(tmp_path, f"  dialect: {name}")).dialect is shipped()[name]


def test_a_dialect_is_a_file_beside_the_clients_file(tmp_path):
    (tmp_path / "ours.yaml").write_text(CUSTOM)
    found = client_of(written(tmp_path, "  dialect: ours.yaml")).dialect
    assert found.name == "Ours" and found.one_action and found.summary == standard().summary


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ("  dialect: epik", "clients.yaml:5: client 1: unknown dialect 'epik'; did you mean epic?"),
        ("  dialect: [epic]", "clients.yaml:5: client 1: unknown dialect"),
        ("  dialect: ours.yaml", "clients.yaml:5: client 1: no such file: ours.yaml"),
        ("  dialekt: epic", "clients.yaml:5: client 1: unknown key 'dialekt'; did you mean dialect?"),
        (
            "  dialect: epic\n  links: ['https://a.example']",
            "clients.yaml:6: client 1: links contradicts the dialect epic",
        ),
        ("  dialect: oracle\n  links: ['ftp://a.example']", "must be an https URL"),
    ],
)
def test_a_wrong_dialect_stops_the_start(tmp_path, more, reason):
    path = written(tmp_path, more)
    with pytest.raises(SettingsError) as refused:
        runtime_of(settings_with(clients=path))
    assert reason in str(refused.value)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (HEAD.replace("clients", "cleints"), "clients.yaml:1: unknown key 'cleints'; did you mean clients?"),
        (f"{HEAD}servers: []\n", "clients.yaml:5: unknown key 'servers'; did you mean clients?"),
        ("clients: ehr\n", "clients.yaml:1: needs `clients:` with a list"),
        (
            f"{HEAD}  fhir_server: x\n",
            "clients.yaml:5: client 1: unknown key 'fhir_server'; did you mean fhir_servers?",
        ),
        (
            f"{HEAD}  fhir_servers: [{{ulr: https://a.example}}]\n",
            "clients.yaml:5: client 1: unknown key 'ulr'; did you mean url?",
        ),
        (
            f"{HEAD}  algorithms: RS385\n",
            "clients.yaml:5: client 1: algorithms: 'RS385' is not allowed; did you mean RS384",
        ),
        (f"{HEAD}  algorithms: 5\n", "clients.yaml:5: client 1: algorithms: '5' is not allowed"),
        (f"{HEAD}  algorithms: []\n", "clients.yaml:5: client 1: algorithms: none is named; choose from ES256"),
        (f"{HEAD}  iss: https://ehr.example\n", "clients.yaml:5: 'iss' is given twice, first on line 3"),
        (f"{HEAD}  links: [\n", "clients.yaml:6: not valid YAML"),
    ],
)
def test_a_wrong_file_is_told_by_file_line_and_the_word_that_was_meant(tmp_path, text, reason):
    path = tmp_path / "clients.yaml"
    path.write_text(text)
    with pytest.raises(SettingsError) as refused:
        read_clients(path)
    assert str(refused.value).startswith(reason)


def test_a_wrong_file_of_a_dialect_stops_the_start_with_its_own_line(tmp_path):
    (tmp_path / "ours.yaml").write_text(f"{CUSTOM}topics: eech\n")
    with pytest.raises(SettingsError, match=r"ours\.yaml:5: topics is 'eech'; allowed: shared, per problem"):
        read_clients(written(tmp_path, "  dialect: ours.yaml"))


def test_without_tokens_the_dialect_counts_that_all_clients_share():
    epic, oracle = (Client(name, name, dialect=shipped()[name]) for name in ("epic", "oracle"))
    assert Clients({"a": epic}).shared_dialect() is shipped()["epic"]
    assert Clients({"a": epic, "b": oracle}).shared_dialect() is Clients({}).shared_dialect() is standard()


@pytest.mark.parametrize("hook", ["patient-view", "order-select", "order-sign"])
def test_a_client_is_answered_in_its_dialect(tmp_path, hook):
    runtime = runtime_of(settings_with(clients=written(tmp_path, "  dialect: epic")))
    told = cards(post(create_app(runtime).test_client(), request_for(hook), f"magnesium-{hook}"))
    assert told
    for suggestion in (s for card in told for s in card.get("suggestions", ())):
        assert len(suggestion["actions"]) == 1
    assert {card["selectionBehavior"] for card in told if "suggestions" in card} <= {"any"}


def test_a_name_that_no_record_takes_stops_the_start(tmp_path):
    path = written(tmp_path)
    path.write_text(path.read_text().replace("name: ehr", f"name: {'e' * 201}"))
    with pytest.raises(SettingsError, match=r"clients.yaml:2: client 1: name is longer than 200"):
        read_clients(path)
