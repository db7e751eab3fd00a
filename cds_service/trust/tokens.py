"""Checks the token of a call: signed by a trusted client, for this endpoint, now, and never used before.

The reason of a refusal is for the log. It is one of the sentences below and quotes nothing of the token.
"""

import math
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import jwt

from cds_service.trust.clients import Client, Clients
from cds_service.trust.jwks import Key, KeyStore
from cds_service.trust.used_tokens import SeenTokens, token_hash

LEEWAY_S = 60
_LONGEST_TOKEN = 8 * 1024
_LONGEST_ID = 512
_SLASHES = re.compile(r"(?<!:)/{2,}")
_NOT_PLAIN = re.compile(r"[^A-Za-z0-9._:/@-]")
_LONGEST_TENANT = 64
_JWT = jwt.PyJWT(options={"enforce_minimum_key_length": True})
_JWT_PROBLEMS = (jwt.PyJWTError, TypeError, ValueError, RecursionError)
_SIGNATURE_ONLY: Any = {f"verify_{claim}": False for claim in ("exp", "nbf", "iat", "aud", "iss", "sub", "jti")}


class Refusal(StrEnum):
    """What kind of fault a token has, for the metrics."""

    NO_TOKEN = "no-token"  # noqa: S105 - a name
    NOT_A_JWT = "not-a-jwt"
    ISSUER = "unknown-issuer"
    HEADER = "header"
    KEY = "unknown-key"
    SIGNATURE = "signature"
    AUDIENCE = "audience"
    TIME = "time"
    CLAIMS = "claims"
    REPLAYED = "replayed"


class TokenRefused(Exception):
    """The token is not accepted: why, and whose it claims to be when that is one of the clients."""

    def __init__(self, kind: Refusal, reason: str, client: Client | None = None) -> None:
        super().__init__(reason)
        self.kind = kind
        self.reason = reason
        self.client = client


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, proven by a token that may be used once; `expires`: when no machine would take it any more."""

    client: Client
    tenant: str
    token: bytes
    expires: float


@dataclass(frozen=True, slots=True)
class TokenCheck:
    """All that a token is checked against."""

    clients: Clients
    keys: KeyStore
    seen: SeenTokens
    base_url: str
    longest_lifetime_s: int
    now: Callable[[], float] = time.time

    def verify(self, authorization: str | None, path: str) -> Caller:
        """Who calls the endpoint of this path; TokenRefused when that is not proven."""
        token = _bearer(authorization)
        header, claims = _unverified(token)
        issuer = claims.get("iss")
        client = self.clients.by_issuer.get(issuer) if isinstance(issuer, str) else None
        if client is None:
            raise TokenRefused(Refusal.ISSUER, "iss is not a listed client")
        try:
            _check_header(header, client)
            _check_signature(token, header, self._key(header, client))
            self._check_claims(claims, path)
        except TokenRefused as problem:
            raise TokenRefused(problem.kind, problem.reason, client) from None
        expires = float(claims["exp"]) + 2 * LEEWAY_S  # at a machine whose clock is behind it is still good
        return Caller(client, _plain(claims.get("tenant")), token_hash(client.iss, claims["jti"]), expires)

    def spend(self, caller: Caller) -> None:
        """Use the token; TokenRefused when it was used before."""
        if not self.seen.first_time(caller.token, caller.expires):
            raise TokenRefused(Refusal.REPLAYED, "jti was used before", caller.client)

    def _key(self, header: Mapping[str, Any], client: Client) -> Key:
        key = self.keys.find(client, header["kid"])
        if key is None:
            raise TokenRefused(Refusal.KEY, "kid is not among the client's keys that can be used")
        if key.algorithm not in (None, header["alg"]):
            raise TokenRefused(Refusal.KEY, "alg is not the one of the key")
        return key

    def _check_claims(self, claims: Mapping[str, Any], path: str) -> None:
        if not _is_id(claims.get("jti")):
            raise TokenRefused(Refusal.CLAIMS, "jti is missing or not a text")
        if not self._is_for(claims.get("aud"), path):
            raise TokenRefused(
                Refusal.AUDIENCE, f"aud is not the base URL {self.base_url} and the path that was called"
            )
        self._check_times(_moment(claims, "iat"), _moment(claims, "exp"), claims)

    def _check_times(self, issued: float, expires: float, claims: Mapping[str, Any]) -> None:
        now = self.now()
        if expires + LEEWAY_S <= now:
            raise TokenRefused(Refusal.TIME, "expired (exp); compare the clocks if it is new")
        if max(issued, _moment(claims, "nbf") if "nbf" in claims else issued) - LEEWAY_S > now:
            raise TokenRefused(Refusal.TIME, "not valid yet (iat or nbf); compare the clocks")
        if not 0 < expires - issued <= self.longest_lifetime_s:
            raise TokenRefused(Refusal.TIME, f"exp is not within {self.longest_lifetime_s} s after iat")

    def _is_for(self, audience: object, path: str) -> bool:
        """Whether the endpoint is meant; superfluous slashes do not make it another one."""
        named = audience if isinstance(audience, list) else [audience]
        wanted = self.base_url.rstrip("/") + path
        return any(isinstance(url, str) and _SLASHES.sub("/", url).rstrip("/") == wanted for url in named)


def _bearer(authorization: str | None) -> str:
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise TokenRefused(Refusal.NO_TOKEN, "no Authorization header with a Bearer token")
    if len(token) > _LONGEST_TOKEN:
        raise TokenRefused(Refusal.NOT_A_JWT, f"the token is longer than {_LONGEST_TOKEN} characters")
    return token.strip()


def _unverified(token: str) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Header and claims, so that the client can be looked up whose key will tell whether they are true."""
    try:
        read = _JWT.decode_complete(token, options={"verify_signature": False})
    except _JWT_PROBLEMS:
        raise TokenRefused(Refusal.NOT_A_JWT, "not a JWT") from None
    return read["header"], read["payload"]


def _check_header(header: Mapping[str, Any], client: Client) -> None:
    """Everything that can be refused before a key is looked for."""
    kind = header.get("typ")
    if not isinstance(kind, str) or kind.upper() != "JWT":
        raise TokenRefused(Refusal.HEADER, "typ is not JWT")
    if header.get("alg") not in client.algorithms:
        raise TokenRefused(Refusal.HEADER, f"alg is not one of the client's: {', '.join(client.algorithms)}")
    if not _is_id(header.get("kid")):
        raise TokenRefused(Refusal.HEADER, "kid is missing or not a text")
    if client.jku and header.get("jku", client.jku) != client.jku:
        raise TokenRefused(Refusal.HEADER, "jku is not the client's listed one")


def _check_signature(token: str, header: Mapping[str, Any], key: Key) -> None:
    try:
        _JWT.decode(token, key.public, algorithms=[header["alg"]], options=_SIGNATURE_ONLY)
    except _JWT_PROBLEMS:
        raise TokenRefused(Refusal.SIGNATURE, "the signature is not that of the client's key") from None


def _moment(claims: Mapping[str, Any], name: str) -> float:
    value = claims.get(name)
    try:
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
            return float(value)
    except OverflowError:  # an integer of hundreds of digits
        pass
    raise TokenRefused(Refusal.CLAIMS, f"{name} is missing or not a number")


def _is_id(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _LONGEST_ID


def _plain(tenant: object) -> str:
    """The tenant, short and without what a log should not hold."""
    return _NOT_PLAIN.sub("", tenant)[:_LONGEST_TENANT] if isinstance(tenant, str) else ""
