"""Who may see the insights: who holds the token of the settings, or comes through a proxy that sets a header."""

import hmac

from flask import abort, request

from cds_service.errors import NoPassword, NotAllowed
from cds_service.records.log import record_insights_refusal
from cds_service.run.settings import Settings
from cds_service.web.this_request import request_id


class InsightsDoor:
    """Closed, as if there were nothing behind it, unless a setting opens it. A client's token does not."""

    def __init__(self, settings: Settings) -> None:
        self._token = settings.insights_token
        self._header, _, self._value = settings.insights_header.partition("=")

    def admit(self) -> None:
        """Return if the request may pass; else NoPassword, NotAllowed, or the 404 of the web framework."""
        if not self._token and not self._header:
            abort(404)
        if self._through_proxy() or self._knows_token():
            return
        if self._token:
            if "Authorization" in request.headers:
                record_insights_refusal(request_id(), "token is not that of the settings")
            raise NoPassword("Show the insights token: as bearer token, or as password with any user name.")
        record_insights_refusal(request_id(), "header of the proxy is missing or other than in the settings")
        raise NotAllowed("The insights are for who comes through the proxy in front of this service, signed in there.")

    def _through_proxy(self) -> bool:
        return bool(self._header) and _same(request.headers.get(self._header, ""), self._value)

    def _knows_token(self) -> bool:
        shown = request.authorization
        given = shown and (shown.token if shown.type == "bearer" else shown.password)
        return bool(self._token) and _same(given or "", self._token)


def _same(given: str, expected: str) -> bool:
    """Compared in a time that does not tell how much of it is right."""
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), expected.encode())
