"""What FHIR servers answer is bounded for a call as a whole, and for all calls that read one server at once."""

import gc
import re
import socket
import threading
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from cards import BY_KEY
from cds_service.call.fhir_access import Gateway, Outcome, Request, Source
from cds_service.call.fhir_access.outcome import NotFetched
from cds_service.call.fhir_access.room import (
    ALWAYS_OF_CALL,
    MOST_OF_CALL,
    MOST_OF_CLIENT,
    MOST_OF_SERVER,
    CallRoom,
    ServerRoom,
)
from cds_service.call.fhir_access.wire import MOST_BYTES
from tests.calls import cards
from tests.fhir.conftest import TOKEN, Service, complete, lacking
from tests.machine import LONG_S, wait_for

MB = 1024 * 1024
NAMES = ("medication list", "medicines given", "home medicines", "problem list", "kidney", "inpatient", "allergy list")


class _Large(BaseHTTPRequestHandler):
    """Answers every search with an empty Bundle of so many bytes, and another page after it."""

    protocol_version = "HTTP/1.1"
    size: int
    asked: list

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def do_GET(self):
        self.asked.append(self.path)
        base = f"http://127.0.0.1:{self.server.server_port}/fhir"
        link = f'[{{"relation": "next", "url": "{base}/Observation?page={len(self.asked)}"}}]'
        raw = f'{{"resourceType": "Bundle", "type": "searchset", "entry": [], "link": {link}}}'.encode().ljust(
            self.size
        )
        self.send_response(200)
        self.send_header("Content-Type", "application/fhir+json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        with suppress(OSError):  # of what is too much nobody reads the rest
            self.wfile.write(raw)

    def log_message(self, *_):
        pass


@contextmanager
def large(size):
    """(address of the server, the paths that it was asked for)."""
    asked = []
    made = type("Large", (_Large,), {"size": size, "asked": asked})
    with ThreadingHTTPServer(("127.0.0.1", 0), made) as http:
        threading.Thread(target=http.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{http.server_port}/fhir", asked
        http.shutdown()


def visit(gateway, base):
    return Source(gateway, frozenset({base})).visit(base, TOKEN, "", True)


def test_all_pages_of_a_call_have_so_many_bytes_together():
    """Of 20 pages of 4 MB each 80 MB were read, for each of the queries of a call at the same time."""
    with large(4 * MB) as (base, asked):
        found = visit(Gateway(LONG_S, LONG_S), base).fetch({"magnesium": Request("Observation")})["magnesium"]
    assert found.outcome is Outcome.TOO_LARGE and not found.complete
    assert len(found.pages) == MOST_OF_CALL // (4 * MB) and len(asked) == len(found.pages) + 1


def test_all_queries_of_a_call_have_so_many_bytes_together_and_nothing_more_is_asked():
    with large(4 * MB) as (base, asked):
        made = visit(Gateway(LONG_S, LONG_S), base)
        found = made.fetch({str(number): Request("Observation") for number in range(9)})
        assert {one.outcome for one in found.values()} == {Outcome.TOO_LARGE}
        assert sum(len(one.pages) for one in found.values()) <= MOST_OF_CALL // (4 * MB)
        before = len(asked)
        later = made.fetch({"more": Request("Medication", "m1")})["more"]
    assert later.outcome is Outcome.TOO_LARGE and len(asked) == before


def test_each_key_that_was_not_read_is_told(runtime, templates):
    """No card says that all is well of what was too much to be read."""
    unread = [key for key in templates if key not in ("patient", "magnesium")]
    with large(4 * MB) as (base, _):
        service = Service(runtime, [base], LONG_S, LONG_S)
        answer = service.post(lacking(complete("patient-view", templates), unread, base=base))
    asked = [key for key in unread if not BY_KEY[key].second_look]
    assert all(service.outcomes(key) == {"too-large": 1} for key in asked) and len(asked) > 4
    (told,) = re.findall(r"Not available to this check: (.*)\. Look", cards(answer)[0]["detail"])
    assert all(name in told for name in NAMES)


def test_calls_that_read_much_of_one_server_share_its_room_and_give_it_back():
    gateway = Gateway(LONG_S, LONG_S)
    with large(4 * MB) as (base, _):
        one, other = visit(gateway, base), visit(gateway, base)
        assert {len(call.fetch({"a": Request("Observation")})["a"].pages) for call in (one, other)} == {1, 2}
        del one, other
        wait_for(lambda: gateway.server(base).room.held == 0, "the threads that read for them have let go")
        assert len(visit(gateway, base).fetch({"a": Request("Observation")})["a"].pages) == 2


@contextmanager
def unfinished(said):
    """The address of a server that says so much to whoever connects, and nothing more."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        kept = []

        def answer():
            with suppress(OSError):  # the listener is closed
                kept.append(listener.accept()[0])
                kept[0].sendall(said)

        threading.Thread(target=answer, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/fhir"
        for one in kept:
            one.close()


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/fhir+json\r\nContent-Length: 9\r\n\r\n{"


@pytest.mark.parametrize(
    ("said", "request_made"),
    [(b"", Request("Observation", optional=True)), (b"", Request("Observation")), (HEAD, Request("Observation"))],
    ids=["silent, of which the breaker does not hear", "silent", "half an answer"],
)
def test_what_fails_holds_no_room_until_garbage_is_collected(said, request_made):
    """A slow server was soon not read any more: faults kept the frames of the call, and so all that it had read."""
    gateway = Gateway(0.3, 0.3)
    gc.disable()
    try:
        with unfinished(said) as base:
            made = visit(gateway, base)
            made.limits.room.take(2 * MB)
            assert made.fetch({"a": request_made})["a"].outcome is Outcome.TIMEOUT
            assert gateway.server(base).room.held
            del made
            wait_for(lambda: gateway.server(base).room.held == 0, "nobody reads for the call any more")
    finally:
        gc.enable()


def test_a_usual_call_is_read_however_much_others_read():
    server = ServerRoom()
    assert server.take(MOST_OF_SERVER)
    call = CallRoom(server)
    call.take(ALWAYS_OF_CALL)
    with pytest.raises(NotFetched) as refused:
        call.take(1)
    assert refused.value.outcome is Outcome.TOO_LARGE
    server.give_back(MOST_OF_SERVER)
    call.take(1)


def test_one_client_leaves_room_for_the_others_and_gives_it_back():
    gateway = Gateway(shared=True)
    one, other = gateway.server("base", "a").room, gateway.server("base", "b").room
    assert one.take(MOST_OF_CLIENT) and not one.take(1)
    assert other.take(MOST_OF_SERVER - MOST_OF_CLIENT) and not other.take(1)
    one.give_back(MOST_OF_CLIENT)
    assert other.take(1) and one.take(1)
    assert gateway.server("elsewhere", "b").room.take(MOST_OF_CLIENT)


def test_one_answer_leaves_room_for_others_of_the_call():
    assert MOST_BYTES < MOST_OF_CALL < MOST_OF_SERVER
