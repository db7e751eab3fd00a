"""One bare application on several servers: processor time a call, latency at half load, beside stalled connections.

    python -m bench.server_choice PYTHON [--seconds S] [--stalled N]

PYTHON is an interpreter of its own environment: `python3 -m venv OTHER && OTHER/bin/pip install granian waitress flask
orjson`. Two worker processes where a server has any, 32 threads in all for each.
"""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path

import requests

from bench import servers
from bench.bare_app import ANSWERS
from bench.measure import Request, load, requests_in
from bench.servers import Server
from bench.stalled import open_stalled

APP = "bench.bare_app:served"
SHAPE, ANSWER = "usual", json.dumps({"cards": []})
TIMEOUT_S, CALLS = 2, 20
Command = Callable[[str, int], list[str]]
KINDS: dict[str, Command] = {
    "gunicorn, as shipped": lambda _, port: [
        sys.executable,
        "-m",
        "bench.bare",
        "--kind",
        "flask",
        "--port",
        str(port),
    ],
    "gunicorn, gthread": lambda _, port: [
        *(sys.executable, "-m", "gunicorn", "--worker-class", "gthread", "--workers", "2", "--threads", "16"),
        *("--bind", f"127.0.0.1:{port}", f"{APP}()"),
    ],
    "granian": lambda python, port: [
        *(python, "-m", "granian", "--interface", "wsgi", "--workers", "2", "--blocking-threads", "16"),
        *("--port", str(port), "--factory", APP),
    ],
    "waitress": lambda python, port: [
        *(python, "-m", "waitress", "--threads", "32", "--listen", f"127.0.0.1:{port}", "--call", APP),
    ],
}


def answered(server: Server, request: Request) -> int:
    """How many of some calls, each on a connection of its own, are answered 200 in time."""
    url, body, found = f"http://127.0.0.1:{server.port}{request.bare_path}", request.file.read_bytes(), 0
    for _ in range(CALLS):
        with suppress(requests.RequestException):
            found += requests.post(url, body, timeout=TIMEOUT_S).status_code == requests.codes.ok
    return found


def line(name: str, server: Server, request: Request, seconds: float, rate: float, stalled: int) -> str:
    """The figures of one server; `rate` is the same for all of them."""
    load(server, request.bare_path, request, 0.5)  # warms up
    full, even = (
        load(server, request.bare_path, request, seconds),
        load(server, request.bare_path, request, seconds, rate),
    )
    with ExitStack() as kept:
        try:
            open_stalled(server.port, stalled, kept)
        except OSError:
            return f"{name:22}{full.cpu_us:8.0f}{full.rps:9.0f}{even.p99_ms:9.1f}   takes no {stalled} connections"
        return f"{name:22}{full.cpu_us:8.0f}{full.rps:9.0f}{even.p99_ms:9.1f}{answered(server, request):12} of {CALLS}"


def main() -> None:
    """Measure one after the other."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("python", help="the interpreter that has granian and waitress")
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--rate", type=float, default=300, help="calls a second at which latency is taken")
    parser.add_argument("--stalled", type=int, default=1000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="magnesium-bench-") as told:
        folder = Path(told)
        (request,) = requests_in(folder, (SHAPE,))
        answers = folder / "answers.json"
        answers.write_text(json.dumps({request.bare_path: ANSWER}), encoding="utf-8")
        environment = {**os.environ, ANSWERS: str(answers)}
        print(f"{'':22}{'CPU us':>8}{'calls/s':>9}{'p99 ms':>9}{f'beside {options.stalled} stalled':>22}")
        for name, command in KINDS.items():
            port = servers.free_port()
            more = ["--answers", str(answers)] if "bench.bare" in command(options.python, port) else []
            with servers.started([*command(options.python, port), *more], port, environment, folder) as server:
                print(line(name, server, request, options.seconds, options.rate, options.stalled), flush=True)


if __name__ == "__main__":
    main()
