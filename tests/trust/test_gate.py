"""Who may use what, how often, and with which rights; and when the service refuses to start at all."""

import threading
import time
from typing import ClassVar

import pytest
import responses

from cds_service.curate.site_knowledge import knowledge_of
from cds_service.run.settings import Auth, SettingsError
from cds_service.run.start_checks import check_start
from cds_service.trust.clients import Client, Clients
from cds_service.web import hooks
from cds_service.web.app import ROUTES, create_app
from cds_service.web.runtime import Access, Runtime
from cds_service.web.this_request import this_request
from tests.calls import ORIGIN, diagnostics, patient_view, searchset
from tests.conftest import settings_with
from tests.trust.ehr import BASE, ISSUER, PATH, URL, Ehr

FEEDBACK = f"{PATH}/feedback"
SERVERS = ("https://ehr.example/fhir",)


def test_feedback_needs_a_token_of_its_own(serve, call, ehr):
    service, body = serve(), {"feedback": []}
    assert call(service, {}, FEEDBACK, body).status_code == 401
    assert call(service, ehr.bearer(), FEEDBACK, body).status_code == 401
    assert call(service, ehr.bearer(aud=f"{URL}/feedback"), FEEDBACK, body).status_code == 200


def test_every_route_that_is_not_public_asks_for_a_token(runtime):
    own = {"metrics_token": "of-the-monitoring", "insights_token": "of-the-insights-"}
    settings = settings_with(auth=Auth.REQUIRED, base_url=BASE, **own)
    app = create_app(Runtime(settings, runtime.knowledge, runtime.keys))
    for route in app.extensions[ROUTES]:
        path = route.path.replace("<service_id>", "magnesium-patient-view")
        status = app.test_client().open(path, method=route.method).status_code
        assert (status == 401) is (route.access is not Access.PUBLIC), route.path


def test_an_unknown_service_is_told_only_to_a_client(serve, call, ehr):
    path = "/cds-services/no-such-service"
    assert call(serve(), {}, path).status_code == 401
    assert call(serve(), ehr.bearer(aud=BASE + path), path).status_code == 404


@pytest.mark.parametrize("path", [PATH, FEEDBACK, "/cds-services"])
def test_a_preflight_is_never_asked_for_a_token(serve, path):
    asked = {"Origin": ORIGIN, "Access-Control-Request-Method": "POST"}
    assert serve().options(path, headers=asked).status_code == 200


def test_the_body_is_not_read_before_the_token(serve, call):
    assert serve().post(PATH, data=b"{not json", content_type="text/plain").status_code == 401


@pytest.fixture
def seen(monkeypatch):
    """What the gate tells the code behind it."""
    found = {}

    def look(*arguments, **more):
        found.update(client=this_request().client, servers=this_request().fhir_servers)
        return real(*arguments, **more)

    real = hooks.answer_call
    monkeypatch.setattr(hooks, "answer_call", look)
    return found


def test_a_call_may_reach_the_fhir_servers_of_its_client_only(serve, call, ehr, trusted, seen):
    mine = trusted(fhir_servers=SERVERS)
    other = Client("other", "https://other.example", jku="https://other.example/k", fhir_servers=("https://b.example",))
    assert call(serve(mine, other), ehr.bearer()).status_code == 200
    assert seen == {"client": mine, "servers": frozenset(SERVERS)}


@pytest.mark.parametrize(
    "named",
    [
        "https://attacker.example/fhir",
        "https://ehr.example/fhir@attacker.example",
        "https://ehr.example@attacker.example/fhir",
        "https://ehr.example/fhir/../../admin",
        "https://ehr.example/fhir?x=",
        "https://ehr.example/fhir#",
        "https://ehr.example.attacker.example/fhir",
        "http://ehr.example/fhir",
        "http://169.254.169.254/latest/meta-data",
        "http://127.0.0.1:8000",
        "file:///etc/passwd",
        "https://b.example",
        " https://attacker.example",
    ],
)
def test_no_request_is_sent_to_a_fhir_server_that_is_not_listed_for_the_client(serve, call, ehr, trusted, named):
    other = Client("other", "https://other.example", jku="https://other.example/k", fhir_servers=("https://b.example",))
    body = patient_view()
    body.pop("prefetch")
    rights = {"token_type": "Bearer", "expires_in": 300, "scope": "patient/*.read", "subject": "ehr"}
    body.update(fhirServer=named, fhirAuthorization={"access_token": "secret", **rights})
    with responses.RequestsMock() as web:
        assert call(serve(trusted(fhir_servers=SERVERS), other), ehr.bearer(), body=body).status_code == 412
        assert len(web.calls) == 0


def test_without_authentication_every_listed_server_may_be_reached(serve, call, trusted, seen):
    other = Client("other", "https://other.example", jku="https://other.example/k", fhir_servers=("https://b.example",))
    assert call(serve(trusted(fhir_servers=SERVERS), other, auth=Auth.OFF), {}).status_code == 200
    assert seen == {"client": None, "servers": frozenset({*SERVERS, "https://b.example"})}


def test_a_client_with_a_site_of_its_own_is_answered_by_it(serve, call, ehr, runtime, monkeypatch):
    asked = []
    real = hooks.answer_call
    monkeypatch.setattr(hooks, "answer_call", lambda *a: asked.append(a[2].knowledge) or real(*a))
    own = knowledge_of(None)
    call(serve(more={"site_knowledge": {ISSUER: own}}), ehr.bearer())
    call(serve(), ehr.bearer())
    assert asked[0] is own and asked[1] is runtime.knowledge


def test_a_wrong_site_file_of_a_client_stops_the_start(deployment, tmp_path):
    (tmp_path / "site.yaml").write_text("no such: [key", encoding="utf-8")
    listed = f'clients: [{{name: ehr, iss: "{ISSUER}", jwks_file: jwks.json, site: site.yaml}}]'
    (tmp_path / "clients.yaml").write_text(listed, encoding="utf-8")
    with pytest.raises(SettingsError, match=r"site\.yaml"):
        deployment()


def test_a_client_that_calls_too_often_is_told_when_to_come_again(standing_clock, serve, call, ehr):
    service = serve(rate_per_minute=3)
    answers = [call(service, {**ehr.bearer(), "Origin": ORIGIN}) for _ in range(8)]
    refused = [answer for answer in answers if answer.status_code != 200]
    assert len(refused) == 5
    assert diagnostics(refused[0], 429) and 1 <= int(refused[0].headers["Retry-After"]) <= 60
    assert refused[0].headers["Access-Control-Allow-Origin"]


def test_a_token_that_was_used_already_costs_its_client_no_call(standing_clock, serve, call, ehr):
    """Whoever saw one could have its client refused."""
    service, token = serve(rate_per_minute=3), ehr.bearer()
    assert [call(service, token).status_code for _ in range(9)] == [200, *[401] * 8]
    assert [call(service, ehr.bearer()).status_code for _ in range(3)] == [200, 200, 429]


def test_a_step_of_the_clock_refuses_a_client_no_longer_than_a_minute(standing_clock, serve, call, ehr, monkeypatch):
    """Half an hour back: a minute counts as long as it lasts."""
    passed = [time.monotonic()]
    monkeypatch.setattr("cds_service.web.auth.monotonic", lambda: passed[0], raising=False)
    service = serve(rate_per_minute=3)
    for step in (-1800, 1800, 0):
        assert [call(service, ehr.bearer()).status_code for _ in range(4)] == [200, 200, 200, 429]
        passed[0] += 59
        refused = call(service, ehr.bearer())
        assert refused.status_code == 429 and refused.headers["Retry-After"] == "1"
        standing_clock.shift(step)
        passed[0] += 1


def test_a_worker_that_ends_and_cannot_count_still_answers(serve, call, ehr, monkeypatch):
    def no_thread(_):
        raise RuntimeError("can't start new thread at interpreter shutdown")

    monkeypatch.setattr(threading.Timer, "start", no_thread)
    assert call(serve(), ehr.bearer()).status_code == 200


def test_a_call_that_came_too_early_does_not_use_up_its_token(standing_clock, serve, call, ehr):
    header = ehr.bearer()
    busy = serve(rate_per_minute=1)
    while call(busy, ehr.bearer()).status_code == 200:
        pass
    assert call(busy, header).status_code == 429
    assert call(serve(), header).status_code == 200


def test_strangers_do_not_use_up_the_rate_of_a_client(serve, call, ehr):
    service = serve(rate_per_minute=2)
    for _ in range(5):
        assert call(service, Ehr().bearer()).status_code == 401
    assert call(service, ehr.bearer()).status_code == 200


@pytest.mark.parametrize("settings", [{"rate_per_minute": 0}, {"rate_per_minute": 1, "auth": Auth.OFF}])
def test_the_rate_can_be_without_limit(serve, call, ehr, settings):
    service = serve(**settings)
    assert {call(service, ehr.bearer()).status_code for _ in range(5)} == {200}


@pytest.mark.parametrize(
    "prefetch",
    [
        {"conditions": searchset(*[{}] * 11)},
        {"conditions": searchset(*[{}] * 6), "medications": {"response": {}, "resource": searchset(*[{}] * 5)}},
        {"conditions": [searchset(*[{}] * 10)]},
        {"unheard_of": [None] * 11},
    ],
)
def test_a_request_with_too_many_entries_is_refused(make_client, prefetch):
    body = {"context": {"patientId": "p"}, "prefetch": prefetch}
    text = diagnostics(make_client(max_entries=10).post(PATH, json=body, headers={"Origin": ORIGIN}), 413)
    assert "more than 10 entries" in text


def test_the_audit_names_client_and_tenant(serve, call, ehr, caplog):
    caplog.set_level("INFO", logger="magnesium_cds.audit")
    call(serve(), ehr.bearer(tenant='north\n{"a": 1}' + "x" * 100))
    call(serve(), {})
    (good, refused) = (record.fields for record in caplog.records if record.getMessage() == "call")
    assert good["client"] == "ehr" and good["tenant"].startswith("northa:1") and len(good["tenant"]) == 64
    assert refused["status"] == 401 and not refused.keys() & {"client", "tenant"}


class TestStart:
    GOOD: ClassVar = {"auth": Auth.REQUIRED, "clients": "clients.yaml", "base_url": "https://cds.example"}

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"clients": None}, "MAGNESIUM_CDS_CLIENTS.*MAGNESIUM_CDS_AUTH=off"),
            ({"base_url": ""}, r"BASE_URL is not set.*public URL"),
            ({"base_url": "http://cds.example"}, "not https.*TLS"),
            ({"base_url": "http://127.0.0.1.evil.example"}, "not https"),
        ],
    )
    def test_unsafe_combinations_are_refused_with_what_to_do(self, changes, message):
        with pytest.raises(SettingsError, match=f"(?s){message}"):
            check_start(settings_with(**{**self.GOOD, **changes}), "127.0.0.1")

    @pytest.mark.parametrize(
        "url", ["https://cds.example/mg/", "http://127.0.0.1:8000", "http://localhost", "http://[::1]"]
    )
    @pytest.mark.parametrize("host", ["0.0.0.0", "127.0.0.1"])
    def test_safe_ones_start(self, url, host):
        check_start(settings_with(**{**self.GOOD, "base_url": url}), host)


def test_clients_are_read_at_start(deployment, call, ehr):
    runtime = deployment()
    assert isinstance(runtime.clients, Clients) and ISSUER in runtime.clients.by_issuer
    assert call(create_app(runtime).test_client(), ehr.bearer(), body=patient_view()).status_code == 200
