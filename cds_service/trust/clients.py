"""The trusted-clients file: who may call, by which keys, and which FHIR servers may be read for them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from cds_service.run.settings import SettingsError, is_loopback

DEFAULT_ALGORITHMS = ("ES384", "RS384")
ASYMMETRIC = frozenset({"ES256", "ES384", "ES512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "EdDSA"})
_KEYS = frozenset({"name", "iss", "jku", "jwks_file", "algorithms", "fhir_servers", "site", "null_means_failed"})


@dataclass(frozen=True, slots=True)
class Client:
    """One trusted client. `jwks_file` and `site` are absolute paths; `fhir_servers` end without a slash.

    `null_means_failed`: it sends null for a prefetch key whose query failed, where others mean that there is nothing.
    """

    name: str
    iss: str
    jku: str = ""
    jwks_file: Path | None = None
    algorithms: tuple[str, ...] = DEFAULT_ALGORITHMS
    fhir_servers: tuple[str, ...] = ()
    site: Path | None = None
    null_means_failed: bool = False


@dataclass(frozen=True, slots=True)
class Clients:
    """All trusted clients by issuer."""

    by_issuer: dict[str, Client]

    def fhir_servers(self) -> frozenset[str]:
        """The servers of every client, for when nobody is asked who calls."""
        return frozenset(server for client in self.by_issuer.values() for server in client.fhir_servers)


def read_clients(path: Path | None) -> Clients:
    """The clients file, none when there is no path; SettingsError with the client and the reason when it is wrong."""
    if path is None:
        return Clients({})
    try:
        told = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as problem:
        raise SettingsError(f"{path.name}: not a readable YAML file: {problem}") from None
    listed = told.get("clients") if isinstance(told, dict) else None
    if not isinstance(listed, list):
        raise SettingsError(f"{path.name}: needs `clients:` with a list; see docs/clients.md")
    clients = [_read_one(entry, f"{path.name}: client {number}", path.parent) for number, entry in enumerate(listed, 1)]
    if len({client.iss for client in clients}) < len(clients):
        raise SettingsError(f"{path.name}: two clients have the same iss")
    return Clients({client.iss: client for client in clients})


def _read_one(entry: Any, place: str, folder: Path) -> Client:
    if not isinstance(entry, dict) or entry.keys() - _KEYS:
        raise SettingsError(f"{place}: allowed keys are {', '.join(sorted(_KEYS))}")
    for key in ("name", "iss"):
        if not isinstance(entry.get(key), str) or not entry[key]:
            raise SettingsError(f"{place}: {key} is missing")
    if ("jku" in entry) == ("jwks_file" in entry):
        raise SettingsError(f"{place}: needs exactly one of jku and jwks_file")
    return Client(
        name=entry["name"],
        iss=entry["iss"],
        jku=_url(entry["jku"], place) if "jku" in entry else "",
        jwks_file=_file(entry["jwks_file"], folder, place) if "jwks_file" in entry else None,
        algorithms=_algorithms(entry.get("algorithms", DEFAULT_ALGORITHMS), place),
        fhir_servers=tuple(_url(server, place).rstrip("/") for server in entry.get("fhir_servers") or ()),
        site=_file(entry["site"], folder, place) if "site" in entry else None,
        null_means_failed=_flag(entry.get("null_means_failed", False), place),
    )


def _algorithms(told: Any, place: str) -> tuple[str, ...]:
    listed = (told,) if isinstance(told, str) else tuple(told or ())
    wrong = [name for name in listed if name not in ASYMMETRIC]
    if wrong or not listed:
        raise SettingsError(f"{place}: algorithms {wrong} are not allowed; choose from {', '.join(sorted(ASYMMETRIC))}")
    return listed


def _flag(told: Any, place: str) -> bool:
    if not isinstance(told, bool):
        raise SettingsError(f"{place}: null_means_failed must be true or false")
    return told


def _url(told: Any, place: str) -> str:
    parts = urlsplit(told) if isinstance(told, str) else urlsplit("")
    secure = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))
    if not secure or not parts.netloc or parts.query or parts.fragment or parts.username:
        raise SettingsError(f"{place}: {told!r} must be an https URL (http only on loopback), without query or user")
    return str(told)


def _file(told: Any, folder: Path, place: str) -> Path:
    path = (folder / str(told)).resolve()
    if not path.is_file():
        raise SettingsError(f"{place}: no such file: {told}")
    return path
