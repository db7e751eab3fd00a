"""Which calls figures are about: of a moment, a client, a unit, a version of the knowledge; all where none is named."""

from collections.abc import Mapping
from dataclasses import dataclass

from cards import SERVICES
from cds_service.errors import BadQuery

LONGEST = 200
NAMES = ("service", "client", "unit", "version")


@dataclass(frozen=True, slots=True)
class Scope:
    """What the calls have in common; empty is any. `version`: of the knowledge that answered."""

    service: str = ""
    client: str = ""
    unit: str = ""
    version: str = ""

    @property
    def by_place(self) -> dict[str, str]:
        """Moment, client and unit, as far as they are named."""
        told = (("service", self.service), ("client", self.client), ("unit", self.unit))
        return {name: value for name, value in told if value}

    @property
    def of_answer(self) -> dict[str, str]:
        """All that is named, by the columns of answers."""
        return {**self.by_place, **({"knowledge": self.version} if self.version else {})}


EVERYTHING = Scope()


def scope_of(told: Mapping[str, str]) -> Scope:
    """The scope that texts name; BadQuery for a service that there is not. No call has another name that is unknown.

    BadQuery too for signs that no record holds, and not every database takes.
    """
    named = {name: told.get(name, "")[:LONGEST] for name in NAMES}
    for name, value in named.items():
        if not value.isprintable():
            raise BadQuery(f"{name}: write it as the page shows it.")
    known = [service.id for service in SERVICES]
    if named["service"] and named["service"] not in known:
        raise BadQuery(f"service: one of {', '.join(known)}; or leave it out for all.")
    return Scope(**named)
