#!/usr/bin/env python3
"""Installs the locked dependencies beside this file, then runs a command. Needs nothing but Python 3.11.

python3 run.py demo             try the service (any word is a command of magnesium-cds); installs only what runs
python3 run.py test [options]   run the tests; options go to pytest; installs what tests need on top
python3 run.py test --on 2028-02-29T23:55   run them as if it were that moment
python3 run.py docs             build the documentation as a site, in .site; a link that leads nowhere fails
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
RUNNING = HERE / "requirements.lock"
TESTING = HERE / "requirements-dev.lock"  # holds what the other holds, too
STAMP = VENV / "installed"
OLDEST = (3, 11)
CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
# one more than cores, as many tests wait for what they start; an option given later counts
WORKERS = ("-n", str(min(CORES + 1, 8)), "--dist", "worksteal")
DOCS = ("sphinx", "-q", "-W", "--keep-going", "-n", "-c", "docs/theme", "-d", ".site/.trees", ".", ".site")
OWN = {
    "test": ("pytest", *WORKERS),
    "bench": ("bench",),
    "docs": DOCS,
}  # words that are not commands of magnesium-cds: what runs


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
    problem = install(TESTING if words[0] in OWN else RUNNING)
    if problem:
        return stop(problem)
    own = OWN.get(words[0])
    command = [*own, *words[1:]] if own else ["cds_service", *words]
    if own:
        os.chdir(HERE)
        keep_compiled()
    started = [str(python()), "-m", *command]
    if os.name != "nt":
        os.execv(started[0], started)  # signals reach the command itself
    try:
        return subprocess.run(started).returncode
    except KeyboardInterrupt:
        return 130


def install(lock):
    """Bring .venv to the state of a lock, or of more; returns what went wrong, or None."""
    installed = STAMP.read_text() if STAMP.is_file() and python().exists() else ""
    if installed in (wanted(lock), wanted(TESTING)):
        return None
    if installed != wanted(RUNNING):
        shutil.rmtree(VENV, ignore_errors=True)
        if run(sys.executable, "-m", "venv", str(VENV)):
            return (
                "Python could not make a virtual environment. On Debian and Ubuntu: sudo apt install python3-venv. "
                "Then run this command again."
            )
    what = "what runs" if lock == RUNNING else "what runs and what tests need"
    print(f"Installing the locked dependencies into .venv, once: {what}.", file=sys.stderr, flush=True)
    if fetch(lock) or place(lock):
        return "The installation failed, see above. It needs the network once; run this command again."
    STAMP.write_text(wanted(lock))
    return None


def place(lock):
    """Let .venv find this project: by a path where it only runs, as a package in place where tests run."""
    if lock == TESTING:
        return pip("--no-deps", "--no-build-isolation", "-e", str(HERE))
    look = "import sysconfig; print(sysconfig.get_path('purelib'))"
    found = subprocess.run([str(python()), "-c", look], stdout=subprocess.PIPE, text=True)
    if found.returncode == 0:
        (Path(found.stdout.strip()) / "magnesium-cds.pth").write_text(f"{HERE}\n")
    return found.returncode


def keep_compiled():
    """Where Python is told to leave no compiled files beside the code, keep them in .venv for what tests start.

    They start hundreds of Pythons, and each would compile some thousand modules anew, which takes longer than its test.
    """
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", None):
        os.environ.setdefault("PYTHONPYCACHEPREFIX", str(VENV / "compiled"))


def fetch(lock):
    """Install a lock and tell how far it is; pip's exit status, its own words when it fails."""
    command = pip_command("--no-compile", "--require-hashes", "--no-deps", "-r", str(lock))
    said, count, last, shown = [], 0, "", sys.stderr.isatty()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as started:
        for line in started.stdout:
            said.append(line)
            count += line.startswith(("Collecting ", "Requirement already"))
            step = f"{count} packages fetched" if count else ""
            step = "installing them ..." if line.startswith("Installing") else step
            if step != last and (shown or count % 10 == 0 or "installing" in step):
                last = step
                print(f"  {step}", end="\r" if shown else "\n", file=sys.stderr, flush=True)
    print("" if started.returncode == 0 else "".join(said), file=sys.stderr)
    return started.returncode


def wanted(lock):
    """What .venv must have been made from: lock, package description, place and Python."""
    parts = (lock.read_bytes(), (HERE / "pyproject.toml").read_bytes(), str(HERE).encode(), sys.version.encode())
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def python():
    """The interpreter of .venv."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def pip(*arguments):
    return run(*pip_command("--quiet", *arguments))


def pip_command(*arguments):
    return [str(python()), "-m", "pip", "install", "--disable-pip-version-check", *arguments]


def run(*command):
    return subprocess.run(command).returncode


def stop(message):
    print(message, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
