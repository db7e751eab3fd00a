"""The limit: an application that only parses the same JSON and returns a fixed answer, on the same server.

    python -m bench.bare --port N --answers FILE [--workers N]

The answers are a JSON object, path to text.
"""

import argparse
from collections.abc import Iterable
from pathlib import Path

import orjson

from cds_service.gunicorn_server import serve
from cds_service.server import THREADS

READY = "/readyz"


def application(answers: dict[str, bytes]):
    """A WSGI application with the answer of each path."""

    def app(environ, start_response) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path != READY:
            orjson.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
        answer = answers[path]
        start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(answer)))])
        return [answer]

    return app


def main() -> None:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--answers", type=Path, required=True)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    told = orjson.loads(options.answers.read_bytes())
    answers = {path: text.encode() for path, text in told.items()}
    serve(application({READY: b"{}", **answers}), "127.0.0.1", options.port, options.workers, THREADS, _nothing, _nothing)


def _nothing() -> None:
    """What this server does besides answering."""


if __name__ == "__main__":
    main()
