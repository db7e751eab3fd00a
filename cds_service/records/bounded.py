"""A connection to PostgreSQL that waits for nothing without end.

A server or proxy that falls silent keeps no limit of its own, and whose machine lives on confirms what it is sent.
"""

import time
from typing import Any

import psycopg
from psycopg.abc import RV, PQGen

LONGEST_S = 35.0  # beyond the limit that the server itself keeps for a statement
_LOOK_S = 0.1


class BoundedConnection(psycopg.Connection[tuple[Any, ...]]):
    """OperationalError, and closed, when an answer takes longer than any may."""

    def wait(self, gen: PQGen[RV], interval: float = _LOOK_S, timeout: float | None = None) -> RV:
        """What the server answers."""
        longest = LONGEST_S if timeout is None else timeout
        until = time.monotonic() + longest
        try:
            return super().wait(gen, interval, longest)
        except psycopg.Error as problem:
            if time.monotonic() < until:
                raise
            self.pgconn.finish()  # what it would say later is no answer to anything
            raise psycopg.OperationalError("the server does not answer in time") from problem
