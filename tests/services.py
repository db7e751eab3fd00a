"""What some tests need beside Python, where it is on this machine, and what is left out without it."""

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

# the first has no window that nobody sees: it takes two thirds of the time
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--no-sandbox",  # the tests may run as root in a container
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_OLDEST_NODE = 20
_INSTALL = "apt-get install --no-install-recommends"


def browser_path() -> str | None:
    """The browser named by MAGNESIUM_CDS_TEST_BROWSER, else the first that is installed; None when there is none."""
    named = os.environ.get("MAGNESIUM_CDS_TEST_BROWSER")
    return named or next((found for name in BROWSERS if (found := shutil.which(name))), None)


def postgres_binaries() -> Path | None:
    """Where initdb and postgres are; None when this machine has none."""
    found = shutil.which("initdb")
    places = [Path(found).resolve().parent] if found else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((place for place in places if (place / "postgres").exists() and (place / "initdb").exists()), None)


@cache
def node_problem() -> str:
    """Why node cannot run a FHIR server; empty when it can."""
    if not shutil.which("node") or not shutil.which("npm"):
        return "node and npm are not installed"
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout.strip()
    old = int(version.lstrip("v").split(".")[0] or 0) < _OLDEST_NODE
    return f"node {version} is older than {_OLDEST_NODE}" if old else ""


def left_out() -> list[str]:
    """What is left out on this machine, and the one line that installs what is missing; empty when nothing is."""
    missing = {
        "chromium": ("the tests of the pages in a browser", browser_path()),
        "postgresql": ("the tests of PostgreSQL", postgres_binaries()),
        "nodejs npm": ("the tests with a real FHIR server", not node_problem()),
    }
    lacking = {packages: tests for packages, (tests, there) in missing.items() if not there}
    lines = [f"left out: {tests} ({packages} missing or too old)" for packages, tests in lacking.items()]
    return [*lines, f"to run them too, on Debian and Ubuntu: sudo {_INSTALL} {' '.join(lacking)}"] if lines else []
