"""Nothing of a request is found in logs or error answers, at debug level either."""

import copy
import io
import json
import logging
import re
import socket
import subprocess
import sys

import pytest
import requests
import responses

from cds_service.records.answered import AnsweredFile
from cds_service.records.log import JsonLines, configure_logging
from cds_service.records.memory import AdviceMemory
from cds_service.records.spool import Spool
from tests.calls import magnesium, patient_view, searchset
from tests.machine import LONG_S, environment, free_port, wait_for
from tests.trust.ehr import BASE, PATH, Ehr, bad_tokens, segment

MARK = "LEAKMARK"


def marked_request(mark=MARK):
    """A request with a mark in every value that the patient, the user or the EHR may be known by."""
    body = patient_view(magnesium=searchset(magnesium(patient=f"{mark}-id", ident=f"{mark}-obs")))
    body["context"].update(patientId=f"{mark}-id", userId=f"Practitioner/{mark}", encounterId=f"{mark}-enc")
    body["prefetch"]["patient"] = {"resourceType": "Patient", "id": f"{mark}-id", "name": [{"text": f"{mark} name"}]}
    body["prefetch"]["conditions"] = searchset({"resourceType": "Condition", "code": {"text": f"{mark} text"}}, mark)
    body["hookInstance"] = f"{mark}-hook"
    body["fhirServer"] = f"https://{mark.lower()}.example/fhir"
    body["fhirAuthorization"] = {
        "access_token": f"{mark}-access-token",
        "token_type": "Bearer",
        "expires_in": 300,
        "scope": f"{mark}-scope",
        "subject": f"{mark}-subject",
    }
    body["extension"] = {f"org.{mark}": mark}
    return body


def spoiled(body):
    """The request, and what is left of it when something is wrong."""
    yield json.dumps(body).encode()
    yield json.dumps(body).encode()[:-2]
    yield json.dumps([body]).encode()
    for path in (("context",), ("prefetch",), ("context", "patientId"), ("prefetch", "magnesium"), ("fhirServer",)):
        for value in (MARK, [MARK], {MARK: MARK}):
            changed = copy.deepcopy(body)
            (changed if len(path) == 1 else changed[path[0]])[path[-1]] = value
            yield json.dumps(changed).encode()


def spoiled_tokens(ehr):
    """Tokens full of marks, good and bad."""
    marks = {name: f"{MARK}-{name}" for name in ("iss", "jti", "sub", "azp")}
    yield ehr.token(**{**marks, "iss": ehr.issuer})
    yield ehr.token(**marks)
    yield ehr.token(aud=[f"https://{MARK}.example"])
    yield ehr.token(iat=MARK, exp=[MARK])
    yield ehr.token({"kid": MARK, "jku": f"https://{MARK}.example", "x5u": MARK})
    yield ehr.token({"alg": MARK, "typ": MARK})
    yield f"{segment({MARK: MARK})}.{segment({MARK: MARK})}.{MARK}"
    yield MARK
    yield from (token for _, _, token in bad_tokens(ehr))


@pytest.fixture
def output(monkeypatch):
    """Everything written so far, with all loggers at debug."""
    before, level, raising = logging.root.handlers[:], logging.root.level, logging.raiseExceptions
    logging.root.handlers.clear()  # or they would be closed
    written = io.StringIO()
    monkeypatch.setattr(sys, "stderr", written)
    log = configure_logging("debug")

    def text():
        log.flush()
        return written.getvalue()

    yield text
    logging.root.handlers[:] = before
    logging.root.setLevel(level)
    logging.raiseExceptions = raising


def assert_clean(text, ehr_tokens=()):
    assert not re.search(MARK, text, re.IGNORECASE)
    parts = {part for token in ehr_tokens for part in token.split(".") if len(part) > 12}
    assert not [part for part in parts if part in text]


def metrics(service):
    """The metrics page, which must have counted something of what was sent."""
    text = service.get("/metrics").get_data(as_text=True)
    assert re.search(r"^magnesium_cds_(calls|tokens_refused)_total\{.*\} [1-9]", text, re.MULTILINE)
    return text


def test_no_token_reaches_the_log_or_an_error_answer(serve, by_url, ehr, output):
    sent = list(spoiled_tokens(ehr))
    for service in (serve(), serve(by_url)):
        for token in sent:
            for path in (PATH, f"{PATH}/feedback", f"/cds-services/{MARK}"):
                answer = service.post(path, json={}, headers={"Authorization": f"Bearer {token}"})
                assert answer.status_code in (400, 401)
                assert_clean(answer.get_data(as_text=True) + str(answer.headers), sent)
        assert_clean(metrics(service), sent)
    assert '"reason"' in output()
    assert_clean(output(), sent)


def test_no_part_of_a_request_reaches_the_records(serve, ehr, tmp_path):
    spool, answers = Spool(tmp_path), AnsweredFile(tmp_path / "answered.sqlite")
    service = serve(more={"books": spool, "memory": AdviceMemory(b"k" * 32, answers)})
    for raw in spoiled(marked_request()):
        service.post(PATH, data=raw, headers={**ehr.bearer(), "Content-Type": "application/json"})
    card = service.post(PATH, json=marked_request(), headers=ehr.bearer()).get_json()["cards"][0]["uuid"]
    reason = {"reason": {"code": f"{MARK} code", "system": MARK, "display": MARK}, "userComment": MARK}
    told = {"card": card, "outcome": "overridden", "overrideReason": reason, "outcomeTimestamp": MARK}
    suggested = {**told, "acceptedSuggestions": [{"id": MARK}], MARK: MARK}
    headers = ehr.bearer(aud=f"{BASE}{PATH}/feedback")
    assert (
        service.post(f"{PATH}/feedback", json={"feedback": [told, suggested, MARK]}, headers=headers).status_code == 400
    )
    spool.close()
    answers.close()
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())
    assert card.encode() in kept and b"magnesium_is_severely_low" in kept
    assert_clean(kept.decode("latin-1"))


def test_no_part_of_a_request_reaches_the_log_or_an_error_answer(serve, ehr, output):
    service = serve()
    for raw in spoiled(marked_request()):
        headers = {**ehr.bearer(), "Content-Type": "application/json", "X-Request-Id": MARK, "User-Agent": MARK}
        answer = service.post(f"{PATH}?q={MARK}", data=raw, headers=headers)
        if answer.status_code != 200:
            assert_clean(answer.get_data(as_text=True) + str(answer.headers))
    for raw in (b"{", json.dumps({"feedback": [{"card": MARK, "outcome": MARK, "overrideReason": MARK}]}).encode()):
        headers = {**ehr.bearer(), "Content-Type": f"application/{MARK}+json"}
        service.post(f"{PATH}/feedback", data=raw, headers=headers)
    assert_clean(metrics(service))
    assert '"status"' in output()
    assert_clean(output())


@pytest.mark.parametrize(
    "fault", [{"status": 500, "body": MARK}, {"body": MARK}, {"body": requests.ConnectTimeout(MARK)}]
)
def test_no_part_of_what_is_fetched_reaches_the_log_or_an_error_answer(serve, trusted, ehr, output, fault):
    server = f"https://{MARK.lower()}.example/fhir"
    body = marked_request()
    for key in ("magnesium", "conditions", "patient"):
        del body["prefetch"][key]
    body["fhirAuthorization"]["scope"] = "patient/*.read"
    with responses.RequestsMock() as web:
        for method in (responses.GET, responses.POST):
            web.add(method, re.compile(f"{server}/.*"), **fault)
        web.assert_all_requests_are_fired = False
        answer = serve(trusted(fhir_servers=(server,))).post(PATH, json=body, headers=ehr.bearer())
        assert len(web.calls) >= 1
    assert answer.status_code == 412
    assert_clean(answer.get_data(as_text=True) + str(answer.headers))
    assert_clean(output())


def test_a_comment_of_a_user_is_not_logged(make_client, output):
    reason = {"reason": {"code": f"{MARK} x", "system": MARK, "display": MARK}, "userComment": MARK}
    entry = {"card": "3f2504e0-4f89-41d3-9a0c-0305e82c3301", "outcome": "overridden", "overrideReason": reason}
    assert make_client().post(f"{PATH}/feedback", json={"feedback": [{**entry, "outcomeTimestamp": MARK}]})
    assert '"feedback"' in output()
    assert_clean(output())


@pytest.mark.parametrize("name", ["urllib3.connectionpool", "requests", "flask_cors.core", "root", "werkzeug"])
def test_what_libraries_log_is_left_out(output, name):
    logging.getLogger(name).error("GET /fhir/Patient/%s", MARK)
    logging.getLogger("magnesium_cds.problems").error("ours")
    assert '"ours"' in output()
    assert_clean(output())


def test_a_line_is_json_with_the_request_id(serve, output):
    answer = serve().post(PATH, json={})
    lines = [json.loads(line) for line in output().splitlines()]
    assert {line["request"] for line in lines} == {answer.headers["X-Request-Id"]}
    assert [line["event"] for line in lines] == ["token not accepted", "call"]
    assert json.loads(JsonLines().format(logging.makeLogRecord({"msg": "plain"})))["event"] == "plain"


@pytest.mark.skipif(sys.platform == "win32", reason="gunicorn does not run here")
def test_a_running_server_at_debug_level_tells_nothing_of_requests(tmp_path):
    port = free_port()
    command = [sys.executable, "-m", "cds_service", "serve", "--port", str(port), "--workers", "1"]
    env = environment(AUTH="off", LOG_LEVEL="debug") | {"XDG_DATA_HOME": str(tmp_path)}
    server = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        wait_for(lambda: _is_ready(port), "the service is ready")
        for raw in _unreadable():
            with socket.create_connection(("127.0.0.1", port), timeout=LONG_S) as connection:
                connection.sendall(raw)
                connection.recv(4096)
    finally:
        server.terminate()
        written, _ = server.communicate(timeout=LONG_S)
    assert "request refused by the server" in written
    assert_clean(written)


def _is_ready(port):
    try:
        return requests.get(f"http://127.0.0.1:{port}/readyz", timeout=LONG_S).ok
    except requests.ConnectionError:
        return False


def _unreadable():
    """Requests that never reach the application, and some that do."""
    body = json.dumps(marked_request()).encode()
    token = Ehr().token(jti=MARK).encode()
    post = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nConnection: close\r\n".encode()
    yield f"{MARK}\r\n\r\n".encode()
    yield f"GET /{MARK}?{MARK} HTTP/1.1\r\nHost: {MARK}.example\r\nConnection: close\r\n\r\n".encode()
    yield f"GET /{MARK} HTTP/9.{MARK}\r\n\r\n".encode()
    yield post + f"{MARK} name: {MARK}\r\n\r\n".encode()
    yield post + b"Authorization: Bearer " + token + b"\r\nTransfer-Encoding: " + MARK.encode() + b"\r\n\r\n"
    yield post + f"Content-Length: {MARK}\r\n\r\n".encode() + body
    yield post + b"Transfer-Encoding: chunked\r\n\r\n" + MARK.encode() + b"\r\n" + body
    yield post + b"Authorization: Bearer " + token + f"\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


@pytest.mark.parametrize("name", ["urllib3.connectionpool", "sqlalchemy.engine", "werkzeug", "root"])
def test_what_a_library_logs_is_dropped_at_every_level(name):
    """It quotes addresses and queries, which name patients."""
    told = f"""
import logging
from cds_service.records.log import AUDIT, configure_logging
configure_logging("debug")
logging.getLogger("{name}" if "{name}" != "root" else None).critical("Patient/LEAK")
AUDIT.info("ours")
"""
    run = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert "ours" in run.stderr and "LEAK" not in run.stderr + run.stdout
