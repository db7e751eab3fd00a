"""What the web server itself refuses is told as the service tells it, and is never counted as our fault."""

import contextlib
import gzip
import http.client
import json
import re
import socket
import sys

import pytest

from bench import servers
from tests.calls import patient_view

PATH = "/cds-services/magnesium-patient-view"
DEADLINE_S = 120
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="gunicorn does not run here")


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    """A running service."""
    with servers.service(tmp_path_factory.mktemp("refusals"), workers=1) as running:
        yield running


def request(*headers, path=PATH, body=b"", host=("Host: x",)):
    """A request as it stands on the line."""
    rows = [f"POST {path} HTTP/1.1", *host, "Connection: close", "Content-Type: application/json", *headers]
    return "\r\n".join([*rows, "", ""]).encode() + body


def asked(service, raw):
    """(status, headers, body) of raw bytes on a connection of its own."""
    with socket.create_connection(("127.0.0.1", service.port), DEADLINE_S) as line:
        line.sendall(raw)
        answer = b"".join(iter(lambda: line.recv(65536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *rows = head.decode("latin-1").split("\r\n")
    return int(first.split()[1]), {name.lower(): value for name, _, value in (r.partition(": ") for r in rows)}, body


CHUNKED, ZIPPED = "Transfer-Encoding: chunked", gzip.compress(json.dumps(patient_view()).encode())
CHUNKS = b"2\r\n{}\r\n0\r\n\r\n"
CODINGS = {  # 501: a coding that is not read; 400: an order of codings that nobody may send
    **dict.fromkeys(("gzip, chunked", "GZIP,Chunked", "deflate, chunked", "compress, chunked"), 501),
    **dict.fromkeys(("gzip + chunked", "identity + chunked", "identity, chunked", "xchunked", "chunked,"), 501),
    **dict.fromkeys(("chunked, chunked", "chunked + chunked", "chunked, gzip", "gzip", "identity"), 400),
}
# RFC 9112, section 3.2; RFC 3986, section 3.2.2
NO_HOSTS = [
    "a b",
    "a/b",
    "user@a",
    "a:80:80",
    "a:x",
    "[::1",
    "::1",
    "[]",
    "a?b",
    "a#b",
    "a\\b",
    "\u00e4",
    "<a>",
    "a\tb",
]
HOSTS = ("a", "a:80", "a:", "A_b.example", "127.0.0.1:8000", "[::1]", "[::1]:80", "%41", "")
REFUSED = {
    "no host": (400, request(host=())),
    "two hosts": (400, request("Host: y")),
    "the same host twice": (400, request("Host: x")),
    **{f"host {host}": (400, request(host=(f"Host: {host}",))) for host in NO_HOSTS},
    "header": (431, request("X-Long: " + "x" * 20_000)),
    "all headers": (431, request(*["Accept: " + "a/b," * 1_700] * 5)),
    "headers": (431, request(*[f"X-{n}: 1" for n in range(200)])),
    "address": (414, request(path=f"{PATH}?q={'x' * 9_000}")),
    "line": (400, b"NONSENSE\r\n\r\n"),
    "version": (400, b"POST / HTTP/9.9\r\n\r\n"),
    "header name": (400, request("X Y: 1")),
    "length": (400, request("Content-Length: many")),
    "two lengths": (400, request("Content-Length: 1", "Content-Length: 2", body=b"{}")),
    "expectation": (417, request("Expect: a miracle")),
    "coding": (501, request("Transfer-Encoding: br")),
    **{
        f"coding {coding}": (status, request(*(f"Transfer-Encoding: {c}" for c in coding.split(" + ")), body=CHUNKS))
        for coding, status in CODINGS.items()
    },
    "coding of HTTP/1.0": (400, request(CHUNKED, body=CHUNKS).replace(b"HTTP/1.1", b"HTTP/1.0", 1)),
    "chunk size": (400, request(CHUNKED, body=b"many\r\n{}\r\n0\r\n\r\n")),
    "chunk end": (400, request(CHUNKED, body=b"2\r\n{}x\r\n0\r\n\r\n")),
    "chunk size without end": (400, request(CHUNKED, body=b"2;" + b"a" * 9_000 + b"\r\n{}\r\n0\r\n\r\n")),
    "trailers": (400, request(CHUNKED, body=b"2\r\n{}\r\n0\r\n" + b"X: 1\r\n" * 2_000)),
    "chunks": (400, request(CHUNKED, body=b"1\r\n \r\n" * 800_000 + b"0\r\n\r\n")),
    "compressed": (415, request("Content-Encoding: gzip", f"Content-Length: {len(ZIPPED)}", body=ZIPPED)),
}


def chunk(size):
    return f"{size:x}\r\n".encode() + b" " * size + b"\r\n"


TOO_LARGE = {
    "large": (413, request("Content-Length: 6000000", body=b" " * 6_000_000)),
    "large in one chunk": (413, request(CHUNKED, body=chunk(6_000_000) + b"0\r\n\r\n")),
    "larger than what is read of a chunk": (413, request(CHUNKED, body=chunk(9_000_000) + b"0\r\n\r\n")),
    "large in small chunks": (413, request(CHUNKED, body=chunk(50_000) * 120 + b"0\r\n\r\n")),
    "larger than what is read, in small chunks": (413, request(CHUNKED, body=chunk(50_000) * 200 + b"0\r\n\r\n")),
}


@pytest.mark.parametrize("kind", REFUSED | TOO_LARGE)
def test_a_refusal_that_says_the_connection_is_kept_keeps_it(kind, service):
    status, raw = (REFUSED | TOO_LARGE)[kind]
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", service.port, timeout=DEADLINE_S)) as line:
        line.connect()
        with contextlib.suppress(OSError):  # it may be told before it has sent all
            line.sock.sendall(raw.replace(b"Connection: close\r\n", b""))
        with http.client.HTTPResponse(line.sock) as answer:
            answer.begin()
            assert answer.status == status
            answer.read()
            kept = not answer.will_close
        if not kept:
            line.close()
        line.request("GET", "/cds-services")
        with line.getresponse() as next_answer:
            assert next_answer.status == 200
            next_answer.read()


@pytest.mark.parametrize("kind", REFUSED)
def test_a_refusal_says_what_and_why_to_pages_too(kind, service):
    status, raw = REFUSED[kind]
    answered, headers, body = asked(service, raw)
    outcome = json.loads(body)
    assert (answered, outcome["resourceType"]) == (status, "OperationOutcome"), outcome
    assert headers["access-control-allow-origin"] == "*" and headers["content-type"] == "application/fhir+json"
    (issue,) = outcome["issue"]
    assert issue["severity"] == "error" and issue["code"] and len(issue["diagnostics"]) > len("What, why.")
    assert asked(service, request(body=b"", path="/healthz"))[0] == 405  # and the service goes on


@pytest.mark.parametrize("host", HOSTS)
def test_a_host_is_a_name_or_an_address(host, service):
    assert asked(service, request(host=(f"Host: {host}",), path="/healthz").replace(b"POST", b"GET", 1))[0] == 200


def test_http_1_0_names_no_host(service):
    assert asked(service, b"GET /healthz HTTP/1.0\r\n\r\n")[0] == 200


@pytest.mark.parametrize("coding", ["chunked", "CHUNKED", " chunked\t"])
def test_chunks_are_read_however_the_coding_is_spelled(coding, service):
    body = json.dumps(patient_view()).encode()
    chunks = f"{len(body):x}\r\n".encode() + body + b"\r\n0\r\n\r\n"
    assert asked(service, request(f"Transfer-Encoding: {coding}", body=chunks))[0] == 200


@pytest.mark.parametrize("name", ["SCRIPT_NAME", "Script-Name", "PATH_INFO", "X-Forwarded-Prefix"])
def test_no_header_moves_a_request_to_another_address(name, service):
    def status(path, *headers):
        return asked(service, request(*headers, path=path).replace(b"POST", b"GET", 1))[0]

    assert status("/elsewhere/healthz", f"{name}: /elsewhere") == 404
    assert status("/healthz", f"{name}: /elsewhere") == 200


def test_nothing_of_it_counts_as_a_failure_of_the_service(service):
    for _, raw in REFUSED.values():
        asked(service, raw)
    page = asked(service, b"GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")[2].decode()
    assert re.findall(r'calls_total\{.*status="415"\} (\d)', page)
    assert [float(n) for n in re.findall(r"^magnesium_cds_failures_total\S* (\S+)$", page, re.M)] in ([], [0.0])


@pytest.mark.parametrize(
    ("body", "at"), [(b'{"a": 1,\n "b": }', "line 2, column 7"), (b'{"a": "\xff"}', "line 1"), (b"[" * 2_000, "line 1")]
)
def test_a_body_that_is_no_json_says_where(body, at, service):
    status, _, answer = asked(service, request(f"Content-Length: {len(body)}", body=body))
    assert status == 400 and f"not valid JSON in UTF-8 at {at}" in json.loads(answer)["issue"][0]["diagnostics"]


@pytest.mark.parametrize("path", ["/healthz", "/cds-services", "/rules", PATH])
def test_a_body_that_nobody_read_and_nobody_can_read_has_one_answer(service, path):
    """A proxy that keeps connections would give the second one to somebody else."""
    method = "POST" if path == PATH else "GET"
    kind = "Content-Type: text/plain"  # 415 before the body is read
    head = f"{method} {path} HTTP/1.1\r\nHost: x\r\n{kind}\r\n{CHUNKED}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", service.port), DEADLINE_S) as line:
        line.sendall(head.encode() + b"many\r\n{}\r\n0\r\n\r\n")
        answers = b"".join(iter(lambda: line.recv(65536), b""))
    assert answers.count(b"HTTP/1.1 ") == 1
