"""A request as it arrives: whether all of it is here, so that a thread is taken only then.

It decides *when* a request is read, never *how*: whatever is odd is handed on at once, for the parser to refuse.
"""

import io
import re

from gunicorn.http.unreader import Unreader

from cds_service.run.refusals import FIELD_BYTES, FIELDS, LINE_BYTES

_HEAD_BYTES = LINE_BYTES + FIELDS * FIELD_BYTES
_MOST_DISCARDED = 64 * 1024 * 1024
MOST_CHUNKS = 10_000  # of a body; a client that sends 5 MB as they come sends some hundreds
_PIECE, _LARGEST_PIECE = 8 * 1024, 1024 * 1024
_BARE_LINE_END = re.compile(rb"(?<!\r)\n")
_FRAMING = re.compile(rb"^(content-length|transfer-encoding|expect):(.*)", re.IGNORECASE | re.MULTILINE)
_CHUNK_SIZE = re.compile(rb"([0-9a-fA-F]{1,8})[ \t]*(;.*)?")
_LENGTH = re.compile(rb"[0-9]{1,18}")
_END = b"\r\n\r\n"


class Arrived(Unreader):  # type: ignore[misc] # gunicorn is not typed
    """What has arrived, for gunicorn's parser: it ends where that ends, and waits for nobody.

    It comes in pieces, as from a connection: the parser copies a piece anew for each chunk in it. `is_cut`: of the
    request not all was kept, so nothing can follow it on its connection.
    """

    def __init__(self, data: bytes = b"", is_cut: bool = False) -> None:
        super().__init__()
        self._came = io.BytesIO(data)
        self.is_cut = is_cut

    def chunk(self, size_hint: int | None = None) -> bytes:
        """The next piece; empty at the end."""
        return self._came.read(min(max(size_hint or 0, _PIECE), _LARGEST_PIECE))

    def take_buffered(self) -> bytes:
        """All that was not read."""
        return bytes(super().take_buffered()) + self._came.read()


class Arrival:
    """The bytes of one request so far. Of a body larger than `most_body` only the head is kept."""

    def __init__(self, most_body: int) -> None:
        self._most_body = most_body
        self._bytes = bytearray()
        self._looked = 0  # up to here the head was searched, or the chunks were followed
        self._body_at = 0
        self._trailer_at = 0
        self._chunks = 0
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
        told = _FRAMING.findall(head.replace(b"\r\n", b"\n"))
        found = [(name.lower(), value.strip(b" \t")) for name, value in told]
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
        while not self._trailer_at and self._follow_chunk():
            pass
        if self._trailer_at:
            self._look_for_end(self._trailer_at)
        came = len(self._bytes) - self._body_at
        cut = self._chunks > MOST_CHUNKS or came > self._most_body + _HEAD_BYTES
        self.is_cut = cut or came > self._most_body  # the application reads no further
        self.whole = self.whole or cut

    def _follow_chunk(self) -> bool:
        """Go past the next chunk; whether to go on, which is not where it is odd, the last, or not all here."""
        end = self._bytes.find(b"\r\n", self._looked, self._looked + FIELD_BYTES)
        size = _CHUNK_SIZE.fullmatch(self._bytes, self._looked, end) if end >= 0 else None
        if not size:
            self.whole = end >= 0 or len(self._bytes) - self._looked > FIELD_BYTES
            return False
        after = end + 2 + int(size[1], 16) + 2
        if after == end + 4:
            self._trailer_at = self._looked = end
        elif after <= len(self._bytes):
            self._looked = after
            self._chunks += 1
            return self._chunks <= MOST_CHUNKS
        return False

    def _look_for_end(self, trailer_at: int) -> None:
        """Whether the last line of the trailers is here, or so many of them that they are refused."""
        ends = self._bytes.find(_END, max(self._looked - 3, trailer_at)) >= 0
        self.whole = ends or len(self._bytes) - trailer_at > FIELD_BYTES
        self._looked = len(self._bytes)
