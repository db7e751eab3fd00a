"""Reads NDJSON: finds the files of an export, cuts them into shards, and gives the lines of a shard."""

import gzip
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from cds_service.named_files import told_name

SUFFIXES = (".ndjson", ".jsonl", ".ndjson.gz", ".jsonl.gz")
SHARD_BYTES = 32 * 2**20
LONGEST_LINE = 16 * 2**20
_BOM = b"\xef\xbb\xbf"
_GZIP = b"\x1f\x8b"
_BEGIN = 4096
MOST_UNPACKED = 100  # times the size of a packed file; FHIR packs to a tenth or a thirtieth
ENDS_EARLY = "the compressed file is damaged from here on"
TOO_FAR = f"the compressed file unpacks to more than {MOST_UNPACKED} times its size, and is not read on"
TOO_LONG = f"longer than {LONGEST_LINE // 2**20} MB"


@dataclass(frozen=True, slots=True)
class ExportFile:
    """One file of an export, by its path below the export's folder.

    `packed`: compressed with gzip, by its first bytes whatever its name; read as a whole, it cannot be cut.
    """

    name: str
    size: int
    packed: bool = False


@dataclass(frozen=True, slots=True)
class Shard:
    """The lines of a file that begin in a range of bytes."""

    file: ExportFile
    start: int
    end: int

    @property
    def size(self) -> int:
        """Bytes of it on disk."""
        return self.end - self.start


def export_files(folder: Path) -> tuple[ExportFile, ...]:
    """The NDJSON files below a folder, by name; OSError when it cannot be read."""
    found = (path for path in folder.rglob("*") if path.name.lower().endswith(SUFFIXES) and path.is_file())
    return tuple(_export_file(folder, path) for path in sorted(found))


def other_files(folder: Path) -> tuple[str, ...]:
    """The files below a folder that seem to hold resources and are not read for their names; named as in a report."""
    named = (path for path in folder.rglob("*") if not path.name.lower().endswith(SUFFIXES) and path.is_file())
    found = tuple(_export_file(folder, path) for path in sorted(named) if _holds_resources(path))
    return tuple(shown_names(found).values())


def _holds_resources(path: Path) -> bool:
    """Whether a file begins as resources do, packed or not."""
    if not path.stat().st_size:
        return False
    with path.open("rb") as raw:
        begin = raw.read(_BEGIN)
    if begin.startswith(_GZIP):
        with suppress(EOFError, zlib.error, gzip.BadGzipFile), gzip.open(path, "rb") as opened:
            begin = opened.read(_BEGIN)
    return begin.removeprefix(_BOM).lstrip()[:1] in (b"{", b"[") and b'"resourceType"' in begin


def _export_file(folder: Path, path: Path) -> ExportFile:
    """What is empty is not opened: a link may lead to what says so and never ends, as files of the system do."""
    name, size = path.relative_to(folder).as_posix(), path.stat().st_size
    if not size:
        return ExportFile(name, 0)
    with path.open("rb") as opened:
        return ExportFile(name, size, opened.read(len(_GZIP)) == _GZIP)


def shown_names(files: Iterable[ExportFile]) -> dict[str, str]:
    """How each file is named in a report: the folders, whose names may tell who is in them, by number."""
    paths = {file.name: PurePosixPath(file.name) for file in files}
    folders = sorted({path.parent for path in paths.values() if path.parent.name})
    return {
        name: f"folder {folders.index(path.parent) + 1}/{told_name(path)}" if path.parent.name else told_name(path)
        for name, path in paths.items()
    }


def shards(files: tuple[ExportFile, ...], most: int = SHARD_BYTES) -> tuple[Shard, ...]:
    """Every file in ranges of at most `most` bytes, in order."""
    return tuple(
        Shard(file, start, min(start + step, file.size))
        for file in files
        for step in [file.size if file.packed else most]
        for start in range(0, file.size, max(step, 1))
    )


def lines(folder: Path, shard: Shard) -> Iterator[bytes | str]:
    """The lines of a shard, as bytes; in place of one that cannot be read the reason, as text."""
    with (folder / shard.file.name).open("rb") as raw:
        if shard.file.packed:
            yield from _unpacked(raw, shard.file.size * MOST_UNPACKED + LONGEST_LINE)
        else:
            _go_to(raw, shard.start)
            yield from _until(raw, shard.end)


def _go_to(raw: BinaryIO, start: int) -> None:
    """To the first line that begins at `start` or later: the line before belongs to the shard before."""
    if start:
        raw.seek(start - 1)
        _skip_line(raw)


def _until(raw: BinaryIO, end: int) -> Iterator[bytes | str]:
    """The lines that begin before `end`."""
    position = raw.tell()
    while position < end:
        line = raw.readline(LONGEST_LINE)
        if not line:
            return
        if len(line) == LONGEST_LINE and not line.endswith(b"\n"):
            _skip_line(raw)
            position = raw.tell()
            yield TOO_LONG
        else:
            yield line if position else line.removeprefix(_BOM)
            position += len(line)


def _skip_line(raw: BinaryIO) -> None:
    while (piece := raw.readline(LONGEST_LINE)) and not piece.endswith(b"\n"):
        pass


def _unpacked(raw: BinaryIO, most: int) -> Iterator[bytes | str]:
    """The lines that begin before so many unpacked bytes."""
    try:
        with gzip.open(raw, "rb") as opened:
            yield from _until(opened, most)  # type: ignore[arg-type]
            if opened.tell() >= most and opened.read(1):
                yield TOO_FAR
    except (EOFError, zlib.error, gzip.BadGzipFile):
        yield ENDS_EARLY
