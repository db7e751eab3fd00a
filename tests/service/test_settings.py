import re
from pathlib import Path

import pytest

from cds_service.run import settings
from cds_service.run.settings import Auth, Settings, SettingsError, is_loopback, load_settings, unknown_settings
from cds_service.run.settings_table import settings_table
from cds_service.run.start_checks import check_start
from tests.conftest import settings_with

DOCS = Path(__file__).parents[2] / "docs" / "settings.md"


@pytest.fixture
def env(monkeypatch):
    """Sets MAGNESIUM_CDS_* variables, in an environment that has none."""
    for name in Settings.model_fields:
        monkeypatch.delenv(settings.PREFIX + name.upper(), raising=False)
    return lambda **values: [monkeypatch.setenv(settings.PREFIX + k, v) for k, v in values.items()]


def test_defaults_are_right_for_production(env):
    found = load_settings()
    assert (found.auth, found.missing_data, found.allow_insecure) == (Auth.REQUIRED, "412", False)
    assert found.cors_origins == ("*",) and found.worker_count >= 1
    assert found.token_lookup_ms <= 50  # what an answer waits for beyond a database that is well


def test_values_are_read_from_the_environment(env):
    env(AUTH="OFF", CORS_ORIGINS="https://a.example, https://b.example,", MAX_BODY_MB="2", ALLOW_INSECURE="1", SITE="")
    found = load_settings()
    assert (found.auth, found.max_body_bytes, found.allow_insecure, found.site) == (Auth.OFF, 2 * 1024**2, True, None)
    assert found.cors_origins == ("https://a.example", "https://b.example")


def test_a_variable_that_is_no_setting_is_told_with_the_one_that_was_meant():
    told = unknown_settings({"MAGNESIUM_CDS_DATABSE_URL": "x", "MAGNESIUM_CDS_AUTH": "off", "PATH": "/bin"})
    assert told == [
        "MAGNESIUM_CDS_DATABSE_URL is not a setting; did you mean MAGNESIUM_CDS_DATABASE_URL (see docs/settings.md)"
    ]
    assert unknown_settings({"MAGNESIUM_CDS_ZZZ": ""}) == ["MAGNESIUM_CDS_ZZZ is not a setting (see docs/settings.md)"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AUTH", "maybe"),
        ("MISSING_DATA", "500"),
        ("MAX_BODY_MB", "many"),
        ("MAX_BODY_MB", "0"),
        ("MAX_ENTRIES", "0"),
        ("TOKEN_LIFETIME_S", "86401"),
        ("RATE_PER_MINUTE", "-1"),
        ("WORKERS", "-1"),
        ("LOG_LEVEL", "loud"),
        ("SITE", "/no/such/site.yaml"),
        ("CLIENTS", "/no/such/clients.yaml"),
        ("BASE_URL", "cds.example"),
    ],
)
def test_a_wrong_value_is_named(env, name, value):
    env(**{name: value})
    with pytest.raises(SettingsError, match=rf"MAGNESIUM_CDS_{name}={re.escape(value)}: .*docs/settings.md"):
        load_settings()


def test_every_wrong_value_is_named_at_once(env):
    env(AUTH="x", WORKERS="y")
    with pytest.raises(SettingsError, match=r"(?s)AUTH=x.*WORKERS=y"):
        load_settings()


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("mysql://cds:secret@db/cds", "records are kept in SQLite or PostgreSQL, not in 'mysql'. "),
        ("postgres://cds:secret@db/cds", "not in 'postgres'; did you mean postgresql?"),
        ("postgresq://cds:secret@db/cds", "not in 'postgresq'; did you mean postgresql?"),
        ("sqllite:///secret", "not in 'sqllite'; did you mean sqlite?"),
        ("postgresql+psycopg2://cds:secret@db/cds", "name no driver (+psycopg2)"),
        ("sqlite://var/secret", "needs three slashes"),
        ("sqlite:///", "needs three slashes"),
        ("/var/lib/secret.sqlite", "it is no address of a database"),
        ("postgresql://cds:secret@db", "it names no database behind the host"),
        ("postgresql://cds:sec:ret@db:x/cds", "host or port cannot be read"),
        ("postgresql://cds:secret/@db/cds", "host or port cannot be read"),
        ("postgresql://cds:1/secret@db/cds", "in a user or a password write / as %2F"),
        ("postgresql://cds:1#secret@db/cds", "in a user or a password write / as %2F"),
    ],
)
def test_a_wrong_database_is_told_in_words_without_its_password(env, address, reason):
    env(DATABASE_URL=address)
    told = r"^MAGNESIUM_CDS_DATABASE_URL: .*sqlite:///PATH.*docs/settings.md"
    with pytest.raises(SettingsError, match=told) as refused:
        load_settings()
    assert reason in str(refused.value) and "secret" not in str(refused.value)


@pytest.mark.parametrize(
    "address",
    ["", "sqlite:///a.sqlite", "sqlite:////var/a b.sqlite", "postgresql://u:p%2F@db:5432/cds?sslmode=require"],
)
def test_the_address_of_a_database_that_can_be_used_is_taken(env, address):
    env(DATABASE_URL=address)
    assert load_settings().database_url == address


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "[::1]", "localhost", "127.3.2.1"])
def test_without_authentication_loopback_is_fine(host):
    check_start(settings_with(), host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.1", "cds.example"])
def test_without_authentication_others_are_refused_unless_insecure_is_allowed(host):
    assert not is_loopback(host)
    with pytest.raises(SettingsError, match="ALLOW_INSECURE=1"):
        check_start(settings_with(), host)
    check_start(settings_with(allow_insecure=True), host)


def test_the_documented_table_is_the_one_of_the_code():
    how = 'python -c "from cds_service.run.settings_table import settings_table; print(settings_table())"'
    assert settings_table() in DOCS.read_text(encoding="utf-8"), f"put the output of this into docs/settings.md: {how}"
