"""Files that a person names, read up to a bound: `/dev/zero` or an export in place of a site file fills no memory."""

from pathlib import Path, PurePath
from typing import BinaryIO

MOST_TEXT = 16 * 1024 * 1024  # of a site file, protocol, list of clients: some kilobytes each
MOST_REQUEST = 64 * 1024 * 1024  # of a saved request; the service takes 5 MB unless a setting says more


class TooLong(OSError):
    """There is more in it than is read."""


def read_bounded(opened: BinaryIO, most: int) -> bytes:
    """All of an open file or pipe; TooLong when that is more than `most` bytes."""
    raw = opened.read(most + 1)
    if len(raw) > most:
        raise TooLong(f"it is longer than {most // 1024**2} MB; is it the right file?")
    return raw


def bytes_of(path: Path) -> bytes:
    """What a file holds; OSError when it cannot be read, or is longer than 16 MB."""
    with path.open("rb") as opened:
        return read_bounded(opened, MOST_TEXT)


def text_of(path: Path) -> str:
    """The text of a file in UTF-8, its line ends as `\\n`; OSError as of `bytes_of`, UnicodeDecodeError."""
    return bytes_of(path).decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")


def told_name(path: PurePath) -> str:
    """The name of a file as text that can be written: bytes in it that are no UTF-8 stand as `\\xff`."""
    return path.name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
