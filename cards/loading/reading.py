"""Reading YAML and CSV that was handed in, with errors that name file and line."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from importlib.resources.abc import Traversable
from typing import Any

import yaml

try:
    from yaml import CSafeLoader as _Base
except ImportError:  # a build of PyYAML without libyaml
    from yaml import SafeLoader as _Base  # type: ignore[assignment]

Path = tuple[str, ...]
_DEEPEST = 6
# far beyond any site file, list of clients or protocol; the reader in C would end the process at some depth
_DEEPEST_NESTING, _MOST_NODES, _LONGEST_SCALAR = 50, 200_000, 20_000
_FEW = 12


class _Loader(_Base):
    """Of the words of YAML 1.1 only true and false are boolean: `off` is a key of the site file, `no` a country."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - the name and shape are PyYAML's
        letter: [pair for pair in pairs if letter in "tTfF" or pair[0] != "tag:yaml.org,2002:bool"]
        for letter, pairs in _Base.yaml_implicit_resolvers.items()
    }


class KnowledgeError(ValueError):
    """A knowledge or site file is wrong; the message says where, what and what is allowed."""


def read_yaml(path: Traversable) -> Any:
    """The content of a YAML file; KnowledgeError with the line when it is not YAML."""
    return _load(path.read_text(encoding="utf-8"), path.name)


def parse_yaml(text: str, name: str) -> Any:
    """The content of a YAML text of somebody else; KnowledgeError with the line when it is not YAML, or too much."""
    try:
        bounds = _Bounds()
        for event in yaml.parse(text, Loader=_Loader):
            if reason := bounds.beyond(event):
                raise KnowledgeError(f"{name}:{event.start_mark.line + 1 if event.start_mark else 1}: {reason}")
    except yaml.YAMLError as problem:
        raise KnowledgeError(f"{name}:{_line(problem, text)}: not valid YAML: {_reason(problem)}") from None
    return _load(text, name)


def _load(text: str, name: str) -> Any:
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - it is a SafeLoader
    except yaml.YAMLError as problem:
        raise KnowledgeError(f"{name}:{_line(problem, text)}: not valid YAML: {_reason(problem)}") from None
    except ValueError as problem:  # a date or number that there is not
        raise KnowledgeError(f"{name}:1: not valid YAML: a date or number in it is none: {problem}") from None


class _Bounds:
    """What was read of a YAML text so far: how deep, and how much with all that aliases repeat."""

    def __init__(self) -> None:
        self._sizes: dict[str | None, int] = {}
        self._within: list[tuple[str | None, int]] = [(None, 0)]

    def beyond(self, event: yaml.Event) -> str:
        """What is too much with this event; "" when nothing is."""
        if isinstance(event, yaml.AliasEvent) and any(event.anchor == anchor for anchor, _ in self._within):
            return f"*{event.anchor} repeats what it is part of"
        if isinstance(event, yaml.ScalarEvent) and len(event.value) > _LONGEST_SCALAR:
            return f"a text is longer than {_LONGEST_SCALAR} characters"
        self._count(event)
        if len(self._within) > _DEEPEST_NESTING:
            return f"it is nested more than {_DEEPEST_NESTING} levels deep"
        much = self._within[-1][1] > _MOST_NODES
        return f"with what aliases repeat it holds more than {_MOST_NODES} values" if much else ""

    def _count(self, event: yaml.Event) -> None:
        size = 0
        if isinstance(event, yaml.CollectionStartEvent):
            self._within.append((event.anchor, 1))
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, size = self._within.pop()
            self._sizes[anchor] = size
        elif isinstance(event, yaml.ScalarEvent):
            size = self._sizes[event.anchor] = 1
        elif isinstance(event, yaml.AliasEvent):
            size = self._sizes.get(event.anchor, 1)
        anchor, before = self._within[-1]
        self._within[-1] = anchor, before + size


def _line(problem: yaml.YAMLError, text: str) -> int:
    mark = getattr(problem, "problem_mark", None)
    return mark.line + 1 if mark else text.count("\n", 0, getattr(problem, "position", 0)) + 1


def _reason(problem: yaml.YAMLError) -> str:
    return str(getattr(problem, "problem", None) or getattr(problem, "reason", problem))


@dataclass(frozen=True, slots=True)
class Places:
    """A YAML file's name, the line of each key and list item, and each scalar as written (`0123` is a code, not 83)."""

    file: str = ""
    lines: Mapping[Path, int] = field(default_factory=dict)
    written: Mapping[Path, str] = field(default_factory=dict)

    def error(self, reason: str, *path: str) -> KnowledgeError:
        """An error at a path; at the nearest parent's line when the path is absent."""
        parents = (path[:length] for length in range(len(path), 0, -1))
        line = next((self.lines[parent] for parent in parents if parent in self.lines), 1)
        return KnowledgeError(f"{self.file}:{line}: {reason}")


def places_of(text: str, name: str) -> Places:
    """The places of a YAML text; KnowledgeError when a key is given twice, of which YAML would drop one."""
    lines: dict[Path, int] = {}
    written: dict[Path, str] = {}
    for path, line, node in _nodes(yaml.compose(text, Loader=_Loader), ()):
        if path in lines:
            raise KnowledgeError(f"{name}:{line}: {path[-1]!r} is given twice, first on line {lines[path]}")
        lines[path] = line
        if isinstance(node, yaml.ScalarNode):
            written[path] = str(node.value)
    return Places(name, lines, written)


def _nodes(node: yaml.Node | None, path: Path) -> Iterator[tuple[Path, int, yaml.Node]]:
    if len(path) == _DEEPEST:
        return
    if isinstance(node, yaml.MappingNode):
        told = [(str(key.value), key.start_mark.line + 1, value) for key, value in node.value]
    elif isinstance(node, yaml.SequenceNode):
        told = [(str(number), item.start_mark.line + 1, item) for number, item in enumerate(node.value)]
    else:
        return
    for step, line, value in told:
        yield (*path, step), line, value
        yield from _nodes(value, (*path, step))


def read_csv(path: Traversable) -> list[dict[str, str]]:
    """The rows of a CSV file with a header."""
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))


def traverse(folder: Traversable) -> Iterator[Traversable]:
    """All files below a folder, by name."""
    for path in sorted(folder.iterdir(), key=lambda p: p.name):
        if path.is_dir():
            yield from traverse(path)
        else:
            yield path


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The end of a message about an unknown name: the names like it, else all when they are few."""
    names = sorted(known)
    near = get_close_matches(name, names) or (names if len(names) <= _FEW else [])
    return f"; did you mean {' or '.join(near)}?" if near else ""
