"""CDS Hooks, S2 to S4: which tokens let a client in."""

import re
import time

import pytest

from tests.calls import ORIGIN
from tests.trust.ehr import BASE, PATH, URL, Ehr, bad_tokens

KIND = re.compile(r"Token not accepted\. .* request id [0-9a-f-]{36}\.")
TIMES = frozenset({"exp", "iat", "nbf"})
NAMES = [f"{number}-{name}" for number, (name, _, _) in enumerate(bad_tokens(Ehr()))]


def refused(answer):
    """The answer is a 401 that tells its kind only."""
    assert answer.status_code == 401, answer.get_data(as_text=True)
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.headers["Access-Control-Allow-Origin"]
    body = answer.get_json(force=True)
    assert body["resourceType"] == "OperationOutcome"
    assert KIND.fullmatch(body["issue"][0]["diagnostics"])
    return True


@pytest.mark.parametrize("index", range(len(NAMES)), ids=NAMES)
def test_a_bad_token_is_refused_with_the_reason_in_the_log_only(standing_clock, serve, call, ehr, reasons, index):
    _, reason, token = bad_tokens(ehr)[index]
    assert refused(call(serve(), {"Authorization": f"Bearer {token}", "Origin": ORIGIN}))
    (logged,) = reasons()
    assert re.search(reason, logged)


@pytest.mark.parametrize(
    "value", [None, "", "Bearer", "Bearer ", "Basic dXNlcjpwdw==", "Token x", "Bearer a b", "\u00e9"]
)
def test_no_bearer_token(serve, call, value):
    assert refused(call(serve(), {} if value is None else {"Authorization": value}))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"aud": [URL]},
        {"aud": ["https://other.example", URL]},
        {"aud": f"{BASE}//cds-services//magnesium-patient-view/"},
        {"exp": 900.5},
        {"exp": -30, "iat": -100},
        {"iat": 30},
        {"nbf": -300},
        {"tenant": "north"},
        {"sub": "set by hand"},
        {"header": {"typ": "jwt"}},
        {"header": {"jku": None}},
        {"header": {"jku": "https://anywhere.example/keys"}},
    ],
    ids=str,
)
def test_a_good_token_is_accepted(standing_clock, serve, call, ehr, changes):
    now = int(time.time())
    found = {name: now + value if name in TIMES else value for name, value in changes.items()}
    assert call(serve(), ehr.bearer(**found)).status_code == 200


@pytest.mark.parametrize("path", [f"//{PATH}", f"{PATH}/", PATH.replace("/mag", "//mag")])
def test_superfluous_slashes_are_the_same_endpoint(serve, ehr, path):
    answer = serve().post("/", json={}, headers=ehr.bearer(), environ_overrides={"PATH_INFO": path})
    assert answer.status_code == 400


@pytest.mark.parametrize("algorithm", ["ES256", "ES384", "ES512", "RS256", "RS384", "RS512", "PS384"])
def test_every_algorithm_that_the_client_lists(serve, call, trusted, tmp_path, algorithm):
    other = Ehr(algorithm=algorithm)
    client = trusted(algorithms=(algorithm,))
    (tmp_path / "jwks.json").write_text(str(other.jwks()).replace("'", '"'), encoding="utf-8")
    assert call(serve(client), other.bearer()).status_code == 200


@pytest.mark.parametrize("bits", [1024, 2048])
def test_short_rsa_keys_are_refused_and_a_key_need_not_name_its_algorithm(serve, call, trusted, tmp_path, bits):
    other = Ehr(algorithm="RS384")
    if bits < 2048:
        from cryptography.hazmat.primitives.asymmetric import rsa

        other.key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    client = trusted()
    (tmp_path / "jwks.json").write_text(str({"keys": [other.jwk(alg=None)]}).replace("'", '"'), encoding="utf-8")
    assert call(serve(client), other.bearer()).status_code == (200 if bits >= 2048 else 401)


def test_the_algorithm_must_fit_the_curve(serve, call, trusted, tmp_path, ehr):
    small = Ehr(algorithm="ES256")
    client = trusted()
    (tmp_path / "jwks.json").write_text(str({"keys": [small.jwk(alg=None)]}).replace("'", '"'), encoding="utf-8")
    assert refused(call(serve(client), {**small.bearer(header={"alg": "ES384"}), "Origin": ORIGIN}))


def test_a_longer_lifetime_is_a_setting(standing_clock, serve, call, ehr):
    assert call(serve(token_lifetime_s=7200), ehr.bearer(exp=int(time.time()) + 7200)).status_code == 200
    assert call(serve(token_lifetime_s=60), ehr.bearer()).status_code == 401


def test_two_clients_cannot_sign_for_each_other(serve, call, trusted, tmp_path):
    other = Ehr(issuer="https://other.example")
    (tmp_path / "other.json").write_text(str(other.jwks()).replace("'", '"'), encoding="utf-8")
    service = serve(trusted(), trusted(name="other", iss=other.issuer, jwks_file=tmp_path / "other.json"))
    assert call(service, other.bearer()).status_code == 200
    assert call(service, other.bearer(iss="https://ehr.example/fhir")).status_code == 401
