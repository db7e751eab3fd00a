"""Every setting of the service: environment variables with the prefix MAGNESIUM_CDS_, checked at start."""

import ipaddress
import os
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from cds_service.run.database_address import SQLITE as SQLITE
from cds_service.run.database_address import check_database_address

PREFIX = "MAGNESIUM_CDS_"
MEGABYTE = 1024 * 1024


class SettingsError(ValueError):
    """A setting that cannot be used; the message names it and says what to do."""


class Auth(StrEnum):
    """Whether clients must present a token."""

    REQUIRED = "required"
    OFF = "off"


class MissingData(StrEnum):
    """The answer when required data cannot be had: the status of the specification, or a card that says so."""

    PRECONDITION_FAILED = "412"
    CARD = "card"


class LogLevel(StrEnum):
    """How much is logged."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


def _lower(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


def _listed(value: object) -> object:
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def _readable(path: Path | None) -> Path | None:
    if path is not None and not path.is_file():
        raise ValueError("no such file")
    return path


File = Annotated[Path | None, AfterValidator(_readable)]


class Settings(BaseSettings):
    """The settings; a default is right for production."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore", env_ignore_empty=True)

    auth: Annotated[Auth, BeforeValidator(_lower)] = Field(
        default=Auth.REQUIRED,
        description="`required`: every call carries a token. `off`: nobody is asked; loopback only.",
    )
    allow_insecure: bool = Field(
        default=False, description="`1` allows `MAGNESIUM_CDS_AUTH=off` on an address that others can reach."
    )
    base_url: str = Field(
        default="", pattern=r"^(https?://[^\s?#]+)?$", description="Public URL of the service, as clients call it."
    )
    pages_url: str = Field(
        default="",
        pattern=r"^(https?://[^\s?#]+)?$",
        description="URL at which browsers reach the pages of the service, where it is not the one that clients call: "
        "cards name the page of their rule (`/rules/NAME`) below it [none: `MAGNESIUM_CDS_BASE_URL`].",
    )
    clients: File = Field(default=None, description="Path of the trusted-clients file (YAML).")
    database_url: Annotated[str, AfterValidator(check_database_address)] = Field(
        default="",
        repr=False,  # may hold a password
        description="Where records are kept: `sqlite:///PATH` or `postgresql://USER:PASSWORD@HOST/NAME` "
        "[none: `magnesium-cds/magnesium.sqlite` in the data directory of the user].",
    )
    state_dir: Path | None = Field(
        default=None,
        description="Folder on a local disk for what this machine must not lose: records that wait for the database, "
        "the key of the hashes [none: `PATH.state` beside a SQLite file, else `magnesium-cds/state`].",
    )
    secret: str = Field(
        default="",
        repr=False,
        pattern=r"^(.{32,})?$",
        description="Key of the hashes by which answered advice is known again, 32 characters or more; the same on all "
        "machines [none: each machine makes its own].",
    )
    quiet_once_shown: bool = Field(
        default=True,
        description="`0` repeats cards that the same user was shown before and did not answer.",
    )
    retention_days: int = Field(default=730, ge=1, le=36_500, description="Days for which records are kept.")
    keep_comments: bool = Field(
        default=False,
        description="`1` keeps the comments clinicians write when they override a card; these may hold patient data.",
    )
    insights_token: str = Field(
        default="",
        repr=False,
        pattern=r"^(\S{16,})?$",
        description="Opens `/insights` to who sends it as bearer token or as password, 16 characters or more.",
    )
    insights_header: str = Field(
        default="",
        pattern=r"^([A-Za-z0-9\-]+=.+)?$",
        description="`NAME=VALUE`: opens `/insights` to requests with this header, which a proxy in front must set "
        "itself and remove from what comes in. With neither setting `/insights` is off.",
    )
    metrics_token: str = Field(
        default="",
        repr=False,
        pattern=r"^(\S{16,})?$",
        description="Opens `/metrics` to who sends it as bearer token [none: only to this machine itself].",
    )
    token_lifetime_s: int = Field(
        default=3600, ge=60, le=86400, description="Longest lifetime of a token in seconds, from `iat` to `exp`."
    )
    token_lookup_ms: int = Field(
        default=50,
        ge=1,
        le=10_000,
        description="Milliseconds that an answer waits for the database to say whether its token was used before; then "
        "the memory of the worker decides.",
    )
    rate_per_minute: int = Field(
        default=6000, ge=0, description="Calls per minute of one client to one worker, more are answered 429; `0`: any."
    )
    site: File = Field(
        default=None,
        description="Path of the site file (YAML): thresholds, formulary, codes, protocol, units, words, switches.",
    )
    cors_origins: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed)] = Field(
        default=("*",), description="Origins of browser clients, separated by commas; `*` is every origin."
    )
    missing_data: Annotated[MissingData, BeforeValidator(_lower)] = Field(
        default=MissingData.PRECONDITION_FAILED,
        description="When magnesium results cannot be had: `412`, or `card` for a 200 with a card that says so.",
    )
    max_body_mb: int = Field(
        default=5, ge=1, le=100, description="Largest request body in MB; a larger one is answered 413."
    )
    max_entries: int = Field(
        default=50_000, ge=1, description="Most entries of all Bundles in a request; more are answered 413."
    )
    evaluation_ms: int = Field(
        default=2000,
        ge=1,
        le=60_000,
        description="Milliseconds of processor time for reading the resources of one request; more are answered 413.",
    )
    fhir_deadline_ms: int = Field(
        default=400,
        ge=0,
        le=30_000,
        description="Milliseconds for all that is fetched from a FHIR server in one call; `0`: nothing is fetched.",
    )
    fhir_timeout_ms: int = Field(
        default=350, ge=1, le=30_000, description="Milliseconds for one answer of a FHIR server."
    )
    log_level: Annotated[LogLevel, BeforeValidator(_lower)] = Field(
        default=LogLevel.INFO, description="`debug`, `info`, `warning` or `error`. No level logs patient data."
    )
    workers: int = Field(
        default=0, ge=0, le=256, description="Worker processes of `serve`; `0` is one per processor core."
    )

    @property
    def pages_base(self) -> str:
        """Where browsers find the pages, without a slash at the end; "" when nobody knows."""
        return (self.pages_url or self.base_url).rstrip("/")

    @property
    def pages_path(self) -> str:
        """The path before that of a page, as a browser sees it: a proxy may have taken it away."""
        return urlsplit(self.pages_base).path

    @property
    def max_body_bytes(self) -> int:
        """Largest request body in bytes."""
        return self.max_body_mb * MEGABYTE

    @property
    def worker_count(self) -> int:
        """Worker processes to start."""
        return self.workers or os.cpu_count() or 1


def load_settings() -> Settings:
    """The settings of this environment; SettingsError naming every variable that is wrong."""
    try:
        return Settings()
    except ValidationError as problem:
        raise SettingsError("\n".join(_sentence(dict(error)) for error in problem.errors())) from None


def unknown_settings(environment: Mapping[str, str]) -> list[str]:
    """A sentence for each variable that has our prefix and is no setting; what it was meant to set is not set."""
    known = {name.upper() for name in Settings.model_fields}
    ours = sorted(name for name in environment if name.startswith(PREFIX))
    unknown = [name for name in ours if name.removeprefix(PREFIX) not in known]
    return [f"{name} is not a setting{_did_you_mean(name, known)} (see docs/settings.md)" for name in unknown]


def _did_you_mean(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name.removeprefix(PREFIX), sorted(known), 1)
    return f"; did you mean {PREFIX}{near[0]}" if near else ""


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _sentence(error: dict[str, object]) -> str:
    place = error.get("loc")
    name = str(place[0]).upper() if isinstance(place, tuple) and place else "?"
    shown = f"={error.get('input')!s}" if name.lower() not in _unshown() else ""
    reason = str(error.get("msg")).removeprefix("Value error, ")
    return f"{PREFIX}{name}{shown}: {reason}. See docs/settings.md."


def _unshown() -> frozenset[str]:
    return frozenset(name for name, info in Settings.model_fields.items() if not info.repr)
