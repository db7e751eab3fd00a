"""Why there is no connection is told by its kind: who looks for slowness does not find a wrong certificate."""

import socket
import ssl
import subprocess
import threading

import pytest

from cards import INPUTS
from cds_service import outgoing
from cds_service.call.fhir_access.outcome import NotFetched
from cds_service.call.fhir_access.wire import exchange
from cds_service.outgoing import new_session
from tests.calls import post, request_for
from tests.fhir.conftest import Service, lacking
from tests.machine import wait_for

SECONDS = 5.0


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate that nobody signed but itself."""
    folder = tmp_path_factory.mktemp("certificate")
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    files = ["-keyout", folder / "key.pem", "-out", folder / "cert.pem"]
    subprocess.run([*command, *files], check=True, capture_output=True)
    return folder


class Server:
    """Accepts connections and does one thing to each."""

    def __init__(self, serve):
        self.serve, self.socket = serve, socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]

    def __enter__(self):
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.socket.close()

    def _accept(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()


def reset(connection):
    """Read the request, then break the connection off."""
    connection.recv(65536)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    connection.close()


def hang(connection):
    """Say nothing."""
    connection.recv(65536)
    threading.Event().wait(30)


def outcome_of(url, seconds=SECONDS):
    with pytest.raises(NotFetched) as problem:
        exchange(new_session(1), "GET", url, (), "token", seconds)
    return problem.value.outcome.value


def encrypted(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")

    def serve(connection):
        try:
            context.wrap_socket(connection, server_side=True)
        except (ssl.SSLError, OSError):
            connection.close()

    return serve


def test_a_certificate_that_is_not_trusted(certificate):
    with Server(encrypted(certificate)) as server:
        assert outcome_of(f"https://localhost:{server.port}/Patient/1") == "certificate"


def test_a_certificate_of_another_name(certificate, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate / "cert.pem"))
    monkeypatch.setattr(outgoing, "_trusted", outgoing._trusted.__wrapped__)
    with Server(encrypted(certificate)) as server:
        assert outcome_of(f"https://127.0.0.1:{server.port}/Patient/1") == "certificate"


def test_a_name_that_is_not_known():
    assert outcome_of("https://no-such-host.invalid/Patient/1") == "name-not-found"


def test_a_port_where_nobody_listens():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert outcome_of(f"http://127.0.0.1:{port}/Patient/1") == "connection-refused"


def test_a_connection_that_is_broken_off():
    with Server(reset) as server:
        assert outcome_of(f"http://127.0.0.1:{server.port}/Patient/1") == "connection-reset"


def test_a_server_that_says_nothing():
    with Server(hang) as server:
        assert outcome_of(f"http://127.0.0.1:{server.port}/Patient/1", 0.3) == "timeout"


@pytest.mark.parametrize("deadline", [SECONDS, 0.4])
def test_a_call_tells_it_of_every_key(runtime, certificate, deadline):
    """On a busy machine a short deadline may be over before a certificate is looked at: not in each of some calls."""
    wait_for(lambda: told_of_each(runtime, certificate, deadline) == {1}, "a call tells it of every key")


def told_of_each(runtime, certificate, deadline):
    """How often one call, of a service that knows nothing of the server yet, tells of the certificate, for any key."""
    with Server(encrypted(certificate)) as server:
        base = f"https://localhost:{server.port}/fhir"
        service = Service(runtime, [base], deadline=deadline, timeout=deadline)
        first = [asked.key for asked in INPUTS if not asked.second_look]
        before = {key: service.outcomes(key).get("certificate", 0) for key in first}
        assert post(service.client, lacking(request_for("patient-view"), base=base)).status_code == 412
        return {service.outcomes(key).get("certificate", 0) - before[key] for key in first}
