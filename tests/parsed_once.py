"""In the process of the tests an equal YAML or CSV text is parsed once; whoever reads it again is given a copy.

The tests read the shipped knowledge some thousand times, changed in a line or two at most, and nearly half of its
loading is the parsing. The loaders stay as they are: they are asked as ever, and what they check is checked each time.
A wrong text is parsed anew, so that each reader of it is told what is wrong.

What follows from the shipped folder and the same words of a site is worked out once, too: nobody changes that folder
while tests run. Copies of it, which tests spoil, are loaded as ever, and so is what a site got wrong; but a reader of
equal files and tables, as most there are, is not asked again (`_ALIKE`).
"""

import csv
import io
import pickle
from collections.abc import Callable, Iterator
from functools import lru_cache, wraps
from hashlib import sha256
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import yaml

from cards.loading import Knowledge, codes, load, reading
from cards.loading.site import Site

_plain_load, _plain_known = yaml.load, load._known
_MOST = 4096  # texts; the knowledge has some two hundred
_MOST_KNOWN = 64  # sites; the knowledge of each takes some megabytes
_SHIPPED = resources.files("cards.knowledge")
_known: dict[tuple[str, str], tuple[Site, Knowledge]] = {}  # by version and home; the latest last
# what takes two thirds of the loading and is told nothing of a site, or seldom anything new
_ALIKE = (
    *((load, name) for name in ("read_advice", "read_shipped")),
    *((codes, name) for name in ("_products", "_checked_roles", "name_index", "spelled_index")),
)


def begin() -> None:
    """Parse each text once from now on."""
    yaml.load = _load
    reading.csv = SimpleNamespace(DictReader=_rows)  # type: ignore[assignment]
    load._known = _known_once
    for module, name in _ALIKE:
        setattr(module, name, _once(getattr(module, name)))


def _once(read: Callable[..., object]) -> Callable[..., object]:
    """A reader that answers the same arguments with the same value: lists, or what files say and tables."""
    kept: dict[bytes, object] = {}

    @wraps(read)
    def answer(first: object, *more: object) -> object:
        told = _content_of(first) if isinstance(first, Path) else first
        key = sha256(pickle.dumps((told, more))).digest()
        if key not in kept:
            kept[key] = read(first, *more)
            if len(kept) > _MOST_KNOWN:
                del kept[next(iter(kept))]
        return kept[key]

    return answer


def _content_of(path: Path) -> list[tuple[str, bytes]]:
    return _kept_content(path) if path.is_relative_to(Path(str(_SHIPPED))) else _content(path)


def _content(path: Path) -> list[tuple[str, bytes]]:
    """The names and bytes of a file, or of those below a folder; nothing of one that is not there."""
    files = sorted(path.rglob("*")) if path.is_dir() else [path]
    return [(file.relative_to(path.parent).as_posix(), file.read_bytes()) for file in files if file.is_file()]


_kept_content = lru_cache(_content)


def _known_once(folder: Traversable, told: Site, version: str, home: str) -> Knowledge:
    """The version tells the content of all files and what a site says; its name, in messages, is told beside it."""
    if folder != _SHIPPED:
        return _plain_known(folder, told, version, home)
    site, known = _known.pop((version, home), (None, None))
    if known is None or site != told:
        site, known = told, _plain_known(folder, told, version, home)
    _known[version, home] = told, known
    if len(_known) > _MOST_KNOWN:
        del _known[next(iter(_known))]
    return known


def _load(stream: Any, Loader: Any) -> Any:
    if not isinstance(stream, str):
        return _plain_load(stream, Loader)
    return pickle.loads(_parsed(stream, Loader))


@lru_cache(_MOST)
def _parsed(text: str, loader: Any) -> bytes:
    return pickle.dumps(_plain_load(text, loader))


def _rows(stream: io.StringIO) -> Iterator[dict[str, str]]:
    return map(dict, _read(stream.getvalue()))


@lru_cache(_MOST)
def _read(text: str) -> tuple[dict[str, str], ...]:
    return tuple(csv.DictReader(io.StringIO(text)))
