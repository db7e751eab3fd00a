"""A small FHIR server that answers the prefetch queries of one request, late or wrongly where a test says so."""

import json
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from cds_service.call.fhir_access import request_of

HANG_SECONDS = 60


class Stub:
    """Serves `answers` (from `answers_of`) below `base` on loopback.

    `fault`: "hang", "drop", "half" or "trickle" for every request; `page_size` pages searches;
    `together`: no request is answered before so many have come;
    `silent`: it does not say that it keeps connections, though it does;
    `latency`: seconds before each answer;
    `heads`: whether it answers HEAD;
    `unknown`: parameters that it does not know, and answers with an OperationOutcome of status `refusal`.
    """

    def __init__(
        self,
        answers,
        fault=None,
        page_size=None,
        silent=False,
        together=1,
        unknown=(),
        refusal=400,
        latency=0.0,
        heads=True,
    ):
        self.answers, self.fault, self.page_size = answers, fault, page_size
        self.log, self.pages, self.closing = [], {}, threading.Event()
        self.peers, self.silent = [], silent
        self.unknown, self.refusal = frozenset(unknown), refusal
        self.parameters, self.latency, self.heads = set(), latency, heads
        self.gate = threading.Barrier(together)
        self.http = _Http(("127.0.0.1", 0), type("Handler", (_Handler,), {"stub": self}))
        self.base = f"http://127.0.0.1:{self.http.server_address[1]}/fhir"

    def __enter__(self):
        threading.Thread(target=self.http.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.closing.set()
        self.http.shutdown()
        self.http.server_close()

    def find(self, path, pairs):
        """The answer to a request, or None."""
        if "page" in dict(pairs):
            return self._page(*self.pages[dict(pairs)["page"]])
        found = self.answers.get((path, frozenset(pairs))) or self._simpler(path, frozenset(pairs))
        size = self.page_size
        return self._page(found, 0) if found and size and found["resourceType"] == "Bundle" else found

    def _simpler(self, path, pairs):
        """The answer to a search without the parameters that are not known."""
        if not self.unknown or not pairs:
            return None
        return next((found for (kind, asked), found in self.answers.items() if kind == path and pairs < asked), None)

    def refuses(self, pairs):
        """Whether a search has a parameter that is not known."""
        return not self.unknown.isdisjoint(name for name, _ in pairs)

    def _page(self, bundle, start):
        end = start + self.page_size
        page = {**bundle, "entry": bundle.get("entry", [])[start:end]}
        if end < len(bundle.get("entry", [])):
            name = f"p{len(self.pages)}"
            self.pages[name] = (bundle, end)
            page["link"] = [{"relation": "next", "url": f"{self.base}?page={name}"}]
        return page


def answers_of(body, templates):
    """What a server answers to the templates of a request whose prefetch is complete."""
    answers = {}
    for key, template in templates.items():
        request = request_of(template, body["context"]["patientId"])
        answers[request.path, frozenset(request.pairs)] = body["prefetch"][key]
    return answers


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


class _Handler(BaseHTTPRequestHandler):
    stub: Stub
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self):
        url = urlsplit(self.path)
        self.answer(url.path, parse_qsl(url.query))

    do_HEAD = do_GET

    def do_POST(self):
        form = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.answer(self.path.removesuffix("/_search"), parse_qsl(form))

    def answer(self, path, pairs):
        stub = self.stub
        stub.peers.append(self.client_address)
        stub.log.append((self.command, self.path, self.headers.get("Authorization")))
        stub.gate.wait(HANG_SECONDS)
        stub.closing.wait(stub.latency)
        if stub.fault == "hang":
            stub.closing.wait(HANG_SECONDS)
        if stub.fault in ("hang", "drop"):
            self.close_connection = True
            return
        stub.parameters |= {name for name, _ in pairs}
        refused = stub.refuses(pairs)
        known = stub.heads or self.command != "HEAD"
        found = None if refused else stub.find(path.removeprefix("/fhir").strip("/"), pairs)
        raw = json.dumps(found or {"resourceType": "OperationOutcome", "issue": []}).encode()
        self.send_response(501 if not known else stub.refusal if refused else 200 if found else 404)
        self.send_header("Content-Type", "application/fhir+json")
        if not stub.silent:
            self.send_header("Connection", "keep-alive")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.write(raw)

    def write(self, raw):
        if self.command == "HEAD":
            return
        self.close_connection = self.stub.fault in ("half", "trickle")
        if self.stub.fault == "trickle":
            self.trickle(raw)
        else:
            self.wfile.write(raw[: len(raw) // 2] if self.stub.fault == "half" else raw)

    def trickle(self, raw):
        with suppress(OSError):
            for byte in raw:
                if self.stub.closing.wait(0.05):
                    return
                self.wfile.write(bytes([byte]))

    def log_message(self, *_):
        pass
