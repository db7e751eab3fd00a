"""What the commands share."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import BinaryIO, ParamSpec, TypeVar

import click

P = ParamSpec("P")
T = TypeVar("T")
_STEERS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def plain(text: str) -> str:
    """The text, in which what would steer a terminal or turn the line around is written out, as JSON does."""
    return _STEERS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def tell(text: str, nl: bool = True, err: bool = False) -> None:
    """Print what may hold words of files, or of other servers."""
    click.echo(plain(text), nl=nl, err=err)


class Problem(click.ClickException):
    """A problem to end with; its message may hold words of others."""

    def __init__(self, message: str) -> None:
        super().__init__(plain(message))


class Commands(click.Group):
    """Commands whose complaints about what they are called with, such as names of files, steer no terminal."""

    def invoke(self, ctx: click.Context) -> object:
        """What a command answers."""
        try:
            return super().invoke(ctx)
        except click.UsageError as problem:
            raise click.UsageError(plain(problem.format_message()), problem.ctx) from None
        except click.FileError as problem:
            raise Problem(problem.format_message()) from None


def tells_problems(command: Callable[P, T]) -> Callable[P, T]:
    """End with the message of a problem that the user can solve, without a traceback."""

    @wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> T:
        from cds_service.errors import RequestError
        from cds_service.run.settings import SettingsError

        try:
            return command(*args, **kwargs)
        except (SettingsError, RequestError) as problem:
            raise Problem(str(problem)) from None

    return wrapped


def saved(file: BinaryIO) -> bytes:
    """What a file or pipe with a request or an answer holds; Problem when it is longer than 64 MB or unreadable."""
    from cds_service.named_files import MOST_REQUEST, read_bounded

    try:
        return read_bounded(file, MOST_REQUEST)
    except OSError as problem:
        raise Problem(f"{file.name}: not readable: {problem}") from None


def moment_of(text: str | None) -> datetime:
    """The time an option names, in UTC when it says no zone; now when it is not given."""
    try:
        moment = datetime.fromisoformat(text) if text else datetime.now(UTC)
    except ValueError:
        raise click.BadParameter("write it like 2026-01-31T08:00:00Z", param_hint="--now") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
