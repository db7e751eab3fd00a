"""What the fall-back adds: four queries against a FHIR server with latency, compared with full prefetch.

    python -m bench.fallback [--latency MS] [--calls N]

Ends with status 1 when the median addition is above the target.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from importlib import resources

from cards import load_knowledge, prefetch_templates
from cds_service.trust.clients import Client, Clients
from cds_service.web.app import create_app
from cds_service.web.runtime import Runtime
from tests.calls import post
from tests.conftest import settings_with
from tests.fhir.conftest import complete, lacking
from tests.fhir.stub import Stub, answers_of

KEYS = ("magnesium", "results", "medications")
TARGET_MS = 70
WARM_UP = 5


def milliseconds(call: Callable[[], object], calls: int) -> list[float]:
    """The time of each call, sorted, after a few that do not count."""
    for _ in range(WARM_UP):
        call()
    times = []
    for _ in range(calls):
        started = time.perf_counter()
        call()
        times.append((time.perf_counter() - started) * 1000)
    return sorted(times)


def measure(latency: float, calls: int) -> float:
    """Print both distributions; the median addition in milliseconds."""
    knowledge = load_knowledge(resources.files("cards.knowledge"))
    templates = prefetch_templates(knowledge)
    body = complete("patient-view", templates)
    with Stub(answers_of(body, templates), latency=latency / 1000) as server:
        clients = Clients({"ehr": Client("ehr", "ehr", fhir_servers=(server.base,))})
        runtime = Runtime(settings_with(), knowledge, tuple(templates), clients)
        client = create_app(runtime).test_client()
        bodies = {
            "all keys supplied": lacking(body, [], server.base),
            "three fetched": lacking(body, KEYS, server.base),
        }
        medians = []
        for name, sent in bodies.items():
            times = milliseconds(lambda sent=sent: post(client, sent), calls)
            medians.append(statistics.median(times))
            print(f"{name}: median {medians[-1]:.1f} ms, p95 {times[int(len(times) * 0.95)]:.1f} ms")
        assert len(server.log) == len(KEYS) * (calls + WARM_UP)
    return medians[1] - medians[0]


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--latency", type=float, default=50.0, help="latency of the FHIR server in ms")
    parser.add_argument("--calls", type=int, default=200)
    options = parser.parse_args()
    added = measure(options.latency, options.calls)
    print(f"added: {added:.1f} ms (target at most {TARGET_MS} ms with 50 ms latency)")
    sys.exit(added > TARGET_MS)


if __name__ == "__main__":
    main()
