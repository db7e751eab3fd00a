"""The memory of what became of earlier advice.

The id of a card carries a keyed hash of its advice and how urgent it was, so that the answer to the card tells which
advice was answered, on any machine that has the same key and without a look-up; and a keyed mark of who got it, so that
nobody else can answer it. No patient can be read from it.
"""

import hashlib
import hmac
import os
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from cards import Answered, Indicator
from cds_service.records.answered import Answer, AnsweredFile
from cds_service.records.log import record_trouble
from cds_service.records.shown import ShownFile

# bytes of the id: 32 bits of the mark, 32 random ones, two of urgency, 56 of the hash, and what makes it a UUID 4
_MARK, _HASH = slice(0, 4), slice(9, 16)
_URGENCY = 8
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)  # no card is older
_LATEST = datetime(9999, 1, 1, tzinfo=UTC).timestamp()


class AdviceMemory:
    """Names cards by their advice, and knows how advice was answered."""

    def __init__(
        self,
        key: bytes,
        answers: AnsweredFile,
        holder: bytes = b"",
        shown: ShownFile | None = None,
        kept: Callable[[], bytes] | None = None,
    ) -> None:
        """Without `shown` nobody remembers what was shown.

        `kept` reads the key that is to follow `key`, which is used as long as that raises OSError.
        """
        self._key = self._before = key
        self._kept = kept
        self._answers = answers
        self._holder = holder
        self._shown = shown

    def of(self, caller: str, holder: str = "") -> "AdviceMemory":
        """The memory of one caller: the same patient's name at another is the name of somebody else.

        Its cards are for `holder`, a client and a service, to answer.
        """
        return AdviceMemory(self._derived(caller), self._answers, self._derived(f"holder\0{holder}"), self._shown)

    def gave(self, card: str, holder: str) -> bool:
        """Whether the card was given to this holder by a machine that has this key, or before it could be had here."""
        made, name = bytes.fromhex(card.replace("-", "")), f"holder\0{holder}"
        marks = [_mark(made, _derived(key, name)) for key in (self._before, self._key)]
        return any(hmac.compare_digest(made[_MARK], mark) for mark in marks)

    @property
    def is_settled(self) -> bool:
        """Whether the key is the one that is kept; else the cards of before cannot be told from those of nobody."""
        return self._kept is None

    def card_id(self, advice: str, indicator: Indicator) -> str:
        """A fresh id of a card that gives this advice: a UUID of version 4."""
        made = bytearray(os.urandom(16))
        made[6] = 0x40 | made[6] & 0x0F
        made[_URGENCY] = 0x80 | int(indicator) << 4 | made[_URGENCY] & 0x0F
        made[_HASH] = self._hash(advice)
        made[_MARK] = _mark(made, self._holder)
        digits = made.hex()
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"

    def answer_to(self, advice: str) -> Answered | None:
        """The latest answer to the advice."""
        found = self._answers.find(self._hash(advice))
        if found is None:
            return None
        return Answered(found.outcome, found.reason, _moment(found.at), Indicator(found.level))

    def shown(self, names: Sequence[str]) -> Mapping[str, datetime]:
        """When what has these names was shown, of what is remembered."""
        if self._shown is None:
            return {}
        hashes = {self._derived(name): name for name in names}
        found = self._shown.find(tuple(hashes))
        return {hashes[name]: _moment(at) for name, at in found.items()}

    def show(self, names: Sequence[str], at: datetime) -> None:
        """Remember that what has these names is shown, soon; where too much waits it will be shown again."""
        if self._shown is not None:
            self._shown.keep(map(self._derived, names), at.timestamp())

    def answered(self, card: str, outcome: str, reason: str, at: datetime) -> None:
        """Remember the answer to a card, ours or not: an id that we never gave is the name of no advice."""
        self._answers.keep([answer_of(card, outcome, reason, at.timestamp())])

    def look(self) -> bool:
        """Whether what is remembered is where it was; a key that could not be had is tried again."""
        self._settle()
        looked = [part.look() for part in (self._answers, self._shown) if part]  # at each of them
        return all(looked)

    def forget_before(self, moment: datetime) -> None:
        """Forget what was answered or shown before the moment."""
        self._answers.forget_before(moment.timestamp())
        if self._shown:
            self._shown.forget_before(moment.timestamp())

    def _settle(self) -> None:
        if self._kept is None:
            return
        try:
            self._before, self._key = self._key, self._kept()
        except OSError:
            return
        self._kept = None
        record_trouble("state folder usable again: cards are known by the key that is kept there")

    def _hash(self, advice: str) -> bytes:
        return self._derived(advice)[:7]

    def _derived(self, name: str) -> bytes:
        return _derived(self._key, name)


def _derived(key: bytes, name: str) -> bytes:
    return hmac.digest(key, name.encode("utf-8", "surrogatepass"), hashlib.sha256)


def _mark(made: bytes | bytearray, holder: bytes) -> bytes:
    """What only who has the key can write into an id for this holder."""
    return hmac.digest(holder, bytes(made[_MARK.stop :]), hashlib.sha256)[: _MARK.stop]


def answered_at(told: str, received: datetime) -> datetime:
    """When a card was answered: as the client says, if that is past and has a zone, else when it was received.

    So feedback that comes late, or once more, keeps advice quiet no longer. Year 1 and 1970 are how programs write
    that they know no time.
    """
    try:
        at = datetime.fromisoformat(told)
    except ValueError:
        return received
    return min(at, received) if at.tzinfo and at >= _EARLIEST else received


def _moment(kept: float) -> datetime:
    """The time of what is kept, in seconds since 1970; of one that no card can be from, one long ago."""
    return datetime.fromtimestamp(kept, UTC) if _EARLIEST.timestamp() <= kept < _LATEST else _EARLIEST


def answer_of(card: str, outcome: str, reason: str, at: float) -> Answer:
    """The answer to a card, read from its id; `at` in seconds since 1970."""
    made = bytes.fromhex(card.replace("-", ""))
    urgency = min(made[_URGENCY] >> 4 & 0x3, int(Indicator.CRITICAL))
    return Answer(made[_HASH], urgency, outcome, reason, at)
