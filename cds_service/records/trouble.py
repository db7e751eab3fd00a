"""Why a database cannot be used, in words of ours: those of a driver may hold a password or an address."""

import os
from pathlib import Path

from sqlalchemy.engine import URL

# What PostgreSQL and its driver say, in English, by words that are all in it; of another language the kind of the fault
# alone is told.
_SERVER = (
    (("password authentication failed",), "the server refuses user or password"),
    (("no password supplied",), "the server refuses user or password"),
    (("role ", "does not exist"), "the server knows no such user"),
    (("database ", "does not exist"), "the server runs, but has no such database: create it, owned by this user"),
    (("no pg_hba.conf entry",), "the server admits no such user from this machine (pg_hba.conf)"),
    (("permission denied",), "this user may not make or use tables there: let it own the database"),
    (("must be owner",), "this user may not make or use tables there: let it own the database"),
    (("resolve",), "there is no host of that name"),
    (("translate host name",), "there is no host of that name"),
    (("name or service",), "there is no host of that name"),
    (("refused",), "nothing listens at that host and port"),
    (("timeout",), "the host does not answer in time: look at address and firewall"),
    (("timed out",), "the host does not answer in time: look at address and firewall"),
    (("certificate",), "the encrypted connection failed"),
    (("ssl",), "the encrypted connection failed"),
    (("too many", "connections"), "the server has no connection left"),
    (("too many", "clients"), "the server has no connection left"),
    (("remaining connection slots",), "the server has no connection left"),
    (("readonly",), "it can be read only"),
    (("read-only",), "it can be read only"),
    (("locked",), "another program keeps it locked"),
    (("not a database",), "the file is no SQLite database"),
    (("malformed",), "the file is no SQLite database"),
)


def database_trouble(problem: BaseException, url: URL) -> str:
    """What is wrong, without a word of the driver."""
    cause = getattr(problem, "orig", None) or problem
    if isinstance(cause, ImportError):
        return f"the driver for {url.get_backend_name()} is not installed whole: install the service again"
    if isinstance(cause, OSError) and url.get_backend_name() == "sqlite":
        return _no_file(Path(url.database or ""), cause)
    said = str(cause).lower()
    found = (words for told, words in _SERVER if all(word in said for word in told))
    return next(found, type(cause).__name__)


def _no_file(path: Path, cause: OSError) -> str:
    """The file, or the nearest folder above it that is there."""
    there = next((folder for folder in path.absolute().parents if os.path.exists(folder)), path.parent)
    reason = (cause.strerror or type(cause).__name__).lower()
    if there == path.absolute().parent:
        return f"{path} cannot be opened or made ({reason})"
    return f"there is no folder {path.parent}, and it cannot be made in {there} ({reason})"
