"""Site files, clients file, settings and requests of the first edition are read as they are, and mean what they meant.

One that is no longer accepted belongs in REFUSED with what start must say: the file, the line, what to write instead.
"""

import json
import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import cards
from cards import SERVICES, Knowledge
from cards.loading.reading import parse_yaml
from cds_service.curate.site_knowledge import knowledge_of
from cds_service.run.settings import PREFIX, Settings, SettingsError, load_settings, unknown_settings
from cds_service.run.start import runtime_of
from cds_service.trust.clients import read_clients
from cds_service.web.app import create_app
from tests.conftest import settings_with
from tests.upgrade.conftest import FROZEN, WRITTEN

# name of a site file to a pattern of what is said instead of starting
# rules that tell of a stop, of what could not be had, or can be critical were switched off: they have to be taken out
_INSTEAD = "(take it out|write under switches .*off: unless critical)"
REFUSED = {"every-rule-off.yaml": f"rules.off: .* cannot be switched off: .*; {_INSTEAD}"}
KEPT = Path(cards.__file__).parent / "knowledge" / "never_on_trial_alone.yaml"
SITES = sorted((FROZEN / "site").glob("*.yaml"))
HOOKS = [path.stem for path in sorted((FROZEN / "requests").glob("*.json"))]
# a draft too large for the kidneys is told and left to the clinician: since the second edition only a stop removes it
OFFERS = {"patient-view": True, "order-select": True, "order-sign": False}
INDICATORS = {"patient-view": "critical", "order-select": "warning", "order-sign": "warning"}


@pytest.mark.parametrize("path", SITES, ids=lambda path: path.stem)
def test_a_site_file_is_read_or_refused_with_what_to_write(path: Path) -> None:
    if path.name not in REFUSED:
        assert knowledge_of(path)
        return
    with pytest.raises(SettingsError) as refused:
        knowledge_of(path)
    assert re.search(rf"{path.name}:\d+: .*{REFUSED[path.name]}", str(refused.value))


@pytest.fixture(scope="module")
def everything() -> tuple[dict[str, Any], Knowledge]:
    """The site file with every key, and the knowledge that it makes."""
    path = FROZEN / "site" / "every-key.yaml"
    return parse_yaml(path.read_text(encoding="utf-8"), path.name), knowledge_of(path)


def test_every_threshold_keeps_its_name_and_its_unit(everything: tuple[dict[str, Any], Knowledge]) -> None:
    told, knowledge = everything
    changed = {
        name: (entry["value"], knowledge.numbers.get(name))
        for name, entry in told["thresholds"].items()
        if knowledge.numbers.get(name) != entry["value"]
    }
    assert len(told["thresholds"]) > 100 and changed == {}


def test_every_code_of_a_site_keeps_its_meaning(everything: tuple[dict[str, Any], Knowledge]) -> None:
    told, knowledge = everything
    terms = knowledge.terminology
    labs, drugs = told["codes"]["labs"], told["codes"]["drugs"]
    assert [terms.analyte_of([(e["system"], e["code"])]) for e in labs] == [e["analyte"] for e in labs]
    found = [terms.product_of([(e["system"], e["code"])]) for e in drugs]
    names = [terms.drug(product[1].ingredients[:1]).name if product else None for product in found]
    assert names == [e["ingredient"] for e in drugs]


def test_what_a_site_chose_is_kept(everything: tuple[dict[str, Any], Knowledge]) -> None:
    told, knowledge = everything
    site = knowledge.site
    assert (site.name, site.approved_by, site.unit_first) == ("Example Hospital", "Jane Example, PharmD", "mmol/L")
    assert (site.intent, site.maximum_cards, site.rules_off) == ("order", 2, frozenset({"albumin_is_low"}))
    assert list(site.preferred_salts) == told["formulary"]["preferred"]
    assert [code for code, _ in knowledge.override_reasons.reasons] == told["override_reasons"]
    assert {k: v["display"] for k, v in told["formulary"]["products"].items()} == {
        name: knowledge.products[name].display for name in told["formulary"]["products"]
    }


def test_every_rule_but_those_that_are_kept_can_still_be_switched_off_by_its_name(tmp_path: Path) -> None:
    written = (FROZEN / "site" / "every-rule-off.yaml").read_text(encoding="utf-8")
    groups = parse_yaml(KEPT.read_text(encoding="utf-8"), KEPT.name).values()
    kept = {rule for group in groups if group.get("kept") for rule in group["rules"]}
    site = tmp_path / "site.yaml"
    site.write_text(
        "".join(line for line in written.splitlines(True) if line.strip(" -\n") not in kept), encoding="utf-8"
    )
    off = set(parse_yaml(written, "site")["rules"]["off"]) - kept
    assert len(off) == 29 and knowledge_of(site).site.rules_off == off


def test_the_clients_file_is_read() -> None:
    clients = read_clients(FROZEN / "clients.yaml").by_issuer
    assert [client.name for client in clients.values()] == ["General Hospital EHR", "Clinic", "One algorithm"]
    clinic = clients["https://clinic.example"]
    assert clinic.jwks_file == FROZEN / "clinic-jwks.json" and clinic.site == FROZEN / "site" / "uk-hospital.yaml"
    assert clinic.algorithms == ("RS384", "ES384")
    assert clients["https://ehr.hospital.example"].fhir_servers == ("https://fhir.hospital.example/r4",)
    assert clients["https://practice.example"].algorithms == ("ES384",)


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The settings of the first edition, and no others, in the folder that their paths are relative to."""
    lines = (FROZEN / "settings.env").read_text(encoding="utf-8").splitlines()
    told = dict(line.split("=", 1) for line in lines if not line.startswith("#"))
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        monkeypatch.delenv(name)
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(FROZEN)
    return told


def test_every_setting_is_still_one_and_is_kept(environment: dict[str, str]) -> None:
    settings = load_settings()
    assert unknown_settings(environment) == []
    changed = {
        name: value
        for name, value in environment.items()
        if _written(getattr(settings, name.removeprefix(PREFIX).lower())) != value.replace(", ", ",")
    }
    assert changed == {}
    defaults = settings_with().model_dump()
    same = {name for name in defaults if getattr(settings, name) == defaults[name]}
    assert same <= {"auth", "allow_insecure"} | (set(defaults) - {n.removeprefix(PREFIX).lower() for n in environment})


def _written(value: object) -> str:
    """A setting as it stands in a file."""
    if isinstance(value, bool):
        return str(int(value))
    return ",".join(value) if isinstance(value, tuple) else str(value)


def test_a_service_starts_with_settings_clients_and_site(environment: dict[str, str], first_edition: Path) -> None:
    settings = Settings(state_dir=first_edition / "state", database_url=f"sqlite:///{first_edition}/records.sqlite")
    app = create_app(replace(runtime_of(settings), now=lambda: WRITTEN))
    told = app.test_client().get("/cds-services").get_json()["services"]
    assert {service["hook"] for service in told} >= set(HOOKS)


@pytest.mark.parametrize("hook", HOOKS)
def test_a_request_is_answered_from_what_it_brings(hook: str) -> None:
    body = json.loads((FROZEN / "requests" / f"{hook}.json").read_text(encoding="utf-8"))
    app = create_app(replace(runtime_of(settings_with()), now=lambda: WRITTEN))
    answer = app.test_client().post(f"/cds-services/magnesium-{hook}", json=body)
    assert answer.status_code == 200
    cards = answer.get_json()["cards"]
    assert bool(cards[0].get("suggestions")) is OFFERS[hook] and "could not be checked" not in json.dumps(cards)
    assert INDICATORS[hook] in {card["indicator"] for card in cards}


def test_each_hook_is_at_the_address_that_clients_have() -> None:
    assert {f"magnesium-{hook}" for hook in HOOKS} <= {service.id for service in SERVICES}
