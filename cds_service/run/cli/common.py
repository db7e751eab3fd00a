"""What the commands share."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import ParamSpec, TypeVar

import click

P = ParamSpec("P")
T = TypeVar("T")


def tells_problems(command: Callable[P, T]) -> Callable[P, T]:
    """End with the message of a problem that the user can solve, without a traceback."""

    @wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> T:
        from cds_service.errors import RequestError
        from cds_service.run.settings import SettingsError

        try:
            return command(*args, **kwargs)
        except (SettingsError, RequestError) as problem:
            raise click.ClickException(str(problem)) from None

    return wrapped


def moment_of(text: str | None) -> datetime:
    """The time an option names, in UTC when it says no zone; now when it is not given."""
    try:
        moment = datetime.fromisoformat(text) if text else datetime.now(UTC)
    except ValueError:
        raise click.BadParameter("write it like 2026-01-31T08:00:00Z", param_hint="--now") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
