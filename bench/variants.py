"""What a call costs by how the service is run: as measured elsewhere, where records wait in memory, with tokens.

    python -m bench.variants [--rounds N] [--seconds S]

Processor time a call of all processes of a server, in rounds in turn, on the same bodies, and in multiples of the
first. Each call with a token brings one of its own, signed beforehand, which is checked, looked up and spent.
"""

import argparse
import statistics
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import orjson

from bench import servers
from bench.measure import WORKERS, Request, load, requests_in
from bench.servers import Server
from tests.trust.ehr import BASE, ISSUER, Ehr

SHAPES = ("quiet", "irrelevant_draft", "usual")
ALL = AS_USUAL, IN_MEMORY, TOKENS = "auth off, records", "auth off, records wait in memory", "auth on, records"
_MOST_RPS = 2500
Figures = dict[str, dict[str, float]]


@contextmanager
def variants(folder: Path, ehr: Ehr, wanted: Sequence[str] = ALL) -> Iterator[dict[str, Server]]:
    """The servers by what they are, each in a folder of its own.

    No folder can be made below a file: records are made and wait in memory; beyond 16 MB a worker they are lost, and
    each is told in the log.
    """
    (folder / "jwks.json").write_bytes(orjson.dumps(ehr.jwks()))
    clients = folder / "clients.yaml"
    listed = [{"name": "EHR", "iss": ISSUER, "jwks_file": str(folder / "jwks.json")}]
    clients.write_bytes(orjson.dumps({"clients": listed}))
    settings = {
        AS_USUAL: {},
        IN_MEMORY: {"STATE_DIR": str(clients / "none")},
        TOKENS: {"AUTH": "required", "CLIENTS": str(clients), "BASE_URL": BASE, "RATE_PER_MINUTE": "0"},
    }
    with ExitStack() as stack:
        found = {}
        for number, name in enumerate(wanted):
            own = folder / str(number)
            own.mkdir()
            environment = {f"MAGNESIUM_CDS_{key}": value for key, value in settings[name].items()}
            found[name] = stack.enter_context(servers.service(own, WORKERS, **environment))
        for server in found.values():
            server.settle()
        yield found


def compared(found: Mapping[str, Server], requests: Sequence[Request], ehr: Ehr, rounds: int, s: float) -> Figures:
    """Shape of a body to the microseconds of each server; the first round only warms up."""
    figures: Figures = {}
    for request in requests:
        taken: dict[str, list[float]] = {name: [] for name in found}
        for _ in range(rounds + 1):
            for name, server in found.items():
                sent = _signed(request, ehr, s) if name == TOKENS else request
                sample = load(server, request.path, sent, s)
                assert not sample.failed, f"{sample.failed} calls failed: {name}"
                taken[name].append(sample.cpu_us)
        figures[request.shape] = {name: round(statistics.median(each[1:])) for name, each in taken.items()}
    return figures


def _signed(request: Request, ehr: Ehr, seconds: float) -> Request:
    """The request with a token for each call that may be sent meanwhile."""
    tokens = request.file.with_suffix(".tokens")
    tokens.write_text(
        "\n".join(ehr.token(aud=BASE + request.path) for _ in range(int(seconds * _MOST_RPS))), encoding="utf-8"
    )
    return replace(request, tokens=tokens)


def table(figures: Figures) -> str:
    """A line a body: microseconds of each, and in multiples of the first."""
    return "\n".join(
        f"{shape:18} " + ", ".join(f"{name} {us:.0f} us ({us / taken[AS_USUAL]:.2f})" for name, us in taken.items())
        for shape, taken in figures.items()
    )


def main() -> None:
    """Start all, load them in turn, print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.5)
    options = parser.parse_args()
    ehr = Ehr()
    with tempfile.TemporaryDirectory(prefix="magnesium-bench-") as told, variants(Path(told), ehr) as found:
        print(table(compared(found, list(requests_in(Path(told), SHAPES)), ehr, options.rounds, options.seconds)))


if __name__ == "__main__":
    main()
