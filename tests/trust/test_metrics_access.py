"""Who may read the metrics, and what they tell of tokens and clients that were refused."""

import time

import pytest

from cds_service.metrics.events import Metrics
from cds_service.trust.used_tokens import SharedSeen
from cds_service.web.app import create_app
from tests.calls import ORIGIN, diagnostics
from tests.counted import counted, counted_by
from tests.trust.ehr import Ehr, bad_tokens

TOKEN = "of-the-monitoring-ü"
ELSEWHERE = {"REMOTE_ADDR": "192.0.2.7"}


def read(client, token=None, environ=None, **headers):
    sent = {**({"Authorization": f"Bearer {token}".encode().decode("latin-1")} if token else {}), **headers}
    return client.get("/metrics", headers=sent, environ_overrides=environ or {})


@pytest.mark.parametrize("environ", [{}, {"REMOTE_ADDR": "::1"}, {"REMOTE_ADDR": "127.0.0.9"}])
def test_without_a_token_this_machine_itself_may_read(make_client, environ):
    assert read(make_client(), environ=environ).status_code == 200


@pytest.mark.parametrize("address", ["192.0.2.7", "::2", "10.0.0.1", "", "unix:"])
def test_without_a_token_nobody_else_may(make_client, address):
    answer = read(make_client(), environ={"REMOTE_ADDR": address}, Origin=ORIGIN)
    assert "Set MAGNESIUM_CDS_METRICS_TOKEN" in diagnostics(answer, 403)
    assert answer.get_json(force=True)["issue"][0]["code"] == "forbidden"


@pytest.mark.parametrize("name", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via", "X-Forwarded-Proto", "Origin"])
def test_without_a_token_nobody_may_through_a_proxy_or_a_browser_on_this_machine(make_client, name):
    assert read(make_client(), **{name: "127.0.0.1"}).status_code == 403
    assert read(make_client(metrics_token=TOKEN), TOKEN, **{name: "192.0.2.7"}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8000", "127.0.0.1.evil.example", "", "[", "10.0.0.1"])
def test_a_page_whose_name_was_led_to_this_machine_may_not(make_client, host):
    """DNS rebinding: for the browser it is the page's own server, so that it names no origin."""
    assert read(make_client(), Host=host).status_code in (400, 403)


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:8000", "[::1]:8000"])
def test_this_machine_may_by_each_of_its_names(make_client, host):
    assert read(make_client(), Host=host).status_code == 200


@pytest.mark.parametrize("environ", [{}, ELSEWHERE])
def test_with_a_token_whoever_sends_it_may_read_and_nobody_else(make_client, environ):
    client = make_client(metrics_token=TOKEN)
    assert read(client, TOKEN, environ).status_code == 200
    for wrong in (None, "", TOKEN[:-1], TOKEN + "x", TOKEN.upper()):
        answer = read(client, wrong, environ)
        assert answer.status_code == 401 and answer.headers["WWW-Authenticate"] == "Bearer"
        assert TOKEN not in answer.get_data(as_text=True)
    for header in (TOKEN.encode().decode("latin-1"), "Basic eDp5", "Bearer"):
        assert client.get("/metrics", headers={"Authorization": header}).status_code == 401


def test_the_token_of_a_client_does_not_open_the_metrics(serve, ehr):
    assert read(serve(metrics_token=TOKEN), ehr.bearer()["Authorization"].split()[1]).status_code == 401
    assert read(serve(), environ=ELSEWHERE, **ehr.bearer()).status_code == 403


def test_refused_tokens_are_counted_by_kind(serve, call, ehr):
    metrics = Metrics()
    service = serve(more={"metrics": metrics})
    runtime = type("Counting", (), {"metrics": metrics})
    used = ehr.bearer()
    for headers in ({}, Ehr().bearer(), used, used):
        call(service, headers)
    assert counted_by(runtime, "tokens_refused_total", "kind") == {"no-token": 1, "signature": 1, "replayed": 1}
    assert counted(runtime, "calls_total", service="magnesium-patient-view", status="401") == 3
    assert counted(runtime, "answer_seconds_count", service="magnesium-patient-view") == 1
    for _, _, token in bad_tokens(ehr):
        call(service, {"Authorization": f"Bearer {token}"})
    kinds = counted_by(runtime, "tokens_refused_total", "kind").keys()
    assert kinds >= {"not-a-jwt", "unknown-issuer", "header", "unknown-key", "signature", "audience", "time", "claims"}


def test_calls_above_the_rate_are_counted(standing_clock, serve, call, ehr):
    metrics = Metrics()
    service = serve(rate_per_minute=1, more={"metrics": metrics})
    statuses = [call(service, ehr.bearer()).status_code for _ in range(5)]
    runtime = type("Counting", (), {"metrics": metrics})
    assert counted(runtime, "rate_limited_total") == statuses.count(429) == 4


class Down:
    """A database that is of no use."""

    def first_time(self, token, expires):
        raise OSError("down")

    def check(self):
        raise OSError("down")

    def close(self):
        pass


def test_look_ups_that_fall_back_to_memory_are_counted(runtime):
    metrics = Metrics()
    seen = SharedSeen(Down(), fell_back=metrics.look_up_fell_back)
    later = time.time() + 60
    assert [seen.first_time(token, later) for token in (b"a", b"b", b"a")] == [True, True, False]
    assert counted(type("Counting", (), {"metrics": metrics}), "token_lookup_fallbacks_total") == 2


def test_the_start_counts_them_on_the_page(deployment, call, ehr, monkeypatch):
    made = deployment()
    monkeypatch.setattr(made.seen, "_shared", Down())
    service = create_app(made).test_client()
    assert call(service, ehr.bearer()).status_code == 200
    assert "magnesium_cds_token_lookup_fallbacks_total 1.0" in read(service).get_data(as_text=True)
