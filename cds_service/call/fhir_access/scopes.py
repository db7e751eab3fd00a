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
    """Whether the scopes allow an interaction ("r" or "s") on a type; without any scope there is no telling, so yes.

    `same_patient`: the token's patient is the one asked for, else patient scopes do not count. A scope with a query
    (`patient/Observation.rs?category=laboratory`) covers some of the resources.
    """
    if not scope.strip():
        return Cover.ALL
    found = [_cover_of(part, resource_type, interaction, same_patient) for part in scope.split()]
    return max(found, key=lambda one: one.value)


def _cover_of(part: str, resource_type: str, interaction: str, same_patient: bool) -> Cover:
    match = _SCOPE.fullmatch(part)
    if not match or match[2] not in ("*", resource_type) or (match[1] == "patient" and not same_patient):
        return Cover.NONE
    granted = _READ_AND_SEARCH if match[3] in ("*", "read") else match[3]
    if match[3] == "write" or interaction not in granted:
        return Cover.NONE
    return Cover.SOME if match[4] else Cover.ALL
