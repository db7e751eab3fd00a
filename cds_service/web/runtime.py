"""What a running service holds, and how its routes are declared."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from flask import Response

from cards import Knowledge
from cds_service.settings import Settings


class Access(StrEnum):
    """Who may use a route."""

    PUBLIC = "anyone"
    CLIENT = "a trusted client with a token"


@dataclass(frozen=True, slots=True)
class Route:
    """One route: where, how, for whom, and the function that answers."""

    path: str
    method: str
    access: Access
    view: Callable[..., Response]


def utc_now() -> datetime:
    """The time of day."""
    return datetime.now(UTC)


def random_id() -> str:
    """A fresh id for a card or suggestion."""
    return str(uuid.uuid4())


@dataclass(frozen=True, slots=True)
class Runtime:
    """The settings and the knowledge, loaded once; the clock and the ids, replaceable in tests."""

    settings: Settings
    knowledge: Knowledge
    keys: tuple[str, ...]
    now: Callable[[], datetime] = utc_now
    new_id: Callable[[], str] = random_id
