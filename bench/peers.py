"""The service beside empty handlers of other CDS Hooks frameworks, on the same requests.

    python -m bench.peers [--node FOLDER] [--rounds N] [--seconds S]

HealthChain is installed once, from bench/peers.lock, into an environment of its own. FOLDER holds a copy of
node-cds-hooks with its packages; it can be had of GitHub alone: bluehalo/node-cds-hooks, then `npm install --omit=dev`.
Processor time a call of all processes of a server, in rounds in turn; the handlers decide nothing and keep nothing.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from bench import servers
from bench.bodies import OF_A_THIRD
from bench.measure import QUICK, Request, load, requests_in
from bench.servers import Server

SHAPES = ("quiet", "irrelevant_draft", "usual", *OF_A_THIRD)
OWN = "/cds-services/magnesium-{hook}"
HEALTHCHAIN, NODE = "HealthChain", "node-cds-hooks"
_PATHS = {HEALTHCHAIN: "/cds/cds-services/{hook}", NODE: "/cds-services/{hook}"}
_HERE = Path(__file__).parent
_LOCK, _HOME = _HERE / "peers.lock", Path(sys.prefix) / "peers"
_NO_NODE = "no copy of it is named: --node FOLDER"
Figures = dict[str, dict[str, float]]
Command = list[str]
Json = dict[str, object]


def measured(node: Path | None, rounds: int, seconds: float, say: Callable[[str], None]) -> Json:
    """Peer to what is told of it: by shape of a body `peer_us`, `service_us` and their ratio, or why it is not."""
    say("peers")
    commands, missing = _commands(node)
    with tempfile.TemporaryDirectory(prefix="magnesium-bench-") as told, ExitStack() as stack:
        folder = Path(told)
        own = stack.enter_context(servers.service(folder, 1))
        against = {"service": (own, OWN)}
        for name, command in commands.items():
            against[name] = (stack.enter_context(servers.peer(folder, command)), _PATHS[name])
        own.settle()
        found = compared(against, list(requests_in(folder, SHAPES)), rounds, seconds) if commands else {}
    return {**{name: _of_peer(name, found) for name in commands}, **missing}


def compared(against: Mapping[str, tuple[Server, str]], requests: Sequence[Request], rounds: int, s: float) -> Figures:
    """Shape of a body to the microseconds of each server, its address a pattern; the first round only warms up."""
    found: Figures = {}
    for request in requests:
        taken: dict[str, list[float]] = {name: [] for name in against}
        for _ in range(rounds + 1):
            for name, (server, path) in against.items():
                sample = load(server, path.format(hook=request.hook), request, s)
                assert not sample.failed, f"{sample.failed} calls failed: {name}"
                taken[name].append(sample.cpu_us)
        found[request.shape] = {name: round(statistics.median(each[1:])) for name, each in taken.items()}
    return found


def lines(peers: Mapping[str, object]) -> list[str]:
    """What people are told: a line a peer."""
    told = []
    for name, shapes in peers.items():
        assert isinstance(shapes, dict)
        if "not_measured" in shapes:
            told.append(f"{name}: not measured, {shapes['not_measured']}")
        else:
            each = (f"{shape} {f['service_us']:.0f} us ({f['cpu_ratio']:.2f})" for shape, f in shapes.items())
            told.append(f"beside the empty handler of {name}, in multiples of it: {', '.join(each)}")
    return told


def _of_peer(name: str, found: Figures) -> Json:
    return {
        shape: {
            "peer_us": us[name],
            "service_us": us["service"],
            "cpu_ratio": round(us["service"] / us[name], 2),
        }
        for shape, us in found.items()
    }


def _commands(node: Path | None) -> tuple[dict[str, Command], Json]:
    """How each peer is begun, and why some are not."""
    commands: dict[str, Command] = {}
    missing: Json = {}
    if problem := _install():
        missing[HEALTHCHAIN] = {"not_measured": problem}
    else:
        commands[HEALTHCHAIN] = [str(_python()), str(_HERE / "peer_app.py")]
    if node:
        commands[NODE] = ["node", str(_HERE / "peer_app.mjs"), str(node)]
    else:
        missing[NODE] = {"not_measured": _NO_NODE}
    return commands, missing


def _install() -> str:
    """Bring what bench/peers.lock lists into its environment; what went wrong, or ""."""
    stamp, wanted = _HOME / "installed", _LOCK.read_text(encoding="utf-8")
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
        return ""
    pip = [str(_python()), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    for command in ([sys.executable, "-m", "venv", "--clear", str(_HOME)], [*pip, "--no-deps", "-r", str(_LOCK)]):
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            return f"it can't be installed: {done.stderr.strip().splitlines()[-1:]}"
    stamp.write_text(wanted, encoding="utf-8")
    return ""


def _python() -> Path:
    return _HOME / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def add_node(parser: argparse.ArgumentParser) -> None:
    """The option that names a copy of node-cds-hooks."""
    parser.add_argument("--node", type=Path, metavar="FOLDER", help="a copy of node-cds-hooks with its packages")


def main() -> None:
    """Start all, load them in turn, print a line a peer."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_node(parser)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=QUICK.seconds)
    options = parser.parse_args()
    print("\n".join(lines(measured(options.node, options.rounds, options.seconds, lambda _: None))))


if __name__ == "__main__":
    main()
