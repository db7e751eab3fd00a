#!/usr/bin/env python3
"""Installs the locked dependencies beside this file, then runs a command. Needs nothing but Python 3.11.

python3 run.py demo             try the service (any word is a command of magnesium-cds)
python3 run.py test [options]   run the tests; options go to pytest
python3 run.py test --on 2028-02-29T23:55   run them as if it were that moment
python3 run.py bench [--quick]  measure the speed against a bare application on the same server
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
LOCK = HERE / "requirements-dev.lock"
STAMP = VENV / "installed"
OLDEST = (3, 11)
WORKERS = ("-n", "logical", "--maxprocesses", "8", "--dist", "worksteal")  # an option given later counts
OWN = {"test": ("pytest", *WORKERS), "bench": ("bench",)}  # words that are not commands of magnesium-cds: what runs


def main(words):
    """Install if needed, then run; the exit status is that of the command."""
    if not words or words[0] in ("-h", "--help"):
        print(__doc__)
        return 0
    if sys.version_info < OLDEST:
        return stop(
            f"Python {OLDEST[0]}.{OLDEST[1]} or newer is needed, this is {sys.version.split()[0]}. "
            "Install it, then run this file with it, e.g. python3.11 run.py " + " ".join(words)
        )
    problem = install()
    if problem:
        return stop(problem)
    own = OWN.get(words[0])
    command = [*own, *words[1:]] if own else ["cds_service", *words]
    if own:
        os.chdir(HERE)
    started = [str(python()), "-m", *command]
    if os.name != "nt":
        os.execv(started[0], started)  # signals reach the command itself
    try:
        return subprocess.run(started).returncode
    except KeyboardInterrupt:
        return 130


def install():
    """Bring .venv to the state of the lock; returns what went wrong, or None."""
    if STAMP.is_file() and STAMP.read_text() == wanted() and python().exists():
        return None
    print("Installing the locked dependencies into .venv (once; half a minute) ...", file=sys.stderr, flush=True)
    shutil.rmtree(VENV, ignore_errors=True)
    if run(sys.executable, "-m", "venv", str(VENV)):
        return (
            "Python could not make a virtual environment. On Debian and Ubuntu: sudo apt install python3-venv. "
            "Then run this command again."
        )
    if pip("--require-hashes", "--no-deps", "-r", str(LOCK)) or pip(
        "--no-deps", "--no-build-isolation", "-e", str(HERE)
    ):
        return "The installation failed, see above. It needs the network once; run this command again."
    STAMP.write_text(wanted())
    return None


def wanted():
    """What .venv must have been made from: lock, package description, place and Python."""
    parts = (LOCK.read_bytes(), (HERE / "pyproject.toml").read_bytes(), str(HERE).encode(), sys.version.encode())
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def python():
    """The interpreter of .venv."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def pip(*arguments):
    return run(str(python()), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *arguments)


def run(*command):
    return subprocess.run(command).returncode


def stop(message):
    print(message, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
