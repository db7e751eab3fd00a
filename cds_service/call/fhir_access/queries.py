"""Prefetch templates as requests to a FHIR server."""

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote, urljoin, urlsplit

_PATIENT = "{{context.patientId}}"
_TEMPLATE = re.compile(r"([A-Z][A-Za-z]+)(?:/([^?{}/]+|\{\{[^{}]+\}\}))?(?:\?(.+))?")
_NEVER_IN_URL = re.compile(r"[\s\\#\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Request:
    """A read (`ident`), a search (`pairs`) or the rest of a search (`next_url`). `enough` entries are all we want."""

    kind: str
    ident: str = ""
    pairs: tuple[tuple[str, str], ...] = ()
    next_url: str = ""
    enough: int = 0

    @property
    def interaction(self) -> str:
        """The SMART letter of what is asked: r or s."""
        return "r" if self.ident else "s"

    @property
    def path(self) -> str:
        """The path below the server's base."""
        return f"{self.kind}/{quote(self.ident, safe='')}" if self.ident else self.kind


def request_of(template: str, patient_id: str) -> Request | None:
    """The request of a template for a patient; None when it holds a token that we do not know.

    Values stay unencoded in `pairs`: the HTTP client encodes them.
    """
    match = _TEMPLATE.fullmatch(template)
    if not match or "{{" in template.replace(_PATIENT, ""):
        return None
    kind, ident, query = match.groups()
    pairs = tuple(_pair(part.replace(_PATIENT, patient_id)) for part in query.split("&")) if query else ()
    return Request(kind, (ident or "").replace(_PATIENT, patient_id), pairs, enough=_enough(dict(pairs)))


def _pair(part: str) -> tuple[str, str]:
    name, _, value = part.partition("=")
    return name, value


def _enough(parameters: dict[str, str]) -> int:
    """The newest so many are enough when the server sorts them by date; unsorted, only all are."""
    count = parameters.get("_count", "")
    return int(count) if count.isdigit() and parameters.get("_sort", "").startswith("-") else 0


def below(base: str, url: str) -> str | None:
    """The URL, when it lies on the server at `base` and under its path; None for any other."""
    if not url or _NEVER_IN_URL.search(url):
        return None
    found = urljoin(f"{base}/", url)
    parts = urlsplit(found)
    steps = unquote(unquote(parts.path)).replace("\\", "/").split("/")
    inside = found == base or found.startswith((f"{base}/", f"{base}?"))
    return found if inside and ".." not in steps and "." not in steps else None
