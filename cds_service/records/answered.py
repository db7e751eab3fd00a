"""What clinicians answered, known to every process of this machine: a small SQLite file in the state folder."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cds_service.records.kept_file import KeptFile

_TABLE = (
    "CREATE TABLE IF NOT EXISTS answered (advice BLOB PRIMARY KEY, level INTEGER NOT NULL, outcome TEXT NOT NULL, "
    "reason TEXT NOT NULL, at REAL NOT NULL) WITHOUT ROWID"
)
_KEEP = (
    "INSERT INTO answered VALUES (?, ?, ?, ?, ?) ON CONFLICT (advice) DO UPDATE SET level = excluded.level, "
    "outcome = excluded.outcome, reason = excluded.reason, at = excluded.at WHERE excluded.at >= answered.at"
)
_FORGET = "DELETE FROM answered WHERE at < ?"
_FIND = "SELECT advice, level, outcome, reason, at FROM answered WHERE advice = ?"


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one piece of advice, named by its hash; `level` is the urgency of the card, `at` in seconds."""

    advice: bytes
    level: int
    outcome: str
    reason: str
    at: float


class AnsweredFile(KeptFile):
    """The answers; one that cannot be read counts as not given, so that advice is rather repeated than lost."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, _TABLE, "answered cards")

    def find(self, advice: bytes) -> Answer | None:
        """The latest answer to the advice."""
        rows = self.rows(_FIND, (advice,))
        return Answer(*rows[0]) if rows else None

    def keep(self, answers: Iterable[Answer]) -> bool:
        """Remember answers, of several to the same advice the latest; False when the file is of no use."""
        return self.write(_KEEP, [(a.advice, a.level, a.outcome, a.reason, a.at) for a in answers])

    def forget_before(self, moment: float) -> None:
        """Forget what was answered before the moment (seconds since 1970)."""
        self.write(_FORGET, [(moment,)])
