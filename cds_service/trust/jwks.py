"""Keys of the trusted clients: from their file or their listed URL, cached, and kept when the key server is down."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import jwt
import requests

from cds_service.fhir_json import as_dict, as_text, parse_json
from cds_service.named_files import bytes_of
from cds_service.outgoing import new_session, within
from cds_service.records.log import record_trouble
from cds_service.trust.clients import Client

FRESH_S = 600
REFETCH_S = 60  # an unknown kid costs the key server one request in this time, whoever sends it
RETRY_S = 5  # as long as there are no keys at all
KEPT_S = 24 * 3600
LARGEST = 256 * 1024
LONGEST_FETCH_S = 3.0
MOST_WAITING = 4  # calls of one client that wait for its keys; of more, each would hold a thread of the service
MOST_WAITING_IN_ALL = 8  # of all clients: a stranger without any key can have the keys of each asked for
_CHUNK = 16 * 1024
_ACCEPT = {"Accept": "application/jwk-set+json, application/json"}
_KINDS = frozenset({"EC", "RSA", "OKP"})
_CURVES_OF_EDWARDS = "OKP"  # Ed25519 and Ed448, both of the algorithm EdDSA; the library guesses it for the first only
_PRIVATE = "d"  # of a key of each of these kinds (RFC 7518, RFC 8037)


class KeyProblem(Exception):
    """Keys cannot be had; the message says why."""


class NoKeys(KeyProblem):
    """The key server tells a set, and no key in it can be used: what it told before is withdrawn."""


@dataclass(frozen=True, slots=True)
class Key:
    """A public key, and the only algorithm it may be used with when its owner says so."""

    algorithm: str | None
    public: Any


Keys = Mapping[str, Key]


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a key server answered; `date` is the time of its clock as it wrote it."""

    raw: bytes
    date: str


@dataclass
class _KeySet:
    keys: Keys = field(default_factory=dict)
    loaded: float = float("-inf")
    tried: float = float("-inf")
    lock: threading.Lock = field(default_factory=threading.Lock)
    room: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(MOST_WAITING))

    def usable(self, now: float) -> Keys:
        return self.keys if now - self.loaded < KEPT_S else {}

    def may_try(self, now: float) -> bool:
        return now - self.tried >= (REFETCH_S if self.usable(now) else RETRY_S)


class KeyStore:
    """The keys of all clients, in the memory of one process."""

    def __init__(
        self,
        load: Callable[[Client], Keys] | None = None,
        clock: Callable[[], float] = time.monotonic,
        later: Callable[[Callable[[], None]], None] | None = None,
    ) -> None:
        self._load = load or load_keys
        self._clock = clock
        self._later = later or _in_background
        self._sets: dict[str, _KeySet] = {}
        self._room = threading.Semaphore(MOST_WAITING_IN_ALL)

    def find(self, client: Client, kid: str) -> Key | None:
        """The client's key of this id; keys past their time are renewed without making the caller wait."""
        keyset = self._sets.setdefault(client.iss, _KeySet())
        now = self._clock()
        if kid not in keyset.usable(now):
            self._renew(client, keyset)
        elif now - keyset.loaded > FRESH_S and keyset.may_try(now) and not keyset.lock.locked():
            self._later(lambda: self._load_once(client, keyset))
        return keyset.usable(self._clock()).get(kid)

    def _renew(self, client: Client, keyset: _KeySet) -> None:
        """Load the keys: a few calls wait for them, more get no key at once.

        Where calls of other clients have all the room the keys are loaded all the same, for the next call.
        """
        with _one_of(keyset.room) as his, _one_of(self._room) as free:
            if his and free:
                self._load_once(client, keyset)
            elif his and not keyset.lock.locked():
                self._later(lambda: self._load_once(client, keyset))

    def _load_once(self, client: Client, keyset: _KeySet) -> None:
        """Load the keys, unless others did meanwhile.

        A key server that fails is left alone for a while, counted from the end of the failure.
        """
        with keyset.lock:
            if keyset.may_try(self._clock()):
                self._load_into(keyset, client)

    def _load_into(self, keyset: _KeySet, client: Client) -> None:
        now = keyset.tried = self._clock()
        try:
            keyset.keys, keyset.loaded = self._load(client), now
        except KeyProblem as problem:
            if isinstance(problem, NoKeys):
                keyset.keys = {}
            record_trouble("keys not renewed", client=client.name, problem=str(problem))
        finally:
            keyset.tried = self._clock()


@contextmanager
def _one_of(room: threading.Semaphore) -> Iterator[bool]:
    """Whether there was room for one more, who has it until the end of the block."""
    free = room.acquire(blocking=False)
    try:
        yield free
    finally:
        if free:
            room.release()


def _in_background(work: Callable[[], None]) -> None:
    threading.Thread(target=work, name="keys", daemon=True).start()


def load_keys(client: Client) -> Keys:
    """The client's keys as they are now; KeyProblem when there is none to be had."""
    return read_keys(fetch(client.jku).raw if client.jwks_file is None else _read(client))


def _read(client: Client) -> bytes:
    try:
        return bytes_of(client.jwks_file) if client.jwks_file else b""
    except OSError as problem:
        raise KeyProblem(f"the key file is not readable ({type(problem).__name__})") from None


def fetch(url: str) -> Fetched:
    """The answer of a listed key server: nothing large, slow or redirected.

    It is asked by a thread of its own: a name that is looked up slowly, or has many silent addresses, keeps no limit.
    """
    told: Future[Fetched] = Future()
    threading.Thread(target=_settle, args=(told, url), name="key server", daemon=True).start()
    try:
        return told.result(LONGEST_FETCH_S)
    except TimeoutError:
        raise KeyProblem("the key server is not found, or does not answer, in time") from None


def _settle(told: Future[Fetched], url: str) -> None:
    try:
        told.set_result(_asked(url))
    except Exception as problem:  # whoever waits is told
        told.set_exception(problem)


def _asked(url: str) -> Fetched:
    try:
        with (
            new_session(1, through_proxy=True) as session,
            session.get(
                url, headers=_ACCEPT, timeout=within(LONGEST_FETCH_S), allow_redirects=False, stream=True
            ) as answer,
        ):
            if answer.status_code != 200:
                raise KeyProblem(f"the key server answered {answer.status_code}")
            return Fetched(_body(answer), answer.headers.get("Date", ""))
    except requests.RequestException as problem:
        raise KeyProblem(f"the key server cannot be reached ({type(problem).__name__})") from None
    except KeyProblem:
        raise
    except Exception as problem:  # an answer that breaks its reader
        raise KeyProblem(f"what the key server answers cannot be read ({type(problem).__name__})") from None


def _body(answer: requests.Response) -> bytes:
    body = bytearray()
    for chunk in answer.iter_content(_CHUNK):
        body += chunk
        if len(body) > LARGEST:
            raise KeyProblem(f"the key set is larger than {LARGEST} bytes")
    return bytes(body)


def read_keys(raw: bytes) -> Keys:
    """The signing keys of a JWK set by id; NoKeys when it holds none, KeyProblem when it is no key set."""
    try:
        told = as_dict(parse_json(raw)).get("keys")
    except ValueError:
        raise KeyProblem("the key set is not JSON") from None
    if not isinstance(told, list):
        raise KeyProblem("what the key server answers is no key set: it has no list of keys")
    keys: dict[str, Key] = {}
    for entry in map(as_dict, told):
        kid, key = as_text(entry.get("kid")), _key(entry)
        if kid and key:
            keys.setdefault(kid, key)
    if not keys:
        raise NoKeys("the key set has no usable key: each needs kid, kty EC, RSA or OKP, use sig, and no private part")
    return keys


def _key(entry: dict[str, object]) -> Key | None:
    """The public key of one entry; symmetric, encrypting, private and broken ones are left out."""
    if _PRIVATE in entry:  # whoever reads the set can sign with it
        return None
    if as_text(entry.get("kty")) not in _KINDS or entry.get("use", "sig") != "sig":
        return None
    try:
        public = jwt.PyJWK(entry, "EdDSA" if entry["kty"] == _CURVES_OF_EDWARDS else None).key
    except Exception:  # whatever is wrong with it: the others count
        return None
    return Key(as_text(entry.get("alg")), public)
