"""In the process of the tests an equal YAML or CSV text is parsed once; whoever reads it again is given a copy.

The tests read the shipped knowledge some thousand times, changed in a line or two at most, and nearly half of its
loading is the parsing. The loaders stay as they are: they are asked as ever, and what they check is checked each time.
A wrong text is parsed anew, so that each reader of it is told what is wrong.
"""

import csv
import io
import pickle
from collections.abc import Iterator
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

import yaml

from cards.loading import reading

_plain_load = yaml.load
_MOST = 4096  # texts; the knowledge has some two hundred


def begin() -> None:
    """Parse each text once from now on."""
    yaml.load = _load
    reading.csv = SimpleNamespace(DictReader=_rows)  # type: ignore[assignment]


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
