"""The shipping process: one on each machine, a child of the worker that keeps it (see keeper)."""

import os
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

from sqlalchemy import Row, delete, event, func, select

from cds_service.records.answered import Answer, AnsweredFile
from cds_service.records.database_file import DatabaseFile
from cds_service.records.engine import database_url, open_engine
from cds_service.records.faults import Faults
from cds_service.records.log import record_trouble
from cds_service.records.migrate import migrate
from cds_service.records.patient_clock import PatientClock
from cds_service.records.purge import purge
from cds_service.records.rollups import roll_up
from cds_service.records.schema import FEEDBACK, SEEN_TOKENS
from cds_service.records.ship import Shipper
from cds_service.records.state import ANSWERED, NEWER_SCHEMA, Status, state_folder, write_status
from cds_service.run.settings import Settings

INTERVAL_S = 0.5
_LONGEST_REST_S = 10.0
_TIDY_S, _TIDY_AGAIN_S = 3600.0, 60.0
_STATUS_S = 5.0
_OVERLAP = timedelta(minutes=2)
_REMEMBERED = timedelta(days=31)
_TROUBLE = {
    NEWER_SCHEMA: "database has newer tables: records wait in the spool until the version that made them runs again"
}
_SETTLED = timedelta(days=1)  # a day is counted when it is over, by every clock


class Shipping:
    """Migrates, then ships, learns what other machines were answered, and tidies up; never gives up on a database."""

    def __init__(self, settings: Settings, beat: Callable[[], None] = lambda: None) -> None:
        """`beat` is called at each round, and with each statement."""
        self._beat = beat
        self._folder = state_folder(settings)
        self._engine = open_engine(database_url(settings))
        event.listen(self._engine, "after_cursor_execute", lambda *_: beat())
        url = self._engine.url
        self._file = DatabaseFile(Path(url.database or "")) if url.get_backend_name() == "sqlite" else None
        looks = (self._file.is_in_place, self._file.finds) if self._file else ()
        self._shipper = Shipper(self._folder, self._engine, *looks)
        self._answered = AnsweredFile(self._folder / ANSWERED)
        self._retention = timedelta(days=settings.retention_days)
        self._migrated = False
        self._learned_until: datetime | None = None
        self._tidy_at = 0.0
        self._faults = Faults()
        self._taken_away = 0.0
        self._status = Status(0.0, False)
        self._tell_at = 0.0
        self._clock = PatientClock()

    def run(self, stop: Event) -> None:
        """Until `stop` is set, and once more then."""
        rest = INTERVAL_S
        while not stop.is_set():
            rest = INTERVAL_S if self.round() else min(rest * 2, _LONGEST_REST_S)
            stop.wait(rest)
        self.round()

    def round(self) -> bool:
        """Do what there is to do; whether the database took it. No fault of one part ends it, or holds up another."""
        self._beat()
        problem = self._faults.of("open", self._open) or self._sent()
        self._tell(not problem, problem)
        return not problem

    def _sent(self) -> str:
        """Send, learn and tidy up; the kind of what hinders the records, if anything does."""
        problem = self._faults.of("ship", self._shipper.ship)
        if self._engine.dialect.name != "sqlite":  # of which all users are on this machine
            problem = self._faults.of("learn", self._learn) or problem
        if not problem and time.monotonic() > self._tidy_at:
            failed = self._faults.of("tidy", self._tidy)
            self._tidy_at = time.monotonic() + (_TIDY_AGAIN_S if failed else _TIDY_S)
        return problem

    def _open(self) -> None:
        if self._migrated and not self._is_in_place():
            self._begin_anew()
        if not self._migrated:
            migrate(self._engine)
            self._migrated = True
            if self._file:
                self._file.remember()

    def _is_in_place(self) -> bool:
        """Whether a SQLite file holds what was written to it; a server tells itself when it is gone."""
        return self._file is None or (self._file.is_in_place() and not self._shipper.lost)

    def _begin_anew(self) -> None:
        """Use the file that is at the place now, a new one when there is none; what is still here is sent again."""
        record_trouble("database file taken away, or what was written to it: begun anew, what waits is shipped again")
        self._engine.dispose()
        self._migrated = False
        self._shipper.ship_again()
        self._taken_away = time.time()

    def _learn(self) -> None:
        """Take over what was answered on other machines since we last looked, by the clock of the database."""
        f = FEEDBACK.c
        query = select(f.card_id, f.outcome, f.reason, f.outcome_at, f.received_at)
        with self._engine.connect() as connection:
            asked = connection.execute(select(func.now())).scalar_one()
            since = self._learned_until or asked - _REMEMBERED
            rows = connection.execute(query.where(f.shipped_at > since)).all()
        self._answered.keep(_answers(rows) if rows else ())
        self._learned_until = asked - _OVERLAP

    def _tidy(self) -> None:
        past = self._clock.now()  # surely: what is removed is gone for good
        with self._engine.begin() as connection:
            connection.execute(delete(SEEN_TOKENS).where(SEEN_TOKENS.c.exp < past))
        self._answered.forget_before(past - _REMEMBERED.total_seconds())
        if purge(self._engine, (datetime.fromtimestamp(past, UTC) - self._retention).date()):
            self._shipper.forget_sent()
        roll_up(self._engine, (_now() - _SETTLED).date())

    def _tell(self, reachable: bool, problem: str = "") -> None:
        """Leave word, and a line in the log when the state of the database changed."""
        changed = (reachable, problem) != (self._status.reachable, self._status.problem)
        if changed and not reachable:
            record_trouble(_TROUBLE.get(problem, "database unreachable: records wait in the spool"), problem=problem)
        elif changed and self._status.at:
            record_trouble("database reachable again: records are shipped")
        changed = changed or self._taken_away != self._status.taken_away or not os.path.isdir(self._folder)
        if changed or time.monotonic() > self._tell_at:
            self._tell_at = time.monotonic() + _STATUS_S
            sizes = self._shipper.waiting_bytes(), self._shipper.rejected_bytes()
            self._status = Status(time.time(), reachable, problem, *sizes, self._taken_away)
            write_status(self._folder, self._status)


def _answers(rows: Iterable[Row[str, str, str, str, datetime]]) -> Iterator[Answer]:
    from cds_service.records.memory import answer_of, answered_at  # with all that decides, needed here alone

    for card, outcome, reason, told, received in rows:
        yield answer_of(card, outcome, reason, answered_at(told, received).timestamp())


def _now() -> datetime:
    return datetime.now(UTC)
