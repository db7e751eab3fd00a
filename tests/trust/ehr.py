"""A client of the service with keys of its own: tokens as an EHR signs them, and every kind of bad one."""

import base64
import hashlib
import hmac
import json
import time
import uuid

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

BASE = "https://cds.example/mg"
PATH = "/cds-services/magnesium-patient-view"
URL = BASE + PATH
ISSUER = "https://ehr.example/fhir"
JKU = "https://ehr.example/keys/jwks.json"
KID = "c2lnbmluZy1rZXktMQ=="
CURVES = {"ES256": ec.SECP256R1, "ES384": ec.SECP384R1, "ES512": ec.SECP521R1}


def new_key(algorithm="ES384", bits=2048):
    """A fresh private key for the algorithm."""
    if algorithm in CURVES:
        return ec.generate_private_key(CURVES[algorithm]())
    if algorithm == "EdDSA":
        return ed25519.Ed25519PrivateKey.generate()
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def segment(value):
    """One part of a token."""
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


class Ehr:
    """One issuer with one signing key."""

    def __init__(self, issuer=ISSUER, kid=KID, algorithm="ES384", key=None, jku=JKU):
        self.issuer, self.kid, self.algorithm, self.jku = issuer, kid, algorithm, jku
        self.key = key or new_key(algorithm)

    def jwk(self, **changes):
        """The public key as a key set lists it; None leaves a member out."""
        found = json.loads(jwt.get_algorithm_by_name(self.algorithm).to_jwk(self.key.public_key()))
        found = {**found, "kid": self.kid, "alg": self.algorithm, "use": "sig", **changes}
        return {name: value for name, value in found.items() if value is not None and name != "key_ops"}

    def jwks(self):
        """The key set."""
        return {"keys": [self.jwk()]}

    def pem(self):
        """The public key as text."""
        return self.key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    def claims(self, **changes):
        """Good claims with changes; None leaves a claim out."""
        now = int(time.time())
        found = {"iss": self.issuer, "aud": URL, "iat": now, "exp": now + 300, "jti": str(uuid.uuid4()), **changes}
        return {name: value for name, value in found.items() if value is not None}

    def header(self, **changes):
        """A good header with changes; None leaves a member out."""
        found = {"alg": self.algorithm, "typ": "JWT", "kid": self.kid, "jku": self.jku, **changes}
        return {name: value for name, value in found.items() if value is not None}

    def token(self, header=None, **claims):
        """A signed token, whatever stands in it."""
        signed = f"{segment(self.header(**(header or {})))}.{segment(self.claims(**claims))}"
        signature = jwt.get_algorithm_by_name(self.algorithm).sign(signed.encode(), self.key)
        return f"{signed}.{segment(signature)}"

    def bearer(self, **changes):
        """The header of a call."""
        return {"Authorization": f"Bearer {self.token(**changes)}"}


def keyed_with(ehr, secret, name="sha256", alg="HS256"):
    """A token whose HMAC secret is something public."""
    signed = f"{segment(ehr.header(alg=alg))}.{segment(ehr.claims())}"
    return f"{signed}.{segment(hmac.new(secret, signed.encode(), getattr(hashlib, name)).digest())}"


def bad_tokens(ehr):
    """(name, reason in the log, token): each must be refused."""
    now = int(time.time())
    stranger = Ehr(key=new_key())
    head, body, signature = ehr.token().split(".")
    unsigned = [f"{segment(ehr.header(alg=alg))}.{segment(ehr.claims())}." for alg in ("none", "NoNe", "")]
    jwk = json.dumps(ehr.jwk()).encode()
    return [
        *(("alg none", "alg is not one", token) for token in unsigned),
        ("HS256 keyed with the public key", "alg is not one", keyed_with(ehr, ehr.pem())),
        ("HS384 keyed with the public key", "alg is not one", keyed_with(ehr, ehr.pem(), "sha384", "HS384")),
        ("HS256 keyed with the JWK", "alg is not one", keyed_with(ehr, jwk)),
        ("alg not the client's", "alg is not one", Ehr(algorithm="ES256").token()),
        ("alg a list", "not a JWT|alg is not one", ehr.token({"alg": ["ES384"]})),
        ("alg of another kind of key", "alg is not the one of the key", ehr.token({"alg": "RS384"})),
        ("another key under our kid", "signature", stranger.token()),
        ("key in the header", "signature", stranger.token({"jwk": stranger.jwk()})),
        ("certificate in the header", "signature", stranger.token({"x5c": ["MIIB"], "x5u": "https://evil.example"})),
        ("unknown kid", "kid is not among", ehr.token({"kid": "another"})),
        ("no kid", "kid is missing", ehr.token({"kid": None})),
        ("empty kid", "kid is missing", ehr.token({"kid": ""})),
        ("kid a number", "not a JWT|kid is missing", ehr.token({"kid": 1})),
        ("kid endless", "kid is missing", ehr.token({"kid": "k" * 600})),
        ("kid a path", "kid is not among", ehr.token({"kid": "../../etc/passwd"})),
        ("no typ", "typ is not JWT", ehr.token({"typ": None})),
        ("other typ", "typ is not JWT", ehr.token({"typ": "at+jwt"})),
        ("typ a list", "typ is not JWT", ehr.token({"typ": ["JWT"]})),
        ("crit", "not a JWT", ehr.token({"crit": ["exp"]})),
        ("b64", "not a JWT", ehr.token({"b64": False, "crit": ["b64"]})),
        ("unknown issuer", "iss is not", ehr.token(iss="https://attacker.example")),
        ("no issuer", "iss is not", ehr.token(iss=None)),
        ("issuer a list", "iss is not", ehr.token(iss=[ISSUER])),
        ("issuer with a slash more", "iss is not", ehr.token(iss=ISSUER + "/")),
        ("expired", "expired", ehr.token(iat=now - 900, exp=now - 61)),
        ("no exp", "exp is missing", ehr.token(exp=None)),
        ("exp a word", "exp is missing", ehr.token(exp="tomorrow")),
        ("exp true", "exp is missing", ehr.token(exp=True)),
        ("exp endless", "exp is missing|not a JWT", ehr.token(exp=float("inf"))),
        ("exp huge", "exp is missing", ehr.token(exp=10**400)),
        ("exp not a number", "exp is missing|not a JWT", ehr.token(exp=float("nan"))),
        ("lives too long", "exp is not within", ehr.token(iat=now, exp=now + 3601)),
        ("ends before it begins", "exp is not within", ehr.token(iat=now + 30, exp=now + 20)),
        ("not issued yet", "not valid yet", ehr.token(iat=now + 120, exp=now + 300)),
        ("not valid yet", "not valid yet", ehr.token(nbf=now + 120)),
        ("nbf a word", "nbf is missing", ehr.token(nbf="soon")),
        ("no iat", "iat is missing", ehr.token(iat=None)),
        ("no jti", "jti is missing", ehr.token(jti=None)),
        ("empty jti", "jti is missing", ehr.token(jti="")),
        ("jti a number", "jti is missing", ehr.token(jti=7)),
        ("no aud", "aud is not", ehr.token(aud=None)),
        ("aud the base", "aud is not", ehr.token(aud=BASE)),
        ("aud discovery", "aud is not", ehr.token(aud=f"{BASE}/cds-services")),
        ("aud the feedback of the service", "aud is not", ehr.token(aud=f"{URL}/feedback")),
        ("aud another service", "aud is not", ehr.token(aud=f"{BASE}/cds-services/magnesium-order-sign")),
        ("aud longer", "aud is not", ehr.token(aud=URL + "-other")),
        ("aud another host", "aud is not", ehr.token(aud=URL.replace("cds.example", "cds.example.evil.example"))),
        ("aud http", "aud is not", ehr.token(aud=URL.replace("https", "http"))),
        ("aud a list without us", "aud is not", ehr.token(aud=[BASE, "https://b.example", 1, None])),
        ("aud an object", "aud is not", ehr.token(aud={"url": URL})),
        ("claims changed", "signature", f"{head}.{segment(ehr.claims(tenant='other'))}.{signature}"),
        ("signature removed", "signature", f"{head}.{body}."),
        ("signature cut", "signature|not a JWT", f"{head}.{body}.{signature[:-4]}"),
        ("two parts", "not a JWT", f"{head}.{body}"),
        ("five parts", "not a JWT", f"{head}.{body}.{signature}.{body}.{body}"),
        ("claims no object", "not a JWT", f"{head}.{segment([1])}.{signature}"),
        ("claims nested deeply", "not a JWT", f"{head}.{segment(b'[' * 3000)}.{signature}"),
        ("header no object", "not a JWT", f"{segment([1])}.{body}.{signature}"),
        ("opaque", "not a JWT", "opaque-token"),
        ("endless", "longer than", "a" * 9000),
    ]
