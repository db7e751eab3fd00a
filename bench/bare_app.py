"""The bare applications themselves: they parse the JSON and return a fixed answer. Any server can serve them."""

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import orjson
from flask import Flask, Response, request

ANSWERS = "BENCH_ANSWERS"  # names the file of the answers, a JSON object: path to text
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


def answers_of(file: Path) -> dict[str, bytes]:
    """The answers in a file, and that of being ready."""
    return {READY: b"{}", **{path: text.encode() for path, text in orjson.loads(file.read_bytes()).items()}}


def served() -> Flask:
    """The application in Flask, for a server that makes it itself."""
    return flask(answers_of(Path(os.environ[ANSWERS])))
