import pytest

from cds_service.web.app import ROUTES, create_app
from cds_service.web.runtime import Access
from tests.calls import diagnostics

EXPECTED = {
    ("GET", "/"): Access.PUBLIC,
    ("GET", "/cds-services"): Access.PUBLIC,
    ("POST", "/cds-services/<service_id>"): Access.CLIENT,
    ("POST", "/cds-services/<service_id>/feedback"): Access.CLIENT,
    ("GET", "/rules"): Access.PUBLIC,
    ("GET", "/rules/<name>"): Access.PUBLIC,
    ("GET", "/metrics"): Access.METRICS,
    ("GET", "/insights"): Access.INSIGHTS,
    ("GET", "/insights/rule"): Access.INSIGHTS,
    ("GET", "/insights.json"): Access.INSIGHTS,
    ("GET", "/insights.csv"): Access.INSIGHTS,
    ("GET", "/openapi.json"): Access.PUBLIC,
    ("GET", "/api"): Access.PUBLIC,
    ("GET", "/safety"): Access.PUBLIC,
    ("GET", "/healthz"): Access.PUBLIC,
    ("GET", "/readyz"): Access.PUBLIC,
}


def test_every_route_declares_who_may_use_it(runtime):
    app = create_app(runtime)
    declared = {(route.method, route.path): route.access for route in app.extensions[ROUTES]}
    served = {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert declared == EXPECTED
    assert served == EXPECTED.keys()


def test_alive_and_ready(client, runtime):
    assert client.get("/healthz").get_json() == {"status": "alive"}
    told = {"status": "ready", "knowledge": runtime.knowledge.version, "store": "not known"}
    assert client.get("/readyz").get_json() == told


def test_the_home_page_says_what_this_is_and_that_nobody_approved_it(client, runtime):
    answer = client.get("/")
    page = answer.get_data(as_text=True)
    assert "draft, not clinically approved" in page and runtime.knowledge.version in page
    assert all(f"/cds-services/magnesium-{hook}" in page for hook in ("patient-view", "order-select", "order-sign"))
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_home_page_names_the_public_address_and_escapes_the_callers(make_client):
    named = make_client(base_url="https://cds.example/mg/").get("/").get_data(as_text=True)
    assert "https://cds.example/mg/cds-services" in named
    hostile = make_client().get("/", headers={"Host": "a.example/<script>"})
    assert "<script>" not in hostile.get_data(as_text=True)


def test_a_request_keeps_the_clients_id_only_when_it_is_a_uuid(client):
    given = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
    assert client.get("/healthz", headers={"X-Request-Id": given}).headers["X-Request-Id"] == given
    assert client.get("/healthz", headers={"X-Request-Id": "John Smith"}).headers["X-Request-Id"] != "John Smith"


def test_a_fault_of_ours_is_an_operation_outcome_and_its_message_is_not_logged(runtime, caplog, monkeypatch):
    def fail(*_, **__):
        raise RuntimeError("John Smith")

    monkeypatch.setattr("cds_service.web.hooks.answer_call", fail)
    answer = create_app(runtime).test_client().post("/cds-services/magnesium-patient-view", json={})
    assert answer.status_code == 500
    assert answer.get_json()["resourceType"] == "OperationOutcome"
    assert answer.headers["Access-Control-Allow-Origin"]
    fields = [record.fields for record in caplog.records if record.name == "magnesium_cds.problems"]
    assert fields[0]["problem"] == "RuntimeError"
    assert "John" not in str(fields) + answer.get_data(as_text=True)


BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
NOWHERE = "There is nothing at this address"


@pytest.mark.parametrize("path", ["/no/such/page", "/insights", "/demo<script>", "/cds"])
def test_a_browser_at_an_unknown_address_gets_a_page_that_leads_home(make_client, path):
    answer = make_client(base_url="https://cds.example/mg").get(path, headers={"Accept": BROWSER})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 404 and answer.mimetype == "text/html" and NOWHERE in page
    assert 'href="/mg/"' in page and "<script>" not in page
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("accept", [None, "*/*", "application/json", "application/fhir+json, text/html;q=0.5"])
def test_a_program_at_an_unknown_address_gets_an_operation_outcome(client, accept):
    answer = client.get("/no/such/page", headers={"Accept": accept} if accept else {})
    assert NOWHERE in diagnostics(answer, 404)


def test_who_takes_more_than_any_browser_is_a_program(client):
    most, more = (f"{BROWSER},{'a/b,' * count}"[:size] for count, size in ((500, 1000), (500, 1001)))
    assert client.get("/no/such/page", headers={"Accept": most}).mimetype == "text/html"
    assert NOWHERE in diagnostics(client.get("/no/such/page", headers={"Accept": more}), 404)


@pytest.mark.parametrize(("method", "path"), [("GET", "/cds-services/x/y"), ("GET", "/fhir/x"), ("POST", "/none")])
def test_no_call_is_answered_with_a_page(client, method, path):
    assert diagnostics(client.open(path, method=method, headers={"Accept": BROWSER}, json={}), 404)
