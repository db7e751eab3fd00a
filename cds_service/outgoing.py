"""Asking other servers: each exchange has one deadline, however slowly headers or body trickle in."""

import io
import logging
import os
import socket
import ssl
import time
from functools import cache
from http.client import HTTPResponse as PlainResponse
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import Any

import requests
from requests.adapters import DEFAULT_CA_BUNDLE_PATH, HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPResponse, HTTPSConnectionPool, Timeout
from urllib3.connection import HTTPConnection, HTTPSConnection

_CONNECT_PART = 3  # a third of the time, so that a connection that was lost can be tried again


def new_session(connections: int, through_proxy: bool = False) -> requests.Session:
    """A session for one server, for many threads: it remembers nothing but its open connections.

    `through_proxy`: the proxy that the environment names is used.
    """
    logging.getLogger("urllib3").setLevel(logging.CRITICAL)  # its messages quote URLs, which name patients
    session = _Session()
    session.trust_env = through_proxy  # a .netrc would replace the token
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    for scheme in ("https://", "http://"):
        session.mount(scheme, _Adapter(pool_connections=1, pool_maxsize=connections))
    return session


class _Session(requests.Session):
    """Does not look where a redirect leads: nobody follows, and what is no address would leave the connection open."""

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        return None


def within(seconds: float) -> Any:
    """The timeout of an exchange that must be over, with its last byte, after so many seconds."""
    return Timeout(total=seconds, connect=seconds / _CONNECT_PART)


class _UntilDeadline(io.RawIOBase):
    """What a socket receives until a moment; TimeoutError at every read after it.

    The time-out of a socket counts from each byte that comes, so that one byte a second holds a reader for ever.
    """

    def __init__(self, raw: io.RawIOBase, sock: socket.socket, seconds: float) -> None:
        self._raw, self._sock = raw, sock
        self._until = time.monotonic() + seconds

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        self._sock.settimeout(left)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _TimedResponse(PlainResponse):
    """A response that has, from its first to its last byte, the time that the socket was given for one read."""

    def __init__(self, sock: socket.socket, *arguments: Any, **named: Any) -> None:
        super().__init__(sock, *arguments, **named)
        seconds = sock.gettimeout()
        if seconds is not None:
            self.fp.close()
            self.fp = io.BufferedReader(_UntilDeadline(sock.makefile("rb", buffering=0), sock, seconds))


def _keep_if_promised(connection: HTTPConnection, response: HTTPResponse) -> HTTPResponse:
    """Leave the connection to this response alone, unless the server says that it keeps it for more.

    A server that says nothing may be gone, or be another one, by the next call. The response reads on.
    """
    promised = "keep-alive" in response.headers.get("Connection", "").lower() or "Keep-Alive" in response.headers
    if not promised and connection.sock is not None:
        connection.sock.close()
        connection.sock = None
    return response


class _Connection(HTTPConnection):
    response_class = _TimedResponse

    def getresponse(self) -> HTTPResponse:  # type: ignore[override] # as in urllib3
        return _keep_if_promised(self, super().getresponse())


class _TlsConnection(HTTPSConnection):
    response_class = _TimedResponse

    def getresponse(self) -> HTTPResponse:  # type: ignore[override] # as in urllib3
        return _keep_if_promised(self, super().getresponse())


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


_POOLS = {"http": _Pool, "https": _TlsPool}


@cache
def _trusted() -> ssl.SSLContext:
    """The authorities that are trusted, read once a process."""
    bundle = os.environ.get("REQUESTS_CA_BUNDLE") or DEFAULT_CA_BUNDLE_PATH
    if Path(bundle).is_dir():
        return ssl.create_default_context(capath=bundle)
    return ssl.create_default_context(cafile=bundle)


class _Adapter(HTTPAdapter):
    """Trusts the same authorities on every connection; reading them for ten at a time outlasts a deadline."""

    def init_poolmanager(self, *args: object, **kwargs: object) -> None:
        super().init_poolmanager(*args, **kwargs, ssl_context=_trusted())  # type: ignore[arg-type]
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(*args, **kwargs, ssl_context=_trusted())
        manager.pool_classes_by_scheme = _POOLS
        return manager

    def cert_verify(self, conn: object, *_: object) -> None:
        """Nothing is left to be set: the context of the pool asks for a certificate, and knows whom to trust."""
