"""The source of the rules as hashes: a signature tells with them which rules were only written anew."""

import hashlib
from collections.abc import Iterator, Mapping
from importlib import resources
from importlib.resources.abc import Traversable

from cards import RULES

SHARED = "all rules"
_HASH = 32


def code_state() -> dict[str, str]:
    """A hash of the source of each rule, and one of the code that all rules share."""
    package = resources.files("cards")
    modules = {rule.name: f"{rule.question.__module__.replace('.', '/')}.py" for rule in RULES}
    sources = {rule: (package.joinpath(*path.split("/")[1:])).read_bytes() for rule, path in modules.items()}
    own = set(modules.values())
    shared = (source for path, source in _sources(package, "cards") if path not in own)
    return {SHARED: _hash(*shared), **{rule: _hash(source) for rule, source in sources.items()}}


def rewritten(signed: Mapping[str, str], unsigned: frozenset[str]) -> Iterator[str]:
    """Of the rules that are signed still, those whose source is another than at the signature."""
    now = code_state()
    yield from (name for name, of in signed.items() if now.get(name, of) != of and f"rule:{name}" not in unsigned)


def _sources(folder: Traversable, name: str) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.iterdir(), key=lambda p: p.name):
        if path.is_dir():
            yield from _sources(path, f"{name}/{path.name}")
        elif path.name.endswith(".py"):
            yield f"{name}/{path.name}", path.read_bytes()


def _hash(*sources: bytes) -> str:
    return hashlib.sha256(b"\0".join(s.replace(b"\r\n", b"\n") for s in sources)).hexdigest()[:_HASH]
