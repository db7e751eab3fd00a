"""CDS Hooks, S5: keys come from the listed place only, follow rotation, and survive an outage."""

import json
import socket
import threading
from contextlib import contextmanager, suppress

import jwt
import pytest
import requests
import responses
from cryptography.hazmat.primitives.asymmetric import ed448, ed25519

from cds_service.call.fhir_access.outcome import NotFetched, Outcome
from cds_service.call.fhir_access.wire import exchange
from cds_service.outgoing import new_session
from cds_service.trust import jwks
from cds_service.trust.clients import Client
from cds_service.trust.jwks import FRESH_S, KEPT_S, REFETCH_S, RETRY_S, KeyProblem, KeyStore, fetch, read_keys
from tests.machine import LONG_S
from tests.trust.ehr import ISSUER, JKU, KID, Ehr


class Clock:
    """Time that passes when told to."""

    now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def web():
    """The web, on which only what a test registers answers; counts the requests."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.fixture
def keys(clock):
    """A key store that renews at once instead of in the background."""
    return KeyStore(clock=clock, later=lambda work: work())


def test_keys_are_fetched_once_from_the_listed_url(serve, call, ehr, by_url, web):
    web.get(JKU, json=ehr.jwks())
    service = serve(by_url)
    assert [call(service, ehr.bearer()).status_code for _ in range(3)] == [200, 200, 200]
    assert len(web.calls) == 1 and web.calls[0].request.headers.get("Authorization") is None


@pytest.mark.parametrize("jku", ["https://attacker.example/k", JKU + "/", JKU.upper(), JKU + "?x", "", 1, [JKU], {}])
def test_a_foreign_jku_is_refused_and_nothing_is_fetched(serve, call, ehr, by_url, web, reasons, jku):
    assert call(serve(by_url), ehr.bearer(header={"jku": jku})).status_code == 401
    assert len(web.calls) == 0
    assert reasons() == ["jku is not the client's listed one"]


@pytest.mark.parametrize("name", ["iss", "alg", "typ", "kid"])
def test_a_token_that_cannot_be_good_fetches_nothing(serve, call, ehr, by_url, web, name):
    changes = (
        {"iss": "https://attacker.example"} if name == "iss" else {"header": {name: "none" if name != "kid" else ""}}
    )
    assert call(serve(by_url), ehr.bearer(**changes)).status_code == 401
    assert len(web.calls) == 0


def test_with_a_key_file_no_jku_is_fetched(serve, call, ehr, web):
    assert call(serve(), ehr.bearer(header={"jku": "https://attacker.example/k"})).status_code == 200
    assert len(web.calls) == 0


def test_a_rotated_key_is_picked_up_once_and_at_a_limited_rate(keys, clock, ehr, by_url, web):
    web.get(JKU, json=ehr.jwks())
    assert keys.find(by_url, KID) and not keys.find(by_url, "new")
    assert len(web.calls) == 1  # fetched a moment ago: an unknown kid costs nothing
    web.upsert(responses.GET, JKU, json={"keys": [ehr.jwk(), Ehr(kid="new").jwk()]})
    clock.now += REFETCH_S
    assert keys.find(by_url, "new") and keys.find(by_url, KID)
    assert [keys.find(by_url, f"made up {number}") for number in range(50)] == [None] * 50
    assert len(web.calls) == 2
    clock.now += REFETCH_S
    assert not keys.find(by_url, "made up") and not keys.find(by_url, "made up")
    assert len(web.calls) == 3


@pytest.mark.parametrize("told", [Ehr(kid="new").jwks(), {"keys": []}, {"keys": [Ehr().jwk(use="enc")]}])
def test_a_withdrawn_key_is_forgotten_when_the_keys_are_renewed(keys, clock, ehr, by_url, web, told):
    web.get(JKU, json=ehr.jwks())
    assert keys.find(by_url, KID)
    web.upsert(responses.GET, JKU, json=told)
    clock.now += FRESH_S + 1
    assert not keys.find(by_url, KID)
    web.upsert(responses.GET, JKU, json=ehr.jwks())
    clock.now += REFETCH_S
    assert keys.find(by_url, KID)


@pytest.mark.parametrize(
    "fault",
    [{"status": 500}, {"body": requests.ConnectTimeout()}, {"body": "<html>"}, {"json": {}}, {"json": {"keys": 1}}],
)
def test_known_keys_outlive_an_outage_but_not_for_ever(keys, clock, ehr, by_url, web, caplog, fault):
    web.get(JKU, json=ehr.jwks())
    assert keys.find(by_url, KID)
    web.upsert(responses.GET, JKU, **fault)
    clock.now += FRESH_S + 1
    assert [bool(keys.find(by_url, KID)) for _ in range(20)] == [True] * 20
    assert len(web.calls) == 2 and "keys not renewed" in caplog.messages
    clock.now += KEPT_S
    assert not keys.find(by_url, KID)


def test_without_any_keys_the_next_try_comes_soon(keys, clock, ehr, by_url, web):
    web.get(JKU, status=503)
    assert not keys.find(by_url, KID) and not keys.find(by_url, KID)
    assert len(web.calls) == 1
    web.upsert(responses.GET, JKU, json=ehr.jwks())
    clock.now += RETRY_S
    assert keys.find(by_url, KID)


def test_renewal_does_not_make_a_call_wait(clock, ehr, by_url, web):
    web.get(JKU, json=ehr.jwks())
    waiting = []
    keys = KeyStore(clock=clock, later=waiting.append)
    keys.find(by_url, KID)
    clock.now += FRESH_S + 1
    assert keys.find(by_url, KID) and len(web.calls) == 1 and len(waiting) == 1
    waiting[0]()
    assert len(web.calls) == 2


def test_keys_are_renewed_in_the_background(clock, ehr, by_url, monkeypatch):
    loads = []
    monkeypatch.setattr(
        jwks, "load_keys", lambda client: loads.append(client) or read_keys(json.dumps(ehr.jwks()).encode())
    )
    keys = KeyStore(clock=clock)
    assert keys.find(by_url, KID)
    clock.now += FRESH_S + 1
    assert keys.find(by_url, KID)
    for thread in [thread for thread in threading.enumerate() if thread.name == "keys"]:
        thread.join(5)
    assert len(loads) == 2


def test_a_changed_key_file_is_read_again(keys, clock, trusted, tmp_path):
    client = trusted()
    assert keys.find(client, KID)
    (tmp_path / "jwks.json").write_text(json.dumps(Ehr(kid="new").jwks()), encoding="utf-8")
    clock.now += REFETCH_S
    assert keys.find(client, "new")
    (tmp_path / "jwks.json").unlink()
    clock.now += FRESH_S + 1
    assert keys.find(client, "new")


def test_a_redirect_is_not_followed(web):
    web.get(JKU, status=302, headers={"Location": "http://169.254.169.254/latest"})
    with pytest.raises(KeyProblem, match="answered 302"):
        fetch(JKU)
    assert len(web.calls) == 1


@pytest.mark.parametrize(
    "where", [b"http://[::1", b"http://\xff", b"http://a:b:c/", b"//[", b"http://\x00", b"\xff\xfe"]
)
def test_a_redirect_to_no_address_is_a_fault_of_who_redirects(where):
    """The library looks at where it leads, though nobody follows: a call ended with 500, counted as our failure."""
    answer = b"HTTP/1.1 302 Found\r\nLocation: " + where + b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    with answering(answer) as base:
        client = Client("ehr", ISSUER, jku=f"{base}/keys")
        with pytest.raises(KeyProblem, match="answered 302"):
            fetch(client.jku)
        with pytest.raises(NotFetched) as problem:
            exchange(new_session(1), "GET", base, (), "", LONG_S)
        assert problem.value.outcome is Outcome.REDIRECT
        assert KeyStore().find(client, "any") is None


@contextmanager
def answering(raw):
    """The address of a server that says this to everybody."""

    def serve():
        with suppress(OSError):
            while True:
                line, _ = listener.accept()
                with line:
                    line.recv(65536)
                    line.sendall(raw)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)


def test_an_answer_that_breaks_its_reader_is_a_fault_of_the_key_server(monkeypatch):
    """Whatever it is: the call is told that the key is not known, and nothing counts as our failure."""
    monkeypatch.setattr(jwks, "_body", lambda _: [][0])
    with answering(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}") as base:
        with pytest.raises(KeyProblem, match="IndexError"):
            fetch(base)
        assert KeyStore().find(Client("ehr", ISSUER, jku=base), "any") is None


def test_a_large_key_set_is_not_read(web):
    web.get(JKU, body=b" " * (jwks.LARGEST + 1))
    with pytest.raises(KeyProblem, match="larger than"):
        fetch(JKU)


@pytest.mark.parametrize(
    "entry",
    [
        {"kty": "oct", "k": "c2VjcmV0", "kid": "x", "alg": "HS256"},
        Ehr().jwk(use="enc"),
        Ehr().jwk(kid=None),
        Ehr().jwk(kid=5),
        Ehr().jwk(x="!!"),
        Ehr().jwk(crv="P-1"),
        Ehr().jwk(alg="none"),
        Ehr().jwk(alg=["ES384"]),
        {"kty": ["EC"]},
        {**Ehr().jwk(), "kty": {"EC": 1}},
        {**Ehr().jwk(), "crv": ["P-384"]},
        {**Ehr().jwk(), "x": {}},
        {**Ehr(algorithm="RS384").jwk(), "e": "AA", "n": "AA"},
        {**Ehr(algorithm="RS384").jwk(), "e": [], "n": None},
        "text",
        None,
    ],
)
def test_unusable_keys_are_left_out(entry, ehr):
    assert list(read_keys(json.dumps({"keys": [entry, ehr.jwk()]}).encode())) == [KID]
    with pytest.raises(KeyProblem, match="no usable key"):
        read_keys(json.dumps({"keys": [entry]}).encode())


@pytest.mark.parametrize("algorithm", ["RS384", "ES384", "EdDSA"])
def test_a_key_told_with_its_private_part_is_nobodys(serve, call, trusted, tmp_path, algorithm):
    careless = Ehr(algorithm=algorithm)
    told = {**json.loads(jwt.get_algorithm_by_name(algorithm).to_jwk(careless.key)), "kid": KID, "use": "sig"}
    listed = trusted(algorithms=(algorithm,))
    (tmp_path / "jwks.json").write_text(json.dumps({"keys": [told]}), encoding="utf-8")
    assert call(serve(listed), careless.bearer()).status_code == 401


def test_the_first_of_two_keys_with_one_id_counts(ehr):
    raw = json.dumps({"keys": [ehr.jwk(), Ehr(algorithm="RS384").jwk()]}).encode()
    assert read_keys(raw)[KID].algorithm == "ES384"


@pytest.mark.parametrize("alg", ["EdDSA", None])
@pytest.mark.parametrize("private", [ed25519.Ed25519PrivateKey, ed448.Ed448PrivateKey])
def test_both_curves_of_edwards_are_read_whether_a_key_tells_its_algorithm_or_not(
    serve, call, trusted, tmp_path, private, alg
):
    """A key of Ed448 that did not was left out, and its tokens refused as if nobody had it."""
    signer = Ehr(algorithm="EdDSA", key=private.generate())
    listed = trusted(algorithms=("EdDSA",))
    (tmp_path / "jwks.json").write_text(json.dumps({"keys": [signer.jwk(alg=alg)]}), encoding="utf-8")
    assert call(serve(listed), signer.bearer()).status_code == 200


def test_a_key_of_an_algorithm_that_is_not_listed_is_refused_in_plain_words(serve, call, trusted, reasons):
    assert call(serve(trusted(algorithms=("ES384",))), Ehr(algorithm="EdDSA").bearer()).status_code == 401
    assert reasons() == ["alg is not one of the client's: ES384"]
