"""The address of a database, checked in words; what is told never shows it, for it may hold a password."""

from difflib import get_close_matches
from urllib.parse import SplitResult, urlsplit

SQLITE = "sqlite:///"
POSTGRESQL = "postgresql"
_FORMS = f"Write {SQLITE}PATH or {POSTGRESQL}://USER:PASSWORD@HOST/NAME"
_OTHER_NAMES = {"postgres": POSTGRESQL, "pg": POSTGRESQL, "psql": POSTGRESQL}


def check_database_address(told: str) -> str:
    """The address when it is one of a database that can be used, or ""; else ValueError with what to write."""
    if not told or (told.startswith(SQLITE) and len(told) > len(SQLITE)):
        return told
    scheme, found, rest = told.partition("://")
    if not found:
        raise ValueError(f"it is no address of a database. {_FORMS}")
    if scheme == "sqlite":
        raise ValueError(f"a SQLite file needs three slashes, and a fourth where its path begins with one. {_FORMS}")
    if scheme != POSTGRESQL:
        raise ValueError(f"{_unknown(scheme)}. {_FORMS}")
    _check_server(_split(rest))
    return told


def _unknown(scheme: str) -> str:
    """What is told of the part before `://`; that is no secret."""
    name, plus, driver = scheme.lower().partition("+")
    if name == POSTGRESQL and plus:
        return f"name no driver (+{driver}): the service brings its own"
    near = _OTHER_NAMES.get(name) or next(iter(get_close_matches(name, ("sqlite", POSTGRESQL), 1)), "")
    return f"records are kept in SQLite or PostgreSQL, not in {scheme!r}" + (f"; did you mean {near}?" if near else "")


def _split(rest: str) -> SplitResult:
    try:
        parts = urlsplit(f"//{rest}")
        parts.port  # noqa: B018 - read to have it checked
    except ValueError:
        raise ValueError(
            "host or port cannot be read. In a user or a password write : as %3A, / as %2F, @ as %40, # as %23, "
            f"? as %3F. {_FORMS}"
        ) from None
    return parts


def _check_server(parts: SplitResult) -> None:
    if "@" in parts.path or "@" in parts.fragment or "@" in parts.query:
        raise ValueError(f"in a user or a password write / as %2F, # as %23, ? as %3F. {_FORMS}")
    if not parts.path.strip("/"):
        raise ValueError(f"it names no database behind the host. {_FORMS}")
