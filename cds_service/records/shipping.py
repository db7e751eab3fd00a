"""The shipping process: one on each machine, a child of the worker that keeps it (see keeper)."""

import time
from datetime import UTC, datetime, timedelta
from threading import Event

from sqlalchemy import delete, func, select
from sqlalchemy.exc import SQLAlchemyError

from cds_service.records.answered import AnsweredFile
from cds_service.records.engine import database_url, open_engine
from cds_service.records.log import record_trouble
from cds_service.records.memory import answer_of, answered_at
from cds_service.records.migrate import NewerSchemaError, migrate
from cds_service.records.purge import purge
from cds_service.records.schema import FEEDBACK, SEEN_TOKENS
from cds_service.records.ship import Shipper
from cds_service.records.state import ANSWERED, Status, state_folder, write_status
from cds_service.run.settings import Settings

INTERVAL_S = 0.5
_LONGEST_REST_S = 10.0
_TIDY_S = 3600.0
_STATUS_S = 5.0
_OVERLAP = timedelta(minutes=2)
_REMEMBERED = timedelta(days=31)


class Shipping:
    """Migrates, then ships, learns what other machines were answered, and tidies up; never gives up on a database."""

    def __init__(self, settings: Settings) -> None:
        self._folder = state_folder(settings)
        self._engine = open_engine(database_url(settings))
        self._shipper = Shipper(self._folder, self._engine)
        self._answered = AnsweredFile(self._folder / ANSWERED)
        self._retention = timedelta(days=settings.retention_days)
        self._migrated = False
        self._learned_until: datetime | None = None
        self._tidy_at = 0.0
        self._status = Status(0.0, False)

    def run(self, stop: Event) -> None:
        """Until `stop` is set, and once more then."""
        rest = INTERVAL_S
        while not stop.is_set():
            rest = INTERVAL_S if self.round() else min(rest * 2, _LONGEST_REST_S)
            stop.wait(rest)
        self.round()

    def round(self) -> bool:
        """Do what there is to do; whether the database took it."""
        try:
            self._work()
        except (SQLAlchemyError, NewerSchemaError, OSError) as problem:
            self._tell(False, type(problem).__name__)
            return False
        self._tell(True)
        return True

    def _work(self) -> None:
        if not self._migrated:
            migrate(self._engine)
            self._migrated = True
        self._shipper.ship()
        if self._engine.dialect.name != "sqlite":  # of which all users are on this machine
            self._learn()
        if time.monotonic() > self._tidy_at:
            self._tidy()
            self._tidy_at = time.monotonic() + _TIDY_S

    def _learn(self) -> None:
        """Take over what was answered on other machines since we last looked, by the clock of the database."""
        f = FEEDBACK.c
        query = select(f.card_id, f.outcome, f.reason, f.outcome_at, f.received_at)
        with self._engine.connect() as connection:
            asked = connection.execute(select(func.now())).scalar_one()
            since = self._learned_until or asked - _REMEMBERED
            rows = connection.execute(query.where(f.shipped_at > since)).all()
        self._answered.keep(
            answer_of(card, outcome, reason, answered_at(told, received).timestamp())
            for card, outcome, reason, told, received in rows
        )
        self._learned_until = asked - _OVERLAP

    def _tidy(self) -> None:
        with self._engine.begin() as connection:
            connection.execute(delete(SEEN_TOKENS).where(SEEN_TOKENS.c.exp < time.time()))
        purge(self._engine, (_now() - self._retention).date())
        self._answered.forget_before((_now() - _REMEMBERED).timestamp())

    def _tell(self, reachable: bool, problem: str = "") -> None:
        """Leave word, and a line in the log when the state of the database changed."""
        changed = (reachable, problem) != (self._status.reachable, self._status.problem)
        if changed and not reachable:
            record_trouble("database unreachable: records wait in the spool", problem=problem)
        elif changed and self._status.at:
            record_trouble("database reachable again: records are shipped")
        if changed or time.time() - self._status.at > _STATUS_S:
            sizes = self._shipper.waiting_bytes(), self._shipper.rejected_bytes()
            self._status = Status(time.time(), reachable, problem, *sizes)
            write_status(self._folder, self._status)


def _now() -> datetime:
    return datetime.now(UTC)
