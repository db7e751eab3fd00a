"""Every order that the cases draft, one a shape, as files: `python -m tests.validator.drafted FOLDER`."""

import json
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

from cds_service.conformance.answers import actions
from cds_service.dialects import shipped, spoken
from tests.cards.chart import cases, decide, knowledge_of, snapshot
from tests.told import told_in

VIGNETTES = Path(__file__).parents[2] / "fixtures" / "vignettes"
# what differs from order to order without making it another kind of order
_FREE = frozenset({"text", "display", "description", "reference", "value", "start", "end", "authoredOn"})
_FREE_ENDING = "DateTime"


def shape(value: Any, key: str = "") -> Any:
    """A resource without what is free: words, numbers, times and references."""
    if isinstance(value, dict):
        return {name: shape(item, name) for name, item in value.items()}
    if isinstance(value, list):
        return [shape(item, key) for item in value]
    return None if key in _FREE or key.endswith(_FREE_ENDING) else value


def drafted() -> dict[str, dict[str, object]]:
    """Every order of every case in every dialect, the first of each shape."""
    found: dict[str, dict[str, object]] = {}
    for body in _answers():
        for resource in (action["resource"] for _, action in actions(body) if action["type"] == "create"):
            found.setdefault(json.dumps(shape(resource), sort_keys=True), resource)
    return found


def _answers() -> Iterator[dict[str, object]]:
    charts = [case["chart"] for _, case in cases()]
    charts += [told_in(path)["chart"] for path in sorted(VIGNETTES.glob("*.yaml"))]
    numbers = count(1)
    for chart in charts:
        decision = decide(snapshot(chart), known=knowledge_of(chart))
        for dialect in shipped().values():
            said = spoken(decision, dialect, lambda: f"00000000-0000-4000-9000-{next(numbers):012d}")
            yield {"cards": [card.body for card in said.cards]}


def main(folder: Path) -> None:
    """Write one file a shape."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, resource in enumerate(drafted().values(), 1):
        (folder / f"{number:04d}-{resource['resourceType']}.json").write_text(json.dumps(resource, indent=1))
    sys.stdout.write(f"{number} shapes\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
