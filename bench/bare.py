"""The limit: an application that only parses the same JSON and returns a fixed answer, on the same server.

    python -m bench.bare --port N --answers FILE [--workers N] [--kind wsgi|flask]

The answers are a JSON object, path to text.
"""

import argparse
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import orjson
from flask import Flask, Response, request

from cds_service.run.gunicorn_server import serve
from cds_service.run.server import THREADS

READY = "/readyz"
Answers = Mapping[str, bytes]


def wsgi(answers: Answers) -> Callable[..., Iterable[bytes]]:
    """Nothing between the server and the parser."""

    def app(environ, start_response):
        path = environ["PATH_INFO"]
        if path != READY:
            orjson.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
        answer = answers[path]
        start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(answer)))])
        return [answer]

    return app


def flask(answers: Answers) -> Flask:
    """The same in the web framework of the service."""
    app = Flask("bare", static_folder=None)

    @app.get(READY)
    def ready() -> Response:
        return Response(answers[READY])

    @app.post("/<size>/<hook>")
    def answer(size: str, hook: str) -> Response:
        orjson.loads(request.get_data(cache=False))
        return Response(answers[f"/{size}/{hook}"], mimetype="application/json")

    return app


KINDS = {"wsgi": wsgi, "flask": flask}


def main() -> None:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--answers", type=Path, required=True)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--kind", choices=KINDS, default="wsgi")
    options = parser.parse_args()
    told = orjson.loads(options.answers.read_bytes())
    app = KINDS[options.kind]({READY: b"{}", **{path: text.encode() for path, text in told.items()}})
    serve(app, "127.0.0.1", options.port, options.workers, THREADS, _nothing, _nothing)


def _nothing() -> None:
    """What this server does besides answering."""


if __name__ == "__main__":
    main()
