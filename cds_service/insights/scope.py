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
        """Client and unit, as far as they are named."""
        return {name: value for name, value in (("client", self.client), ("unit", self.unit)) if value}

    @property
    def is_narrow(self) -> bool:
        """Whether more than the moment is named: then days are not read from their sums, which tell of no more."""
        return bool(self.by_place or self.version)


EVERYTHING = Scope()


def scope_of(told: Mapping[str, str]) -> Scope:
    """The scope that texts name; BadQuery for a service that there is not. No call has another name that is unknown."""
    named = {name: told.get(name, "")[:LONGEST] for name in NAMES}
    known = [service.id for service in SERVICES]
    if named["service"] and named["service"] not in known:
        raise BadQuery(f"service: one of {', '.join(known)}; or leave it out for all.")
    return Scope(**named)
