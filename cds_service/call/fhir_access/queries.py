"""Prefetch templates as requests to a FHIR server."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from unicodedata import normalize
from urllib.parse import quote, unquote, urljoin, urlsplit

from cds_service.fhir_json import JsonDict

_PATIENT = "{{context.patientId}}"
_TEMPLATE = re.compile(r"([A-Z][A-Za-z]+)(?:/([^?{}/]+|\{\{[^{}]+\}\}))?(?:\?(.+))?")
# what a search cannot do without; all the rest narrows, sorts or brings along
_INDISPENSABLE = frozenset({"patient", "code", "_count"})
# what means something in the value of a search parameter (FHIR R4, Search: escaping)
_SEARCH_SIGNS = re.compile(r"[\\$,|]")
_DOTS = frozenset({".", ".."})
_LONGEST_URL = 8000  # what servers take as the line of a request
_NO_UTF_8 = "\ufffd"  # what bytes that are none are read as
_NEVER_IN_URL = re.compile(r"[\s\\#\x00-\x1f\x7f]")


Pairs = tuple[tuple[str, str], ...]


def _never(_: Sequence[JsonDict]) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Request:
    """A read (`ident`), a search (`pairs`) or the rest of a search (`next_url`); read on until `is_enough`.

    That an `optional` one fails says nothing of the server: it may not know the type.
    """

    kind: str
    ident: str = ""
    pairs: Pairs = ()
    next_url: str = ""
    is_enough: Callable[[Sequence[JsonDict]], bool] = field(default=_never, compare=False)
    optional: bool = False

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
    asked_for = _SEARCH_SIGNS.sub(r"\\\g<0>", patient_id)
    pairs = tuple(_pair(part.replace(_PATIENT, asked_for)) for part in query.split("&")) if query else ()
    return Request(kind, (ident or "").replace(_PATIENT, patient_id), pairs)


def _pair(part: str) -> tuple[str, str]:
    name, _, value = part.partition("=")
    return name, value


def forms(pairs: Pairs) -> tuple[Pairs, ...]:
    """A search, and what is asked of a server that does not know all its parameters: ever less, never narrower.

    What comes too many is left out by its readers.
    """
    return tuple(dict.fromkeys((pairs, *_simpler(pairs))))


def _simpler(pairs: Pairs) -> Iterator[Pairs]:
    yield tuple(pair for pair in pairs if pair[0] in _INDISPENSABLE or not pair[0].startswith("_"))
    yield tuple(pair for pair in pairs if pair[0] in _INDISPENSABLE)


def below(base: str, url: str) -> str | None:
    """The URL, when it lies on the server at `base` and under its path; None for any other.

    One longer than servers take, or with letters that no URL has (RFC 3986), is none, and is not looked into.
    """
    own = url.removeprefix(base)  # the base itself was read by an operator
    if not 0 < len(url) <= _LONGEST_URL or not own.isascii() or _NEVER_IN_URL.search(url):
        return None
    found = urljoin(f"{base}/", url)
    parts = urlsplit(found)
    inside = found == base or found.startswith((f"{base}/", f"{base}?"))
    return found if inside and not _climbs(parts.path) else None


def _climbs(path: str) -> bool:
    """Whether some server may take a step of the path for `.` or `..`, however it is written.

    Java servers cut off what follows `;`, others read wide letters, or overlong bytes, as plain ones.
    """
    signs = (normalize("NFKC", sign) for sign in unquote(unquote(path)))  # a text as a whole takes its square
    plain = "".join(signs).replace("\\", "/")
    steps = [step.partition(";")[0].strip() for step in plain.split("/")]
    return not _DOTS.isdisjoint(steps) or not plain.isprintable() or _NO_UTF_8 in plain
