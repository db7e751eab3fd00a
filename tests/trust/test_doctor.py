"""`magnesium-cds doctor` finds what would keep a deployment from working."""

import errno
import json
import os
import time
from datetime import UTC, date, datetime
from email.utils import formatdate
from importlib import resources
from pathlib import Path
from unittest.mock import Mock

import pytest
import requests
import responses
from click.testing import CliRunner
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from cds_service.call.fhir_access.wire import MOST_BYTES
from cds_service.curate.remarks import Checked, Remark
from cds_service.records.engine import open_engine
from cds_service.records.entries import answer_entry
from cds_service.records.migrate import known_revisions, migrate
from cds_service.records.schema import HEAD
from cds_service.records.state import KEY
from cds_service.run import doctor as doctor_module
from cds_service.run.cli import main
from tests.insights.made import load
from tests.trust.ehr import BASE, ISSUER, JKU

OLDER = min(known_revisions())
SERVER = "https://ehr.example/fhir"


@pytest.fixture
def web():
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.fixture
def checked(monkeypatch):
    """Sets what the check of the knowledge remarks."""
    real = doctor_module.check_knowledge(resources.files("cards.knowledge"), date.min)

    def remark(*remarks):
        monkeypatch.setattr(doctor_module, "check_knowledge", lambda *_: Checked(remarks, real.knowledge, real.codes))

    remark()
    return remark


@pytest.fixture
def doctor(tmp_path, ehr, monkeypatch, checked):
    """Runs the doctor on a deployment; (exit code, {check: line})."""
    for name in ("AUTH", "BASE_URL", "CLIENTS", "SITE", "DATABASE_URL", "STATE_DIR"):
        monkeypatch.delenv(f"MAGNESIUM_CDS_{name}", raising=False)
    (tmp_path / "jwks.json").write_text(json.dumps(ehr.jwks()), encoding="utf-8")
    database = f"sqlite:///{tmp_path / 'data' / 'db.sqlite'}"

    def run(client=None, **env):
        told = {"clients": [{"name": "ehr", "iss": ISSUER, **(client or {"jwks_file": "jwks.json"})}]}
        (tmp_path / "clients.yaml").write_text(json.dumps(told), encoding="utf-8")
        monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
        given = {"BASE_URL": BASE, "CLIENTS": str(tmp_path / "clients.yaml"), "DATABASE_URL": database, **env}
        done = CliRunner().invoke(main, ["doctor"], env={f"MAGNESIUM_CDS_{k}": v for k, v in given.items()})
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        lines = done.output.splitlines()
        return done.exit_code, {line[6:].partition(": ")[0]: line for line in lines}

    return run


def test_a_good_deployment(standing_clock, doctor, web, ehr):
    web.get(JKU, json=ehr.jwks(), headers={"Date": formatdate(time.time(), usegmt=True)})
    web.get(f"{SERVER}/metadata", json={"resourceType": "CapabilityStatement", "fhirVersion": "4.0.1"})
    code, lines = doctor({"jku": JKU, "fhir_servers": [SERVER]})
    assert code == 0
    assert all(line.startswith("OK") for line in lines.values()), lines
    assert set(lines) == {
        *("settings", "clients", "keys of ehr", f"FHIR server {SERVER}", "database", "state folder"),
        *("knowledge", "clock"),
    }
    assert "FHIR 4.0.1" in lines[f"FHIR server {SERVER}"]


@pytest.fixture
def read_only(monkeypatch):
    """Makes a folder one in which no file can be made, for root, too."""
    really = os.open

    def make(folder):
        def refuse(path, flags, *more, **named):
            if flags & os.O_CREAT and Path(os.fsdecode(path)).is_relative_to(folder):
                raise OSError(errno.EROFS, "Read-only file system", path)
            return really(path, flags, *more, **named)

        monkeypatch.setattr(os, "open", refuse)

    return make


def test_a_state_folder_that_holds_a_key_and_takes_no_file_is_told(doctor, tmp_path, read_only):
    state = tmp_path / "state"
    assert doctor(STATE_DIR=str(state))[1]["state folder"].startswith("OK")
    assert [path.name for path in state.iterdir()] == [KEY]  # and nothing of the probe
    read_only(state)
    code, lines = doctor(STATE_DIR=str(state))
    assert code == 1 and lines["state folder"].startswith("FAIL") and "not writable" in lines["state folder"]


@pytest.mark.parametrize(
    ("check", "env"),
    [
        ("settings", {"BASE_URL": ""}),
        ("settings", {"BASE_URL": "http://cds.example"}),
        ("settings", {"CLIENTS": ""}),
        ("settings", {"CLIENTS": "/no/such/file"}),
        ("settings", {"DATABASE_URL": "mysql://db"}),
        ("database", {"DATABASE_URL": "postgresql://cds:secret@127.0.0.1:1/cds"}),
        ("state folder", {"STATE_DIR": "/proc/no/such"}),
        ("database", {"DATABASE_URL": "sqlite:////proc/no/such.sqlite"}),
    ],
)
def test_what_is_wrong_fails(doctor, check, env):
    code, lines = doctor(**env)
    assert code == 1 and lines[check].startswith("FAIL") and "secret" not in str(lines)


@pytest.mark.parametrize(
    ("schema", "level", "says"),
    [
        (HEAD, "OK", f"schema {HEAD}"),
        ("9999", "FAIL", "Run the version"),
        (OLDER, "OK", f"schema {OLDER}, `serve` brings it to {HEAD}"),
    ],
)
def test_the_schema_of_the_database_is_compared_with_the_one_we_know(doctor, tmp_path, schema, level, says):
    path = tmp_path / "records.sqlite"
    engine = create_engine(f"sqlite:///{path}")
    migrate(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :schema"), {"schema": schema})
    engine.dispose()
    code, lines = doctor(DATABASE_URL=f"sqlite:///{path}")
    assert lines["database"].startswith(level) and says in lines["database"]
    assert code == 1 or level == "OK"


def test_a_wrong_password_and_a_driver_that_is_missing_are_told(doctor, monkeypatch):
    said = 'connection to server at "db" failed: FATAL:  password authentication failed for user "cds" (secret)'
    wrong = OperationalError("SELECT 1", {}, Exception(said))
    for problem, words in ((wrong, "refuses user or password"), (ImportError("secret"), "driver for postgresql")):
        monkeypatch.setattr(doctor_module, "open_engine", Mock(side_effect=problem))
        line = doctor(DATABASE_URL="postgresql://cds:secret@db.example/cds")[1]["database"]
        assert line.startswith("FAIL") and words in line and "secret" not in line


def test_a_folder_that_cannot_be_made_is_told(doctor):
    line = doctor(DATABASE_URL="sqlite:////proc/no/such.sqlite")[1]["database"]
    assert "there is no folder /proc/no, and it cannot be made in /proc" in line


def test_a_file_that_is_no_database_is_told(doctor, tmp_path):
    path = tmp_path / "records.sqlite"
    path.write_text("not a database at all, though there is a lot of it" * 99)
    assert "is no SQLite database" in doctor(DATABASE_URL=f"sqlite:///{path}")[1]["database"]


def test_a_wrong_clients_file_fails(doctor):
    code, lines = doctor({"jku": "http://ehr.example/k"})
    assert code == 1 and lines["clients"].startswith("FAIL")


def test_a_wrong_site_file_of_a_client_fails(doctor, tmp_path):
    (tmp_path / "site.yaml").write_text("a: [", encoding="utf-8")
    code, lines = doctor({"jwks_file": "jwks.json", "site": "site.yaml"})
    assert code == 1 and lines["site of ehr"].startswith("FAIL")


def test_a_key_server_that_is_down_fails(doctor, web):
    web.get(JKU, status=500)
    code, lines = doctor({"jku": JKU})
    assert code == 1 and "answered 500" in lines["keys of ehr"]


@pytest.mark.parametrize(("seconds", "level", "exit_code"), [(-300, "FAIL", 1), (300, "FAIL", 1), (45, "WARN", 0)])
def test_a_wrong_clock_is_told(standing_clock, doctor, web, ehr, seconds, level, exit_code):
    web.get(JKU, json=ehr.jwks(), headers={"Date": formatdate(time.time() + seconds, usegmt=True)})
    code, lines = doctor({"jku": JKU})
    assert (code, lines["clock"][:4]) == (exit_code, level)


@pytest.mark.parametrize(
    "date",
    [
        "Mon, 01 Jan 99999999999999999999 00:00:00 GMT",
        "Mon, 01 Jan 2026 00:00:00 +99999999999999",
        "soon",
    ],
)
def test_a_key_server_whose_date_is_none_is_not_compared(doctor, web, ehr, date):
    web.get(JKU, json=ehr.jwks(), headers={"Date": date})
    code, lines = doctor({"jku": JKU})
    assert (code, lines["clock"][:4].strip()) == (0, "OK")


@pytest.mark.parametrize(
    ("answer", "level"),
    [
        ({"status": 401}, "OK"),
        ({"json": {"fhirVersion": "1.0.2"}}, "WARN"),
        ({"body": "<html>"}, "WARN"),
        ({"status": 500}, "WARN"),
        ({"body": requests.ConnectionError()}, "WARN"),
    ],
)
def test_fhir_servers_are_asked_for_their_version(doctor, web, answer, level):
    web.get(f"{SERVER}/metadata", **answer)
    code, lines = doctor({"jwks_file": "jwks.json", "fhir_servers": [SERVER]})
    assert code == 0 and lines[f"FHIR server {SERVER}"].startswith(level)


@pytest.mark.parametrize("version", ["4.0\x1b]0;title\x07", "4.\u202e1", "4.0.1" + "1" * 99, "5\x1b[2J"])
def test_of_what_a_fhir_server_says_only_a_version_is_shown(doctor, web, version):
    web.get(f"{SERVER}/metadata", json={"fhirVersion": version})
    _, lines = doctor({"jwks_file": "jwks.json", "fhir_servers": [SERVER]})
    assert lines[f"FHIR server {SERVER}"].endswith("FHIR version unknown: list the base URL of an R4 server")


def test_no_more_of_an_answer_is_read_than_of_a_resource(doctor, web):
    web.get(f"{SERVER}/metadata", json={"fhirVersion": "4.0.1", "text": "x" * MOST_BYTES})
    _, lines = doctor({"jwks_file": "jwks.json", "fhir_servers": [SERVER]})
    assert "too-large" in lines[f"FHIR server {SERVER}"]


def test_authentication_off_is_a_warning(doctor):
    code, lines = doctor(AUTH="off")
    assert code == 0 and lines["settings"].startswith("WARN")


@pytest.mark.parametrize(
    ("warning", "level", "code"), [(True, "WARN", 0), (False, "FAIL", 1)], ids=["review due", "file wrong"]
)
def test_the_check_of_the_knowledge_is_part_of_it(doctor, checked, warning, level, code):
    checked(Remark("thresholds.yaml", "mg_low", "review is due", warning))
    found, lines = doctor()
    assert (found, lines["knowledge"][:4]) == (code, level)


@pytest.mark.parametrize(("read", "level"), [([0, 3], "OK"), ([3, 3], "WARN")])
def test_calls_without_one_magnesium_result_that_can_be_read_are_told(doctor, tmp_path, read, level):
    url = f"sqlite:///{tmp_path / 'records.sqlite'}"
    engine = open_engine(make_url(url))
    migrate(engine)
    load(engine, [_answer(number, {"magnesium result": read, "result": [0, 9]}) for number in range(4)])
    engine.dispose()
    line = doctor(DATABASE_URL=url)[1]["magnesium"]
    assert line.startswith(level) and "4 calls" in line
    assert ("magnesium-cds unread" in line) is (level == "WARN")


def _answer(number, read):
    """The record of a call of now."""
    now = datetime.now(UTC)
    made = answer_entry(f"{number:036}", now, "magnesium-patient-view", 200, 1.0, {}, None, [])
    return made | {"read": read, "unread": []}
