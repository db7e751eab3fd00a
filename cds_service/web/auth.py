"""The gate before every route that is not public: token, rate, and what the client may reach."""

import hmac
import math
from collections.abc import Callable
from functools import wraps
from time import monotonic
from urllib.parse import urlsplit

from flask import Response, request

from cds_service.errors import NotAllowed, NotAuthenticated, TooManyCalls
from cds_service.records.log import record_refusal
from cds_service.run.settings import PREFIX, Auth, is_loopback
from cds_service.trust.clients import Client
from cds_service.trust.jwks import KeyStore
from cds_service.trust.rate import CallsOfMinute
from cds_service.trust.tokens import Caller, TokenCheck, TokenRefused
from cds_service.web.insights_door import InsightsDoor
from cds_service.web.runtime import Access, Route, Runtime
from cds_service.web.this_request import request_id, this_request

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
        self._calls = CallsOfMinute(settings.rate_per_minute) if settings.rate_per_minute else None
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
            self._refuse_too_many(caller.client)
            self._check.spend(caller)
        except TokenRefused as problem:
            self._metrics.token_refused(problem.kind)
            named = {"client": problem.client.name} if problem.client else {}
            record_refusal(request_id(), problem.reason, named)
            raise NotAuthenticated(
                "Token not accepted. Send a new one as Authorization: Bearer; why this one was refused is in the log "
                f"of the service under request id {request_id()}."
            ) from None
        if self._calls:
            self._calls.count(caller.client.iss, monotonic())
        return caller

    def _refuse_too_many(self, client: Client) -> None:
        """TooManyCalls when the client has had its calls of this minute, at this worker; its token stays unused.

        Tokens that were used before are no calls of its minute: whoever holds one could use that up.
        """
        if self._calls and (wait_s := self._calls.wait_s(client.iss, monotonic())):
            self._metrics.rate_limited()
            raise TooManyCalls(math.ceil(wait_s))


def _is_from_here() -> bool:
    """Whether this machine itself asks, by one of its own names: a page whose name was led here asks by that name."""
    host = urlsplit(f"//{request.host}").hostname or ""
    itself = is_loopback(request.remote_addr or "") and is_loopback(host)
    return itself and not any(name in request.headers for name in _FOR_OTHERS)
