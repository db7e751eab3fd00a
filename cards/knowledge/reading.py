"""Reading YAML and CSV that was handed in, with errors that name file and line."""

import csv
import io
from collections.abc import Iterator
from importlib.resources.abc import Traversable
from typing import Any

import yaml

try:
    from yaml import CSafeLoader as _Loader
except ImportError:  # a build of PyYAML without libyaml
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]


class KnowledgeError(ValueError):
    """A knowledge or site file is wrong; the message says where, what and what is allowed."""


def read_yaml(path: Traversable) -> Any:
    """The content of a YAML file; KnowledgeError with the line when it is not YAML."""
    return parse_yaml(path.read_text(encoding="utf-8"), path.name)


def parse_yaml(text: str, name: str) -> Any:
    """The content of a YAML text; KnowledgeError with the line when it is not YAML."""
    try:
        return yaml.load(text, Loader=_Loader)
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        raise KnowledgeError(f"{name}{line}: not valid YAML: {getattr(problem, 'problem', problem)}") from None


def line_of(text: str, *path: str) -> int:
    """The line of a key path in a YAML text, counted from 1; the nearest parent's when the key is absent."""
    node = yaml.compose(text, Loader=_Loader)
    line = 1
    for step in path:
        entries = node.value if isinstance(node, yaml.MappingNode) else []
        found = next(((k, v) for k, v in entries if k.value == step), None)
        if found is None:
            break
        line, node = found[0].start_mark.line + 1, found[1]
    return line


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
