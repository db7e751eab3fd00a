"""The service beside an empty handler of the best-known CDS Hooks framework for Python, on the same requests.

    python -m bench.peers PYTHON [--rounds N] [--seconds S]

PYTHON is an interpreter of its own environment: `python3 -m venv PEER && PEER/bin/pip install healthchain uvicorn`.
Processor time a call of all processes of a server, in rounds in turn; the handler decides nothing and keeps nothing.
"""

import argparse
import statistics
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from bench import servers
from bench.measure import Request, load, requests_in
from bench.servers import Server

SHAPES = ("quiet", "irrelevant_draft", "usual")
PEER = "/cds/cds-services/{hook}"
OWN = "/cds-services/magnesium-{hook}"
Figures = dict[str, dict[str, float]]


def compared(against: Mapping[str, tuple[Server, str]], requests: Sequence[Request], rounds: int, s: float) -> Figures:
    """Shape of a body to the microseconds of each server, its address a pattern; the first round only warms up."""
    found: Figures = {}
    for request in requests:
        taken: dict[str, list[float]] = {name: [] for name in against}
        for _ in range(rounds + 1):
            for name, (server, path) in against.items():
                taken[name].append(load(server, path.format(hook=request.hook), request, s).cpu_us)
        found[request.shape] = {name: round(statistics.median(each[1:])) for name, each in taken.items()}
    return found


def table(found: Figures) -> str:
    """A line a body: microseconds of each, and ours in multiples of the others."""
    lines = []
    for shape, us in found.items():
        own = us["service"]
        others = ", ".join(f"{own / each:.2f} of {name}" for name, each in us.items() if name != "service")
        lines.append(f"{shape:18} {', '.join(f'{name} {each:.0f} us' for name, each in us.items())}: {others}")
    return "\n".join(lines)


def main() -> None:
    """Start both, load them in turn, print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("python", help="the interpreter that has healthchain and uvicorn")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="magnesium-bench-") as told, ExitStack() as stack:
        folder = Path(told)
        against = {
            "service": (stack.enter_context(servers.service(folder, 1)), OWN),
            "HealthChain": (stack.enter_context(servers.peer(folder, options.python)), PEER),
        }
        print(table(compared(against, list(requests_in(folder, SHAPES)), options.rounds, options.seconds)))


if __name__ == "__main__":
    main()
