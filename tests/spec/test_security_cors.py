"""CDS Hooks, chapter S, as far as browsers and closed doors go."""

import pytest

from cds_service.run.settings import Auth
from tests.calls import ORIGIN, diagnostics, patient_view, post

PATHS = [
    ("/cds-services", "GET"),
    ("/cds-services/magnesium-patient-view", "POST"),
    ("/cds-services/magnesium-patient-view/feedback", "POST"),
]


def preflight(client, path, method, headers="authorization"):
    asked = {"Origin": ORIGIN, "Access-Control-Request-Method": method, "Access-Control-Request-Headers": headers}
    # through the environment: the test client reads two leading slashes as a host
    return client.options("/", headers=asked, environ_overrides={"PATH_INFO": path})


@pytest.mark.parametrize(("path", "method"), PATHS)
def test_s7_preflights_are_answered_and_name_the_headers(make_client, path, method):
    answer = preflight(make_client(auth=Auth.REQUIRED), path, method)
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] in ("*", ORIGIN)
    assert answer.headers["Access-Control-Allow-Headers"] == "Authorization, Content-Type"
    assert method in answer.headers["Access-Control-Allow-Methods"].split(", ")
    assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize("path", ["/cds-services/", "//cds-services//magnesium-patient-view", "/cds-services///x//"])
def test_s7_superfluous_slashes_do_not_redirect_a_preflight(client, path):
    assert preflight(client, path, "POST").status_code == 200


def test_s7_a_service_is_reached_with_superfluous_slashes(client):
    path = {"PATH_INFO": "//cds-services//magnesium-patient-view/"}
    assert client.post("/", json=patient_view(), environ_overrides=path).status_code == 200
    assert client.get("/cds-services/").status_code == 200


def test_s7_errors_carry_cors_headers(client):
    assert diagnostics(post(client, b"{not json"), 400)


def test_s7_only_the_sites_origins_when_it_names_them(make_client):
    client = make_client(cors_origins=(ORIGIN,))
    assert preflight(client, *PATHS[0]).headers["Access-Control-Allow-Origin"] == ORIGIN
    stranger = client.get("/cds-services", headers={"Origin": "https://stranger.example"})
    assert "Access-Control-Allow-Origin" not in stranger.headers


@pytest.mark.parametrize("path", [path for path, method in PATHS if method == "POST"])
def test_s2_without_a_token_nothing_is_answered_where_one_is_required(make_client, path):
    answer = make_client(auth=Auth.REQUIRED).post(path, json=patient_view(), headers={"Origin": ORIGIN})
    assert diagnostics(answer, 401)
    assert answer.headers["WWW-Authenticate"] == "Bearer"
