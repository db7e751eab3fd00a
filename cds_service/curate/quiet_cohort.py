"""How often well patients would get a card: invented charts (`quiet.json.gz`), opened, and with an ordinary order."""

import gzip
import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any

from cards import SERVICES, Knowledge, Snapshot, decide

COHORT = "quiet.json.gz"
HOOKS = ("patient-view", "order-sign")


@cache
def _cohort() -> dict[str, Any]:
    packed = (resources.files("cds_service.curate") / COHORT).read_bytes()
    found: dict[str, Any] = json.loads(gzip.decompress(packed))
    return found


def size() -> int:
    """How many calls the cohort makes."""
    return len(HOOKS) * len(_cohort()["patients"])


def cards_by_rule(knowledge: Knowledge) -> Counter[str]:
    """How many cards each rule titles among the well patients."""
    now = datetime.fromisoformat(_cohort()["now"])
    found: Counter[str] = Counter()
    for snapshot in _snapshots():
        found.update(card.rules[0] for card in decide(snapshot, knowledge, now, lambda: "-").cards)
    return found


def _snapshots() -> Iterator[Snapshot]:
    about = {service.hook: service.about for service in SERVICES}
    for patient in _cohort()["patients"]:
        for hook in HOOKS:
            drafts = patient["drafts"] if hook == "order-sign" else []
            yield Snapshot(
                hook, "p1", patient["resources"], drafts=drafts, encounter_id=patient["encounter"], about=about[hook]
            )
