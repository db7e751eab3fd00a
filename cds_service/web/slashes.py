"""Browsers refuse redirects on preflights, so superfluous slashes are removed before routing."""

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_REPEATED = re.compile(r"/{2,}")


def without_extra_slashes(app: "WSGIApplication") -> Callable[..., Iterable[bytes]]:
    """The app, with repeated slashes collapsed and the trailing one stripped."""

    def wrapped(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        environ["PATH_INFO"] = _REPEATED.sub("/", environ.get("PATH_INFO", "")).rstrip("/") or "/"
        return app(environ, start_response)

    return wrapped
