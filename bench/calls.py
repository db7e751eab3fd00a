"""How many functions of Python one call makes, by what there is to say: no clock, so it is the same on every machine.

    python -m bench.calls [--write]

`--write` keeps the numbers in bench/calls.json; a test holds that they stay within a twentieth of them.
"""

import argparse
import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from importlib import resources
from itertools import count
from pathlib import Path

from bench.bodies import SHAPES, shaped
from cards import KEYS, SERVICES, Knowledge, load_knowledge
from cds_service.answer_call import Means, answer_call
from cds_service.records.entries import answer_entry
from cds_service.run.settings import MissingData

KEPT = Path(__file__).with_name("calls.json")
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
_NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def calls_of(knowledge: Knowledge) -> dict[str, int]:
    """Shape of a body to the number of calls; what is understood once and kept is understood before."""
    return {shape: _counted(_answering(shape, knowledge)) for shape in SHAPES}


def _answering(shape: str, knowledge: Knowledge) -> Callable[[], object]:
    """An answer and its record, as the web application makes them of a parsed body."""
    body, service = shaped(shape, _NOW), next(s for s in SERVICES if s.hook == SHAPES[shape])
    ids = count()

    def answer() -> object:
        means = Means(knowledge, _NOW, lambda: f"{next(ids)}", KEYS, MissingData.CARD)
        made = answer_call(body, service, means)
        return answer_entry("1", _NOW, service.id, int(made.status), 1.0, {}, made.decision, made.data)

    return answer


def _counted(call: Callable[[], object]) -> int:
    call()
    calls = 0

    def note(_: object, event: str, __: object) -> None:
        nonlocal calls
        calls += event == "call"

    sys.setprofile(note)
    try:
        call()
    finally:
        sys.setprofile(None)
    return calls


def main() -> None:
    """Print the numbers beside those that are kept."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help=f"keep them in {KEPT.name}")
    found = calls_of(load_knowledge(resources.files("cards.knowledge")))
    if parser.parse_args().write:
        KEPT.write_text(json.dumps({"python": PYTHON, "calls": found}, indent=1) + "\n", encoding="utf-8")
    kept = json.loads(KEPT.read_text(encoding="utf-8"))["calls"]
    for shape, calls in found.items():
        print(f"{shape:16} {calls:7}   kept {kept.get(shape, 0):7}")


if __name__ == "__main__":
    main()
