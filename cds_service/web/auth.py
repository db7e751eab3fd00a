"""The gate before every route that is not public: token, rate, and what the client may reach."""

import hmac
import math
from collections.abc import Callable
from functools import cached_property, wraps
from time import monotonic
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from flask import Response, request

from cds_service.errors import NotAllowed, NotAuthenticated, TooManyCalls
from cds_service.records.log import record_refusal
from cds_service.run.settings import PREFIX, Auth, is_loopback
from cds_service.trust.clients import Client
from cds_service.trust.jwks import KeyStore
from cds_service.trust.tokens import Caller, TokenCheck, TokenRefused
from cds_service.web.insights_door import InsightsDoor
from cds_service.web.runtime import Access, Route, Runtime
from cds_service.web.this_request import request_id, this_request

if TYPE_CHECKING:
    from limits import RateLimitItem
    from limits.strategies import RateLimiter


_MINUTE_S = 60.0
# a proxy on this machine, or a page of another site in a browser on it
_FOR_OTHERS = ("Forwarded", "Origin", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP")


class Gate:
    """Lets trusted clients in; `this_request` tells who came in, and which FHIR servers it may have asked."""

    def __init__(self, runtime: Runtime) -> None:
        settings = runtime.settings
        self._insights = InsightsDoor(settings)
        self._open = settings.auth is Auth.OFF
        self._metrics, self._metrics_token = runtime.metrics, settings.metrics_token
        self._all_servers = runtime.clients.fhir_servers(), runtime.clients.open_servers()
        self._rate = settings.rate_per_minute
        self._began: dict[str, float] = {}
        if self._rate and not self._open:
            import limits.storage
            import limits.strategies  # noqa: F401 - loaded here, so that the first call need not wait for it
        self._check = TokenCheck(
            runtime.clients, KeyStore(), runtime.seen, settings.base_url, settings.token_lifetime_s
        )

    def guarded(self, route: Route) -> Callable[..., Response]:
        """The view of the route behind what its access asks for."""
        if route.access is Access.PUBLIC:
            return route.view
        admit = {
            Access.CLIENT: self._admit,
            Access.INSIGHTS: self._insights.admit,
            Access.METRICS: self._admit_monitoring,
        }[route.access]

        @wraps(route.view)
        def view(**arguments: str) -> Response:
            admit()
            return route.view(**arguments)

        return view

    def _admit(self) -> None:
        this = this_request()
        if self._open:
            this.fhir_servers, this.open_servers = self._all_servers
            return
        caller = self._caller()
        this.client, this.tenant = caller.client, caller.tenant
        this.fhir_servers, this.open_servers = frozenset(caller.client.fhir_servers), caller.client.open_servers

    def _admit_monitoring(self) -> None:
        """With a token set, who sends it; else only this machine itself, and nobody through a proxy on it."""
        if self._metrics_token:
            sent = request.headers.get("Authorization", "").encode("latin-1", "replace")
            if not hmac.compare_digest(sent, f"Bearer {self._metrics_token}".encode()):
                raise NotAuthenticated(f"Send {PREFIX}METRICS_TOKEN as Authorization: Bearer.")
        elif not _is_from_here():
            raise NotAllowed(
                f"Only this machine itself may read this address. Set {PREFIX}METRICS_TOKEN and send it as "
                "Authorization: Bearer to read it from elsewhere or through a proxy."
            )

    def _caller(self) -> Caller:
        try:
            caller = self._check.verify(request.headers.get("Authorization"), request.path)
            self._count(caller.client, "test")
            self._check.spend(caller)
            self._count(caller.client, "hit")  # a token that was used already costs its client no call
        except TokenRefused as problem:
            self._metrics.token_refused(problem.kind)
            named = {"client": problem.client.name} if problem.client else {}
            record_refusal(request_id(), problem.reason, named)
            raise NotAuthenticated(
                "Token not accepted. Send a new one as Authorization: Bearer; why this one was refused is in the log "
                f"of the service under request id {request_id()}."
            ) from None
        return caller

    def _count(self, client: Client, how: Literal["test", "hit"]) -> None:
        """TooManyCalls when the client has had its calls of this minute, at this worker; `hit` counts this one.

        Minutes are those of a clock that nobody sets: each is counted under a name of its own.
        """
        if not self._rate:
            return
        from limits import RateLimitItemPerMinute

        limit = RateLimitItemPerMinute(self._rate)
        now = monotonic()
        minute, passed = divmod(now - self._began.setdefault(client.iss, now), _MINUTE_S)
        if not self._is_within(how, limit, client.iss, str(minute)):
            self._metrics.rate_limited()
            raise TooManyCalls(max(1, math.ceil(_MINUTE_S - passed)))

    def _is_within(self, how: Literal["test", "hit"], limit: "RateLimitItem", client: str, minute: str) -> bool:
        """Whether the call is within the limit; yes when a worker that ends cannot start the thread of the count."""
        try:
            return bool(getattr(self._limiter, how)(limit, client, minute))
        except RuntimeError:
            return True

    @cached_property
    def _limiter(self) -> "RateLimiter":
        """Made at the first call: its storage has a thread, which a fork would not bring along."""
        from limits.storage import MemoryStorage
        from limits.strategies import FixedWindowRateLimiter

        return FixedWindowRateLimiter(MemoryStorage())


def _is_from_here() -> bool:
    """Whether this machine itself asks, by one of its own names: a page whose name was led here asks by that name."""
    host = urlsplit(f"//{request.host}").hostname or ""
    itself = is_loopback(request.remote_addr or "") and is_loopback(host)
    return itself and not any(name in request.headers for name in _FOR_OTHERS)
