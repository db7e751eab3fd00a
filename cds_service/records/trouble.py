"""Why a database cannot be used, in words of ours: those of a driver may hold a password or an address."""

import re
from pathlib import Path

from sqlalchemy.engine import URL

# what PostgreSQL and its driver say, in English; of another language the kind of the fault alone is told
_SERVER = (
    (r"password authentication failed|no password supplied", "the server refuses user or password"),
    (r"role .* does not exist", "the server knows no such user"),
    (r"database .* does not exist", "the server runs, but has no such database: create it, owned by this user"),
    (r"no pg_hba.conf entry", "the server admits no such user from this machine (pg_hba.conf)"),
    (r"permission denied|must be owner", "this user may not make or use tables there: let it own the database"),
    (r"resolve|translate host name|Name or service", "there is no host of that name"),
    (r"refused", "nothing listens at that host and port"),
    (r"timeout|timed out", "the host does not answer in time: look at address and firewall"),
    (r"certificate|SSL", "the encrypted connection failed"),
    (r"too many (clients|connections)|remaining connection slots", "the server has no connection left"),
    (r"readonly|read-only", "it can be read only"),
    (r"locked", "another program keeps it locked"),
    (r"not a database|malformed", "the file is no SQLite database"),
)


def database_trouble(problem: BaseException, url: URL) -> str:
    """What is wrong, without a word of the driver."""
    cause = getattr(problem, "orig", None) or problem
    if isinstance(cause, ImportError):
        return f"the driver for {url.get_backend_name()} is not installed whole: install the service again"
    if isinstance(cause, OSError) and url.get_backend_name() == "sqlite":
        return _no_file(Path(url.database or ""), cause)
    said = str(cause)
    found = (words for pattern, words in _SERVER if re.search(pattern, said, re.IGNORECASE))
    return next(found, type(cause).__name__)


def _no_file(path: Path, cause: OSError) -> str:
    """The file, or the nearest folder above it that is there."""
    there = next((folder for folder in path.absolute().parents if folder.exists()), path.parent)
    reason = (cause.strerror or type(cause).__name__).lower()
    if there == path.absolute().parent:
        return f"{path} cannot be opened or made ({reason})"
    return f"there is no folder {path.parent}, and it cannot be made in {there} ({reason})"
