"""Who may see the insights: nobody, unless a setting says so."""

import base64
import json
import subprocess
import sys

import pytest

from cds_service.run.settings import Auth
from cds_service.trust.clients import Client, Clients
from tests.insights.conftest import TOKEN
from tests.machine import environment
from tests.trust.ehr import BASE, ISSUER, PATH, Ehr

PATHS = ("/insights", "/insights.json", "/insights.csv")
PROXY = "X-Signed-In=pharmacists"


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def password(token, user="anyone"):
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{token}".encode()).decode()}


@pytest.mark.parametrize("path", PATHS)
def test_without_a_setting_there_is_nothing(make_service, path):
    answer = make_service().get(path, headers=bearer("x" * 20))
    assert answer.status_code == 404 and "WWW-Authenticate" not in answer.headers


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("auth", list(Auth))
def test_the_token_opens_whether_or_not_clients_need_one(make_service, url, path, auth):
    service = make_service(database_url=url, insights_token=TOKEN, auth=auth, base_url=BASE)
    assert service.get(path, headers=bearer(TOKEN)).status_code == 200
    assert service.get(path, headers=password(TOKEN)).status_code == 200


def test_a_browser_asks_for_the_token(service):
    answer = service.get("/insights")
    assert answer.status_code == 401 and answer.get_json()["resourceType"] == "OperationOutcome"
    assert answer.headers.getlist("WWW-Authenticate") == [
        'Basic realm="magnesium-cds insights", charset="UTF-8"',
        "Bearer",
    ]


@pytest.mark.parametrize(
    "shown",
    [
        bearer(TOKEN[:-1]),
        bearer(TOKEN + "x"),
        bearer(""),
        password(""),
        password("wrong", user=TOKEN),
        password("pässwörd"),
        {"Authorization": TOKEN},
        {"Authorization": "Basic ???"},
        {"Authorization": f"Digest username={TOKEN}"},
    ],
    ids=str,
)
def test_any_other_is_refused_and_not_quoted_in_the_log(service, caplog, shown):
    answer = service.get("/insights", headers=shown)
    assert answer.status_code == 401
    told = [record for record in caplog.records if record.getMessage() == "insights refused"]
    assert len(told) == 1 and told[0].fields["request"] == answer.headers["X-Request-Id"]
    assert all(secret not in str(told[0].fields) for secret in (*shown.values(), TOKEN, "wrong"))


def test_the_first_visit_of_a_browser_is_no_failed_try(service, caplog):
    service.get("/insights")
    assert not [record for record in caplog.records if record.getMessage() == "insights refused"]


def test_the_token_of_a_client_does_not_open(make_service, tmp_path):
    ehr, keys = Ehr(), tmp_path / "jwks.json"
    keys.write_text(json.dumps(ehr.jwks()), encoding="utf-8")
    clients = Clients({ISSUER: Client(name="ehr", iss=ISSUER, jwks_file=keys)})
    service = make_service(clients, insights_token=TOKEN, auth=Auth.REQUIRED, base_url=BASE)
    assert service.post(PATH, json={}, headers=ehr.bearer()).status_code == 400  # let in there
    assert service.get("/insights", headers=ehr.bearer(aud=f"{BASE}/insights")).status_code == 401


def test_the_token_of_the_insights_opens_no_service(make_service):
    service = make_service(insights_token=TOKEN, auth=Auth.REQUIRED, base_url=BASE)
    assert service.post("/cds-services/magnesium-patient-view", json={}, headers=bearer(TOKEN)).status_code == 401


def test_the_header_of_a_proxy_opens(make_service, url, caplog):
    service = make_service(database_url=url, insights_header=PROXY)
    assert service.get("/insights", headers={"X-Signed-In": "pharmacists"}).status_code == 200
    for wrong in ({}, {"X-Signed-In": "clerks"}, {"X-Signed-In": ""}, bearer(""), bearer("pharmacists")):
        answer = service.get("/insights", headers=wrong)
        assert answer.status_code == 403 and "WWW-Authenticate" not in answer.headers
    twice = service.get("/insights", headers=[("X-Signed-In", "clerks"), ("X-Signed-In", "pharmacists")])
    assert twice.status_code == 403
    assert sum(record.getMessage() == "insights refused" for record in caplog.records) == 6


def test_with_both_settings_either_opens(make_service, url):
    service = make_service(database_url=url, insights_header=PROXY, insights_token=TOKEN)
    assert service.get("/insights", headers={"X-Signed-In": "pharmacists"}).status_code == 200
    assert service.get("/insights", headers=bearer(TOKEN)).status_code == 200
    assert service.get("/insights", headers={"X-Signed-In": "clerks"}).status_code == 401


@pytest.mark.parametrize("path", PATHS)
def test_no_other_site_may_read_it(service, path):
    for headers in ({}, bearer(TOKEN)):
        answer = service.get(path, headers={**headers, "Origin": "https://elsewhere.example"})
        assert "Access-Control-Allow-Origin" not in answer.headers
    assert service.get("/healthz", headers={"Origin": "https://elsewhere.example"}).headers[
        "Access-Control-Allow-Origin"
    ]


def test_a_started_service_carries_no_database_library_until_somebody_asks(url):
    code = f"""
import sys
from cds_service.web.app import create_app
from cds_service.run.start import runtime_of, with_records
from cds_service.run.settings import load_settings
client = create_app(with_records(runtime_of(load_settings()))).test_client()
assert client.get("/readyz").status_code == 200
assert client.get("/insights").status_code == 401
assert not [name for name in sys.modules if name.split(".")[0] in ("sqlalchemy", "alembic", "rich")]
assert client.get("/insights", headers={bearer(TOKEN)!r}).status_code == 200
assert "sqlalchemy" in sys.modules
"""
    env = environment(AUTH="off", DATABASE_URL=url, INSIGHTS_TOKEN=TOKEN)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env)
    assert done.returncode == 0, done.stderr
