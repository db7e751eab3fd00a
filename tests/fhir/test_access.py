import logging
import os
import time

import pytest

from cds_service.call.envelope import read_call
from cds_service.call.fhir_access import Gateway, Source
from cds_service.call.fhir_access.breaker import Breaker
from cds_service.call.fhir_access.queries import below, request_of
from cds_service.call.fhir_access.scopes import Cover, cover
from tests.calls import cards
from tests.fhir.conftest import TOKEN, Service, complete, lacking, told
from tests.fhir.stub import Stub, answers_of

MARGIN = 1.0


@pytest.fixture
def stub(templates):
    """Starts small FHIR servers with the data of the patient-view request."""
    running = []

    def start(**options):
        made = Stub(answers_of(complete("patient-view", templates), templates), **options)
        running.append(made.__enter__())
        return made

    yield start
    for server in running:
        server.__exit__()


def timed(service, body):
    """(answer, seconds)."""
    started = time.monotonic()
    return service.post(body), time.monotonic() - started


@pytest.mark.parametrize("fault", ["hang", "trickle"])
def test_the_answer_goes_out_at_the_deadline(runtime, templates, stub, fault):
    service = Service(runtime, [(server := stub(fault=fault)).base])
    response, seconds = timed(service, lacking(complete("patient-view", templates), base=server.base))
    assert response.status_code == 412
    assert seconds < 0.4 + MARGIN


def test_a_dead_server_costs_one_deadline(runtime, templates, stub):
    service = Service(runtime, [(server := stub(fault="hang")).base])
    body = lacking(complete("patient-view", templates), base=server.base)
    service.post(body)
    asked = len(server.log)
    _, seconds = timed(service, body)
    assert len(server.log) == asked and seconds < MARGIN
    assert service.outcomes() == {"timeout": 1, "circuit-open": 1}


def test_a_server_that_came_back_is_used_again(runtime, templates, stub):
    service = Service(runtime, [(server := stub(fault="drop")).base])
    body = lacking(complete("patient-view", templates), base=server.base)
    assert service.post(body).status_code == 412
    server.fault = None
    ends = time.monotonic() + 10
    while service.post(body).status_code != 200 and time.monotonic() < ends:
        time.sleep(0.1)
    assert cards(service.post(body))


def test_the_breaker_lets_one_through_after_a_pause(monkeypatch):
    breaker = Breaker()
    for _ in range(5):
        assert breaker.admits()
        breaker.report(False)
    assert not breaker.admits()
    time.sleep(0.55)
    assert breaker.admits() and not breaker.admits()
    breaker.report(False)
    time.sleep(0.55)
    assert not breaker.admits()
    time.sleep(0.55)
    assert breaker.admits()
    breaker.report(True)
    assert breaker.admits() and breaker.admits()


@pytest.mark.parametrize("fault", ["drop", "half"])
def test_a_broken_answer_is_no_answer(runtime, templates, stub, fault):
    service = Service(runtime, [(server := stub(fault=fault)).base], 2.0, 1.0)
    assert service.post(lacking(complete("patient-view", templates), base=server.base)).status_code == 412


@pytest.mark.parametrize("page_size", [None, 1])
def test_keys_are_fetched_at_the_same_time_with_the_token(runtime, templates, stub, page_size):
    server = stub(latency=0.1, page_size=page_size)
    service = Service(runtime, [server.base], 3.0, 1.0)
    body = complete("patient-view", templates)
    response, seconds = timed(service, lacking(body, base=server.base))
    assert told(cards(response)) == told(cards(service.post(body)))
    assert {authorization for _, _, authorization in server.log} == {f"Bearer {TOKEN}"}
    assert page_size or seconds < 0.1 * len(templates)


@pytest.mark.parametrize(("silent", "connections"), [(False, 1), (True, 3)])
def test_a_connection_is_used_again_when_the_server_promises_to_keep_it(runtime, templates, stub, silent, connections):
    server = stub(silent=silent)
    service = Service(runtime, [server.base], 2.0, 1.0)
    for _ in range(3):
        assert cards(service.post(lacking(complete("patient-view", templates), ["magnesium"], base=server.base)))
    assert len(set(server.peers)) == connections


def test_everything_supplied_asks_for_nothing(runtime, templates, stub):
    server = stub()
    service = Service(runtime, [server.base])
    assert cards(service.post(lacking(complete("patient-view", templates), [], base=server.base)))
    assert not server.log


def test_no_library_logs_the_query(runtime, templates, stub, caplog):
    caplog.set_level("DEBUG")
    server = stub()
    Service(runtime, [server.base]).post(lacking(complete("patient-view", templates), base=server.base))
    logged = " ".join(record.getMessage() for record in caplog.records)
    assert "demo-heart" not in logged and TOKEN not in logged
    assert logging.getLogger("urllib3").getEffectiveLevel() > logging.WARNING


def test_the_token_is_in_no_representation(templates):
    call = read_call(lacking(complete("patient-view", templates)))
    visit = Source(Gateway(), frozenset()).visit(call.access.server, call.access.token, "", True)
    assert call.access.token == TOKEN and TOKEN not in repr(call) + repr(visit)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_threads_and_connections_are_made_anew_after_a_fork():
    gateway = Gateway()
    pool, server = gateway.pool(), gateway.server("https://fhir.example")
    child = os.fork()
    if child == 0:
        fresh = gateway.pool() is not pool and gateway.server("https://fhir.example") is not server
        os._exit(0 if fresh else 1)
    assert os.waitpid(child, 0)[1] == 0


@pytest.mark.parametrize(
    ("scope", "letter", "expected"),
    [
        ("", "s", Cover.ALL),
        ("patient/Observation.rs", "s", Cover.ALL),
        ("patient/Observation.s", "s", Cover.ALL),
        ("patient/Observation.r", "s", Cover.NONE),
        ("patient/Observation.r patient/Observation.s", "s", Cover.ALL),
        ("user/Observation.read", "s", Cover.ALL),
        ("system/*.*", "r", Cover.ALL),
        ("patient/*.cruds", "s", Cover.ALL),
        ("patient/Observation.write", "s", Cover.NONE),
        ("patient/Observation.cud", "r", Cover.NONE),
        ("patient/Condition.rs", "s", Cover.NONE),
        ("patient/Observation.rs?category=laboratory", "s", Cover.SOME),
        ("launch openid fhirUser", "s", Cover.NONE),
        ("launch patient/*.read", "s", Cover.ALL),
        ("Observation.rs", "s", Cover.NONE),
    ],
)
def test_scopes(scope, letter, expected):
    assert cover(scope, "Observation", letter, same_patient=True) is expected


def test_a_token_for_another_patient_covers_only_what_is_not_bound_to_the_patient():
    assert cover("patient/*.rs", "Observation", "s", same_patient=False) is Cover.NONE
    assert cover("patient/*.rs user/*.rs", "Observation", "s", same_patient=False) is Cover.ALL


def test_every_template_becomes_a_request(templates):
    for template in templates.values():
        request = request_of(template, "p.1-a")
        assert request and "{" not in str(request) and "p.1-a" in str(request)


def test_the_patient_is_encoded_and_other_tokens_are_not_guessed():
    assert request_of("Patient/{{context.patientId}}", "a/../b?c").path == "Patient/a%2F..%2Fb%3Fc"
    assert request_of("Observation?encounter={{context.encounterId}}", "p") is None
    assert request_of("no template", "p") is None


def test_relative_next_links_are_read_below_the_base():
    assert below("https://a.example/r4", "Observation?page=2") == "https://a.example/r4/Observation?page=2"
    assert below("https://a.example/r4", "/r4?page=2") == "https://a.example/r4?page=2"
    assert below("https://a.example/r4", "/other?page=2") is None
