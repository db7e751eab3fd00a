"""What an access token may read, by its SMART scopes (version 1 `.read`, version 2 `.rs`)."""

import re
from enum import Enum

_SCOPE = re.compile(r"(patient|user|system)/(\*|[A-Za-z]+)\.(\*|read|write|c?r?u?d?s?)(\?.*)?")
_READ_AND_SEARCH = "rs"


class Cover(Enum):
    """How far a scope covers a query."""

    NONE = 0
    SOME = 1
    ALL = 2


def cover(scope: str, resource_type: str, interaction: str, same_patient: bool) -> Cover:
    """Whether the scopes allow an interaction ("r" or "s") on a type; without a SMART scope there is no telling: yes.

    Some systems word their scopes ("Observation.Search (Labs) (R4)"), or name `launch openid` alone.

    `same_patient`: the token's patient is the one asked for, else patient scopes do not count. A scope with a query
    (`patient/Observation.rs?category=laboratory`) covers some of the resources.
    """
    smart = [match for part in scope.split() if (match := _SCOPE.fullmatch(part))]
    if not smart:
        return Cover.ALL
    found = [_cover_of(match, resource_type, interaction, same_patient) for match in smart]
    return max(found, key=lambda one: one.value)


def _cover_of(match: re.Match[str], resource_type: str, interaction: str, same_patient: bool) -> Cover:
    if match[2] not in ("*", resource_type) or (match[1] == "patient" and not same_patient):
        return Cover.NONE
    granted = _READ_AND_SEARCH if match[3] in ("*", "read") else match[3]
    if match[3] == "write" or interaction not in granted:
        return Cover.NONE
    return Cover.SOME if match[4] else Cover.ALL
