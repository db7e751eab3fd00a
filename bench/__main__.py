"""How fast the service is, compared with a bare application on the same server.

    python3 run.py bench [--quick] [--json FILE] [--node FOLDER]

The whole takes about seven minutes, --quick about two; other programs on the machine cost accuracy. What peers need is
installed once, beside the project.
"""

import argparse
import json
import os
import platform
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from bench import peers
from bench.measure import FULL, QUICK, results
from bench.report import tables
from cds_service import __version__

_LIBRARIES = ("flask", "werkzeug", "gunicorn", "orjson", "pydantic")


def about() -> dict[str, object]:
    """When, on what machine (not which), with which versions."""
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "version": __version__,
        "machine": {"system": platform.system(), "processor": platform.machine(), "cores": os.cpu_count()},
        "load_average": [round(load, 1) for load in os.getloadavg()] if hasattr(os, "getloadavg") else None,
        "versions": {"python": platform.python_version(), **{name: version(name) for name in _LIBRARIES}},
    }


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(prog="run.py bench", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one short round: about a minute, rough figures")
    parser.add_argument("--json", type=Path, help="file for the results")
    peers.add_node(parser)
    options = parser.parse_args()
    plan = QUICK if options.quick else FULL
    found = {**about(), **results(plan, _say), "peers": peers.measured(options.node, plan.rounds, plan.seconds, _say)}
    print(tables(found))
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def _say(step: str) -> None:
    print(f"measuring: {step} ...", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
