"""A real FHIR server for tests: @medplum/fhir-router in node, installed from the lock file beside it."""

import hashlib
import os
import shutil
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
import requests

from tests.machine import LONG_S
from tests.services import node_problem

HERE = Path(__file__).parent / "server"
FILES = ("package.json", "package-lock.json", "server.mjs")


class RealServer:
    """The running server: its base URL, and `load` to replace what it holds."""

    def __init__(self, folder, token):
        command = [shutil.which("node"), "server.mjs", token]
        self.process = subprocess.Popen(command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        port = self.process.stdout.readline().strip()
        assert port.isdigit(), "the server did not start"
        self.origin = f"http://127.0.0.1:{port}"
        self.base = f"{self.origin}/fhir"

    def load(self, resources):
        """Hold these resources and no others."""
        requests.put(f"{self.origin}/load", json=resources, timeout=LONG_S).raise_for_status()

    def stop(self):
        """End the process."""
        self.process.stdin.close()
        self.process.wait(timeout=LONG_S)
        self.process.stdout.close()


def installed(cache):
    """The folder with the installed server; skips the test with the reason where that is not possible."""
    digest = hashlib.sha256(b"".join((HERE / name).read_bytes() for name in FILES)).hexdigest()[:12]
    folder = Path(cache.mkdir(f"fhir-server-{digest}"))
    if not (folder / "ready").exists() and (reason := node_problem() or _install(folder)):
        _give_up(reason)
    return folder / "ready"


def _install(folder):
    """Install beside and move: another process may be doing the same, and the first one counts."""
    made = Path(tempfile.mkdtemp(dir=folder))
    for name in FILES:
        shutil.copy(HERE / name, made / name)
    command = [shutil.which("npm"), "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
    done = subprocess.run(command, cwd=made, capture_output=True, text=True, timeout=900, check=False)
    if done.returncode:
        return f"npm ci failed: {done.stderr[-300:]}"
    with suppress(OSError):
        made.rename(folder / "ready")
    return ""


def _give_up(reason):
    if os.environ.get("CI") == "true":
        pytest.fail(f"in CI the real FHIR server must run: {reason}")
    pytest.skip(f"no real FHIR server: {reason}")
