"""What is wrong with a request or an answer, by requirement and place."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from cards import parse_yaml
from cds_service.fhir_json import JsonDict, as_dict, as_list

Wrong = tuple[str, str]  # where, and what is wrong there
Check = Callable[[JsonDict], Iterator[Wrong]]
MUST = "must"


@dataclass(frozen=True, slots=True)
class Requirement:
    """One requirement: `level` must, should or dialect; `text` what it asks, in words."""

    level: str
    text: str


@dataclass(frozen=True, slots=True)
class Fault:
    """A requirement that is not met: its id, where, and what is there."""

    requirement: str
    where: str
    what: str

    @property
    def level(self) -> str:
        """The level of the requirement."""
        return requirements()[self.requirement].level


@cache
def requirements() -> Mapping[str, Requirement]:
    """Every requirement by its id."""
    told = parse_yaml((files(__package__) / "requirements.yaml").read_text(encoding="utf-8"), "requirements.yaml")
    return {ident: Requirement(**row) for ident, row in told.items()}


def faults_of(checks: Mapping[str, Check], told: JsonDict) -> tuple[Fault, ...]:
    """What the checks, each by its requirement, find."""
    return tuple(Fault(ident, where, what) for ident, check in checks.items() for where, what in check(told))


def items(holder: JsonDict, key: str, at: str = "") -> Iterator[tuple[str, JsonDict]]:
    """(path, object) of each item of a list; an item that is no object is an empty one."""
    path = f"{at}.{key}" if at else key
    yield from ((f"{path}[{n}]", as_dict(item)) for n, item in enumerate(as_list(holder.get(key))))


def lacking(holder: JsonDict, at: str, names: Iterable[str]) -> Iterator[Wrong]:
    """The names that have no text there."""
    for name in names:
        value = holder.get(name)
        if not isinstance(value, str) or not value.strip():
            yield f"{at}.{name}" if at else name, "is missing" if value is None else "is no text"
