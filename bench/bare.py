"""The limit: an application that only parses the same JSON and returns a fixed answer, on the same server.

    python -m bench.bare --port N --answers FILE [--workers N] [--kind wsgi|flask]

The answers are a JSON object, path to text.
"""

import argparse
from pathlib import Path

from bench.bare_app import answers_of, flask, wsgi
from cds_service.metrics.folder import metrics_folder
from cds_service.run.gunicorn_server import serve
from cds_service.run.server import THREADS

KINDS = {"wsgi": wsgi, "flask": flask}


def main() -> None:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--answers", type=Path, required=True)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--kind", choices=KINDS, default="wsgi")
    options = parser.parse_args()
    app = KINDS[options.kind](answers_of(options.answers))
    with metrics_folder():
        serve(app, "127.0.0.1", options.port, options.workers, THREADS, _nothing, _nothing)


def _nothing() -> None:
    """What this server does besides answering."""


if __name__ == "__main__":
    main()
