"""The trusted-clients file: who may call, by which keys, and which FHIR servers may be read for them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cards import KnowledgeError, Places, did_you_mean, parse_yaml, places_of
from cds_service import named_files
from cds_service.dialects import Dialect, read_dialect, shipped, standard
from cds_service.run.settings import SettingsError, is_loopback

DEFAULT_ALGORITHMS = ("ES384", "RS384")
ASYMMETRIC = frozenset({"ES256", "ES384", "ES512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "EdDSA"})
_TOP = "clients"
_LONGEST_NAME = 200  # of the columns of the records
_SERVER_KEYS = frozenset({"url", "open"})
_KEYS = frozenset(
    {"name", "iss", "jku", "jwks_file", "algorithms", "fhir_servers", "site", "null_means_failed", "dialect", "links"}
)


@dataclass(frozen=True, slots=True)
class Client:
    """One trusted client. `jwks_file` and `site` are absolute paths; `fhir_servers` end without a slash.

    `open_servers`: those of them that ask for no token: none is sent to them.
    `null_means_failed`: it sends null for a prefetch key whose query failed, where others mean that there is nothing.
    `links`: how the links begin that it shows, where its dialect shows listed ones only.
    """

    name: str
    iss: str
    jku: str = ""
    jwks_file: Path | None = None
    algorithms: tuple[str, ...] = DEFAULT_ALGORITHMS
    fhir_servers: tuple[str, ...] = ()
    open_servers: frozenset[str] = frozenset()
    site: Path | None = None
    null_means_failed: bool = False
    dialect: Dialect = field(default_factory=standard)
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Clients:
    """All trusted clients by issuer."""

    by_issuer: dict[str, Client]

    def fhir_servers(self) -> frozenset[str]:
        """The servers of every client, for when nobody is asked who calls."""
        return frozenset(server for client in self.by_issuer.values() for server in client.fhir_servers)

    def open_servers(self) -> frozenset[str]:
        """The servers that are open for every client that lists them."""
        clients = self.by_issuer.values()
        closed = {server for client in clients for server in client.fhir_servers if server not in client.open_servers}
        return self.fhir_servers() - closed

    def shared_dialect(self) -> Dialect:
        """The dialect of every client, for when nobody is asked who calls; the standard where they differ."""
        dialects = {client.dialect for client in self.by_issuer.values()}
        return dialects.pop() if len(dialects) == 1 else standard()


def read_clients(path: Path | None) -> Clients:
    """The clients file, none when there is no path; SettingsError with file, line and reason when it is wrong."""
    if path is None:
        return Clients({})
    try:
        text = named_files.text_of(path)
    except (OSError, UnicodeDecodeError) as problem:
        raise SettingsError(f"{path.name}: not a readable YAML file: {problem}") from None
    try:
        return _read(parse_yaml(text, path.name), places_of(text, path.name), path.parent)
    except KnowledgeError as problem:
        raise SettingsError(str(problem)) from None


def _read(told: Any, places: Places, folder: Path) -> Clients:
    if not isinstance(told, dict):
        raise places.error("needs `clients:` with a list; see docs/clients.md")
    for key in told:
        if key != _TOP:
            raise places.error(f"unknown key {key!r}{did_you_mean(str(key), [_TOP])}; see docs/clients.md", str(key))
    listed = told.get(_TOP)
    if not isinstance(listed, list):
        raise places.error("needs `clients:` with a list; see docs/clients.md", _TOP)
    readers = [_Reader(entry, (_TOP, str(number)), places, folder) for number, entry in enumerate(listed)]
    clients: dict[str, Client] = {}
    for reader in readers:
        client = reader.client()
        if client.iss in clients:
            raise reader.error("two clients have the same iss", "iss")
        clients[client.iss] = client
    return Clients(clients)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads one client; an error names its line and number."""

    told: Any
    path: tuple[str, ...]
    places: Places
    folder: Path

    def error(self, reason: str, *path: str) -> KnowledgeError:
        return self.places.error(f"client {int(self.path[-1]) + 1}: {reason}", *self.path, *path)

    def client(self) -> Client:
        self._check()
        told = self.told
        servers, dialect = dict(self._servers()), self._dialect()
        return Client(
            name=told["name"],
            iss=told["iss"],
            jku=self._url(told["jku"], "jku") if "jku" in told else "",
            jwks_file=self._file("jwks_file"),
            algorithms=self._algorithms(),
            fhir_servers=tuple(servers),
            open_servers=frozenset(url for url, is_open in servers.items() if is_open),
            site=self._file("site"),
            null_means_failed=self._flag(told.get("null_means_failed", False), "null_means_failed"),
            dialect=dialect,
            links=self._links(dialect),
        )

    def _check(self) -> None:
        if not isinstance(self.told, dict):
            raise self.error(f"needs a mapping of {', '.join(sorted(_KEYS))}")
        for key in self.told:
            if key not in _KEYS:
                known = f"allowed keys are {', '.join(sorted(_KEYS))}"
                raise self.error(f"unknown key {key!r}{did_you_mean(str(key), _KEYS)}; {known}", str(key))
        for key in ("name", "iss"):
            if not isinstance(self.told.get(key), str) or not self.told[key]:
                raise self.error(f"{key} is missing", key)
        if len(self.told["name"]) > _LONGEST_NAME:
            raise self.error(f"name is longer than {_LONGEST_NAME} characters, which no record takes", "name")
        if ("jku" in self.told) == ("jwks_file" in self.told):
            raise self.error("needs exactly one of jku and jwks_file", "jwks_file")

    def _servers(self) -> Iterator[tuple[str, bool]]:
        """The address of each FHIR server, and whether it is open; each is listed once."""
        seen = set()
        for number, entry in enumerate(self._list("fhir_servers")):
            place = ("fhir_servers", str(number))
            told = entry if isinstance(entry, dict) else {"url": entry}
            for key in told:
                if key not in _SERVER_KEYS:
                    reason = f"unknown key {key!r}{did_you_mean(str(key), _SERVER_KEYS)}"
                    raise self.error(f"{reason}; a FHIR server has url and open", *place, str(key))
            url = self._url(told.get("url"), *place).rstrip("/")
            if url in seen:
                raise self.error(f"the FHIR server {url} is listed twice", *place)
            seen.add(url)
            yield url, self._flag(told.get("open", False), *place, "open")

    def _dialect(self) -> Dialect:
        """One that comes with the service, or that of a file."""
        name = self.told.get("dialect", standard().key)
        if isinstance(name, str) and name in shipped():
            return shipped()[name]
        if isinstance(name, str) and name.endswith(".yaml") and (path := self._file("dialect")):
            return read_dialect(path)
        known = f"allowed are {', '.join(shipped())}, or a file NAME.yaml"
        raise self.error(f"unknown dialect {name!r}{did_you_mean(str(name), shipped())}; {known}", "dialect")

    def _links(self, dialect: Dialect) -> tuple[str, ...]:
        told = tuple(self._url(url, "links", str(number)) for number, url in enumerate(self._list("links")))
        if told and dialect.links != "listed":
            raise self.error(
                f"links contradicts the dialect {dialect.key}, which shows links: {dialect.links}", "links"
            )
        return told

    def _list(self, key: str) -> list[Any]:
        value = self.told.get(key)
        if value is not None and not isinstance(value, list):
            raise self.error(f"{key} needs a list", key)
        return value or []

    def _algorithms(self) -> tuple[str, ...]:
        told = self.told.get("algorithms", DEFAULT_ALGORITHMS)
        listed = [str(name) for name in (told if isinstance(told, list | tuple) else [told])]
        wrong = [name for name in listed if name not in ASYMMETRIC]
        if wrong or not listed:
            known = f"choose from {', '.join(sorted(ASYMMETRIC))}"
            what = f"{wrong[0]!r} is not allowed{did_you_mean(wrong[0], ASYMMETRIC)}" if wrong else "none is named"
            raise self.error(f"algorithms: {what}; {known}", "algorithms")
        return tuple(listed)

    def _flag(self, told: Any, *path: str) -> bool:
        if not isinstance(told, bool):
            raise self.error(f"{path[-1]} must be true or false", *path)
        return told

    def _url(self, told: Any, *path: str) -> str:
        parts = urlsplit(told) if isinstance(told, str) else urlsplit("")
        secure = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))
        if not secure or not parts.netloc or parts.query or parts.fragment or parts.username:
            what = "must be an https URL (http only on loopback), without query or user"
            raise self.error(f"{told!r} {what}", *path)
        return str(told)

    def _file(self, key: str) -> Path | None:
        if key not in self.told:
            return None
        path = (self.folder / str(self.told[key])).resolve()
        if not path.is_file():
            raise self.error(f"no such file: {self.told[key]}", key)
        return path
