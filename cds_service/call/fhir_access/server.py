"""One allowed FHIR server: its connections, its breaker, and whether it takes searches by POST."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cds_service.call.fhir_access.breaker import Breaker
from cds_service.call.fhir_access.outcome import DEAD, NO_CONNECTION, Fetched, JsonDict, NotFetched, Outcome
from cds_service.call.fhir_access.queries import Pairs, Request, below, forms
from cds_service.call.fhir_access.room import CallRoom, ServerRoom
from cds_service.call.fhir_access.wire import Deadline, RefusedStatus, exchange, greet
from cds_service.fhir_json import as_dict, as_list, as_text, entries, next_links, total_of
from cds_service.outgoing import new_session

CONNECTIONS = 64
MOST_PAGES = 20
MOST_ENTRIES = 1000
FORM_SECONDS = 600
_WARM_S = 5.0  # nobody waits for it
# what a server answers that does not know a parameter
_NOT_UNDERSTOOD = frozenset({Outcome.BAD_REQUEST, Outcome.SEARCH_FAILED})
_NO_POST = frozenset({400, 403, 404, 405, 406, 411, 415, 501})


@dataclass(frozen=True, slots=True)
class Limits:
    """Until when a call reads, and how much."""

    deadline: Deadline
    room: CallRoom


class Server:
    """A FHIR server by its base URL, for any number of threads."""

    def __init__(self, base: str, timeout: float, room: ServerRoom) -> None:
        self.base = base
        self.breaker = Breaker()
        self.room = room
        self._timeout = timeout
        self._session = new_session(CONNECTIONS)
        self._takes_post = True
        self._understood: dict[tuple[str, ...], tuple[int, float]] = {}

    def fetch(self, request: Request, token: str, limits: Limits, found: Fetched) -> None:
        """Fill `found` with the pages of a request; what came before a failure stays."""
        found.began = time.monotonic()
        try:
            self._pages(request, token, limits, found)
            found.outcome = Outcome.FETCHED
        except NotFetched as problem:
            found.outcome = problem.outcome
        except Exception:  # an answer that breaks its reader is one that cannot be read
            found.outcome = Outcome.UNREADABLE
        finally:
            found.seconds = time.monotonic() - found.began

    def warm(self) -> None:
        """Open a connection and leave it open, by the head of what every server tells everybody."""
        greet(self._session, f"{self.base}/metadata", _WARM_S)

    def heard(self, found: Fetched, allowed: float) -> None:
        """Tell the breaker, unless the time, of the seconds `allowed`, was too short to tell anything."""
        tried = time.monotonic() - found.began if found.began else 0.0
        if found.outcome is not Outcome.TIMEOUT or tried > min(self._timeout, allowed) / 2:
            self.breaker.report(bool(found.pages) or found.outcome not in DEAD)

    def _pages(self, request: Request, token: str, limits: Limits, found: Fetched) -> None:
        seen = {request.next_url}
        came: list[JsonDict] = []
        page = self._first(request, token, limits)
        while True:
            _check_kind(page, request)
            listed = as_list(page.get("entry"))
            cut = listed[: MOST_ENTRIES - len(came)]
            found.pages.append({**page, "entry": cut} if len(cut) < len(listed) else page)
            came += map(as_dict, entries({"entry": cut}))
            following = next_page(page, self.base)
            whole = following == "" and len(cut) == len(listed) and not _falls_short(found.pages, came, request)
            found.complete = whole or request.is_enough(came)
            at_limit = len(found.pages) >= MOST_PAGES or len(came) >= MOST_ENTRIES
            if found.complete or not following or following in seen or at_limit:
                return
            seen.add(following)
            page = self._call("GET", following, (), token, limits)

    def _first(self, request: Request, token: str, limits: Limits) -> JsonDict:
        if not request.next_url and not request.ident:
            return self._search(request, token, limits)
        url = request.next_url or below(self.base, f"{self.base}/{request.path}")
        if url is None:  # an id with steps up in it
            raise NotFetched(Outcome.BAD_REQUEST)
        return self._call("GET", url, (), token, limits)

    def _search(self, request: Request, token: str, limits: Limits) -> JsonDict:
        """The first page; a server that does not know a parameter is asked in a simpler form, and so from then on."""
        asked = forms(request.pairs)
        number = first = self._first_form(request)
        while True:
            try:
                page = self._ask(request, asked[number], token, limits)
                break
            except NotFetched as problem:
                if problem.outcome not in _NOT_UNDERSTOOD or number + 1 == len(asked):
                    raise
            number += 1
        if number > first:
            self._understood[_names(request)] = number, time.monotonic()
        return page

    def _first_form(self, request: Request) -> int:
        """The form of a search that was understood of late; the whole search is tried again after a while."""
        number, since = self._understood.get(_names(request), (0, 0.0))
        return number if time.monotonic() - since < FORM_SECONDS else 0

    def _ask(self, request: Request, pairs: Pairs, token: str, limits: Limits) -> JsonDict:
        """POST keeps the patient out of URLs and logs; a server that refuses it is asked by GET."""
        url = f"{self.base}/{request.path}"
        if self._takes_post:
            try:
                return self._call("POST", f"{url}/_search", pairs, token, limits)
            except RefusedStatus as problem:
                if problem.status not in _NO_POST:
                    raise
        page = self._call("GET", url, pairs, token, limits)
        self._takes_post = False
        return page

    def _call(self, method: str, url: str, pairs: tuple[tuple[str, str], ...], token: str, limits: Limits) -> JsonDict:
        """One exchange, and a second one where that may help."""
        try:
            return self._exchange(method, url, pairs, token, limits)
        except NotFetched as problem:
            wait = _pause(problem)
            if wait is None or wait >= limits.deadline.left:
                raise
        time.sleep(wait)
        return self._exchange(method, url, pairs, token, limits)

    def _exchange(
        self, method: str, url: str, pairs: tuple[tuple[str, str], ...], token: str, limits: Limits
    ) -> JsonDict:
        seconds = min(self._timeout, limits.deadline.left)
        if seconds <= 0:
            raise NotFetched(Outcome.TIMEOUT)
        limits.room.check()
        return exchange(self._session, method, url, pairs, token, seconds, limits.room.take)


def next_page(page: JsonDict, base: str) -> str | None:
    """The URL of the page after this one, "" when it is the last, None when it lies elsewhere and is not followed."""
    urls = [as_text(link.get("url")) or "" for link in next_links(page)]
    return below(base, urls[0]) if urls else ""


def _names(request: Request) -> tuple[str, ...]:
    """What kind of search it is: its type and parameters, without their values, which name the patient."""
    return (request.kind, *(name for name, _ in request.pairs))


def _falls_short(pages: Sequence[JsonDict], came: Iterable[JsonDict], request: Request) -> bool:
    """Whether the server found more than it gave: of a whole search, what came is less than the total it tells."""
    if request.ident or request.next_url:
        return False
    return sum(resource.get("resourceType") == request.kind for resource in came) < total_of(pages[0])


def _pause(problem: NotFetched) -> float | None:
    """Seconds to wait before trying again; None when trying again is no use."""
    if isinstance(problem, RefusedStatus):
        return problem.retry_after if problem.status in (429, 503) else None
    return 0.0 if problem.outcome in NO_CONNECTION else None


def _check_kind(page: JsonDict, request: Request) -> None:
    """A search answers with a Bundle, a read with the resource that was asked for."""
    if request.ident:
        wanted = page.get("resourceType") == request.kind and page.get("id") == request.ident
    else:
        wanted = page.get("resourceType") == "Bundle"
    if not wanted:
        raise NotFetched(Outcome.UNREADABLE)
