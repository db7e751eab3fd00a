"""Lines on disk by bucket: runs of lines sorted by bucket, each behind a table of where every bucket begins."""

import os
import struct
from collections.abc import Iterator
from pathlib import Path

import orjson

from cds_service.errors import JsonDict

FLUSH_BYTES = 16 * 2**20
SUFFIX = ".spill"
_OFFSET_BYTES = 8


def replace_file(path: Path, content: bytes) -> None:
    """Write a file so that it is there as a whole or not at all, whoever else writes the same."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}.part")
    temporary.write_bytes(content)
    temporary.replace(path)


def write_json(path: Path, value: object) -> None:
    """Write a JSON file, as a whole or not at all."""
    replace_file(path, orjson.dumps(value))


def read_json(path: Path) -> JsonDict:
    """The object in a JSON file that we wrote."""
    found: JsonDict = orjson.loads(path.read_bytes())
    return found


class Spill:
    """Collects lines by bucket and writes a run whenever there are many, so that memory stays bounded."""

    def __init__(self, folder: Path, stem: str, buckets: int) -> None:
        self._folder, self._stem = folder, stem
        self._waiting: list[list[bytes]] = [[] for _ in range(buckets)]
        self._size = 0
        self._runs = 0

    def add(self, bucket: int, line: bytes) -> None:
        """Take in one line, which holds no line feed."""
        self._waiting[bucket].append(line)
        self._size += len(line)
        if self._size > FLUSH_BYTES:
            self.flush()

    def flush(self) -> None:
        """Write what is waiting."""
        if not self._size:
            return
        parts = [b"\n".join(lines) for lines in self._waiting]
        begins = [(len(parts) + 1) * _OFFSET_BYTES]
        for part in parts:
            begins.append(begins[-1] + len(part))
        table = struct.pack(f"<{len(begins)}Q", *begins)
        replace_file(self._folder / f"{self._stem}-{self._runs:06}{SUFFIX}", table + b"".join(parts))
        self._waiting = [[] for _ in parts]
        self._size = 0
        self._runs += 1


def bucket_lines(folder: Path, bucket: int) -> Iterator[bytes]:
    """The lines of one bucket in all runs of a folder."""
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        with path.open("rb") as opened:
            opened.seek(bucket * _OFFSET_BYTES)
            begin, end = struct.unpack("<2Q", opened.read(2 * _OFFSET_BYTES))
            if end > begin:
                opened.seek(begin)
                yield from opened.read(end - begin).split(b"\n")
