"""A real FHIR server for tests: @medplum/fhir-router in node, installed from the lock file beside it."""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest
import requests

HERE = Path(__file__).parent / "server"
FILES = ("package.json", "package-lock.json", "server.mjs")
OLDEST_NODE = 20


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
        requests.put(f"{self.origin}/load", json=resources, timeout=30).raise_for_status()

    def stop(self):
        """End the process."""
        self.process.stdin.close()
        self.process.wait(timeout=10)
        self.process.stdout.close()


def installed(cache):
    """The folder with the installed server; skips the test with the reason where that is not possible."""
    digest = hashlib.sha256(b"".join((HERE / name).read_bytes() for name in FILES)).hexdigest()[:12]
    folder = Path(cache.mkdir(f"fhir-server-{digest}"))
    if not (folder / "ready").exists():
        if reason := _why_not() or _install(folder):
            _give_up(reason)
        (folder / "ready").touch()
    return folder


def _why_not():
    if not shutil.which("node") or not shutil.which("npm"):
        return "node and npm are not installed"
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout
    old = int(version.strip().lstrip("v").split(".")[0] or 0) < OLDEST_NODE
    return f"node {version.strip()} is older than {OLDEST_NODE}" if old else ""


def _install(folder):
    for name in FILES:
        shutil.copy(HERE / name, folder / name)
    command = [shutil.which("npm"), "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    return f"npm ci failed: {done.stderr[-300:]}" if done.returncode else ""


def _give_up(reason):
    if os.environ.get("CI") == "true":
        pytest.fail(f"in CI the real FHIR server must run: {reason}")
    pytest.skip(f"no real FHIR server: {reason}")
