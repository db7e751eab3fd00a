"""A request as it arrives: whether all of it is here, so that a thread is taken only then.

It decides *when* a request is read, never *how*: whatever is odd is handed on at once, for the parser to refuse.
"""

import re

from gunicorn.http.unreader import Unreader

from cds_service.run.refusals import FIELD_BYTES, FIELDS, LINE_BYTES

_HEAD_BYTES = LINE_BYTES + FIELDS * FIELD_BYTES
_MOST_DISCARDED = 64 * 1024 * 1024
_BARE_LINE_END = re.compile(rb"(?<!\r)\n")
_FRAMING = re.compile(rb"^(content-length|transfer-encoding|expect):[ \t]*(.*?)[ \t]*$", re.IGNORECASE | re.MULTILINE)
_CHUNK_SIZE = re.compile(rb"([0-9a-fA-F]{1,8})[ \t]*(;.*)?")
_LENGTH = re.compile(rb"[0-9]{1,18}")
_END = b"\r\n\r\n"


class Arrived(Unreader):  # type: ignore[misc] # gunicorn is not typed
    """What has arrived, for gunicorn's parser: it ends where that ends, and waits for nobody.

    `is_cut`: of the request not all was kept, so nothing can follow it on its connection.
    """

    is_cut = False

    def chunk(self, size_hint: int | None = None) -> bytes:
        """Nothing more comes."""
        return b""


class Arrival:
    """The bytes of one request so far. Of a body larger than `most_body` only the head is kept."""

    def __init__(self, most_body: int) -> None:
        self._most_body = most_body
        self._bytes = bytearray()
        self._looked = 0  # up to here the head was searched, or the chunks were followed
        self._body_at = 0
        self._length: int | None = None
        self._discarded = 0
        self.whole = False
        self.is_cut = False
        self.expects_continue = False

    @property
    def empty(self) -> bool:
        """Whether nothing has come."""
        return not self._bytes

    @property
    def has_head(self) -> bool:
        """Whether the head is all there."""
        return self._body_at > 0

    @property
    def held(self) -> int:
        """How many bytes are kept in memory."""
        return len(self._bytes)

    def taken(self) -> bytes:
        """All that was kept."""
        return bytes(self._bytes)

    def take(self, data: bytes) -> None:
        """More of it came; `whole` tells whether that is all, or enough to be refused."""
        if self._discards():
            self._discarded += len(data)
        else:
            self._bytes += data
        if not self.has_head:
            self._look_for_head()
        elif self._length is None:
            self._follow_chunks()
        else:
            self._measure(self._length)

    def _look_for_head(self) -> None:
        end = self._bytes.find(_END, max(self._looked - 3, 0))
        odd = _BARE_LINE_END.search(self._bytes, self._looked, end if end >= 0 else len(self._bytes))
        self._looked = len(self._bytes)
        if odd or (end < 0 and self._looked > _HEAD_BYTES):
            self.whole = True
        elif end >= 0:
            self._body_at = self._looked = end + len(_END)
            self._read_framing(bytes(self._bytes[:end]))

    def _read_framing(self, head: bytes) -> None:
        found = [(name.lower(), value) for name, value in _FRAMING.findall(head.replace(b"\r\n", b"\n"))]
        lengths = [value for name, value in found if name == b"content-length"]
        codings = [value.lower() for name, value in found if name == b"transfer-encoding"]
        self.expects_continue = any(name == b"expect" for name, _ in found)
        if codings == [b"chunked"] and not lengths:
            self._follow_chunks()
        elif not codings and len(lengths) == 1 and _LENGTH.fullmatch(lengths[0]):
            self._length = int(lengths[0])
            self._measure(self._length)
        else:
            self.whole = True

    def _discards(self) -> bool:
        return self.has_head and self._length is not None and self._length > self._most_body

    def _measure(self, length: int) -> None:
        if not self._discards():
            self.whole = len(self._bytes) - self._body_at >= length
            return
        self.is_cut = True
        self._discarded += len(self._bytes) - self._body_at
        del self._bytes[self._body_at :]
        # who asks first whether to send it is told no; others listen for an answer only when they have sent all
        self.whole = self.expects_continue or self._discarded >= min(length, _MOST_DISCARDED)

    def _follow_chunks(self) -> None:
        """Walk over the chunks that are here; the largest body that is read bounds how far."""
        while not self.whole and (end := self._bytes.find(b"\r\n", self._looked)) >= 0:
            size = _CHUNK_SIZE.fullmatch(self._bytes, self._looked, end)
            if not size:
                self.whole = True
            elif not (length := int(size[1], 16)):
                self.whole = self._bytes.find(_END, end) >= 0
                break
            elif len(self._bytes) < end + 2 + length + 2:
                break
            else:
                self._looked = end + 2 + length + 2
        waiting = len(self._bytes) - self._looked
        too_long = self._bytes.find(b"\r\n", self._looked) < 0 and waiting > FIELD_BYTES
        came = len(self._bytes) - self._body_at
        self.is_cut = came > self._most_body  # the application reads no further
        self.whole = self.whole or too_long or came > self._most_body + _HEAD_BYTES
