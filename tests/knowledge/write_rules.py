"""Writes what follows from the rules and their cases: docs/rules, what the cases made the rules do, the inputs of docs.

`python -m tests.knowledge.write_rules`, after a change of a rule, a text, a number, a case or an input.
"""

import gzip
import hashlib
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from cards import IF_SENT, INPUTS, RULES, Finding, Input
from cards.chart import Because
from cards.chart.asked import Asked
from cds_service.curate.quiet_cohort import COHORT, HOOKS
from cds_service.curate.rule_pages import TRIED, pages, sentence
from tests.cards.chart import NOW, Json, cases, decide, knowledge, knowledge_of, snapshot
from tests.cards.quiet import on_hook, patients

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "docs" / "rules"
DATA = ROOT / "cds_service" / "curate" / TRIED
QUIET = ROOT / "cds_service" / "curate" / COHORT
CLIENTS = ROOT / "docs" / "clients.md"
_HEAD = "| key | what | FHIR type | in a second look |\n|---|---|---|---|\n"


@cache
def tried() -> str:
    """What every case made the rules do, as it is kept with the pages."""
    with _every_comparison():
        asked = [
            (rule, case, decide(snapshot(case["chart"]), known=knowledge_of(case["chart"])).trace.answers)
            for rule, case in cases()
        ]
    told = {}
    for name in sorted(rule.name for rule in RULES):
        said = [answer for _, _, answers in asked if isinstance(answer := answers.get(name), Finding)]
        own = [case for rule, case, _ in asked if rule == name]
        told[name] = _done(said) | {"cases": [sentence(case) for case in own], "behaviour": _behaviour(own)}
    return json.dumps(told, indent=1, ensure_ascii=False) + "\n"


@contextmanager
def _every_comparison() -> Iterator[None]:
    """What a rule compared counts whether it held or not: a card rests on the limits that it did not cross as well."""
    compare = Asked._compare

    def kept(chart: Asked, *told: Any, **more: Any) -> Because:
        reason = compare(chart, *told, **more)
        if not reason:
            chart._held.append(reason)
        return reason

    Asked._compare = kept  # type: ignore[method-assign]
    try:
        yield
    finally:
        Asked._compare = compare  # type: ignore[method-assign]


def _behaviour(own: Iterable[Json]) -> str:
    """A hash of what goes in and what is expected to come out in the cases of a rule, whatever they are called."""
    told = sorted(json.dumps([case["chart"], case["expect"]], sort_keys=True, default=str) for case in own)
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:32]


def _done(said: Iterable[Finding]) -> Json:
    """Problems and indicators by rank, numbers in the order of the file that holds them."""
    listed = list(said)
    compared = [reason for finding in listed for reason in finding.decided]
    crossed, asked = {reason.number for reason in compared if reason}, {reason.number for reason in compared}
    return {
        "problems": [problem.name for problem in sorted({finding.problem for finding in listed})],
        "indicators": [indicator.word for indicator in sorted({finding.indicator for finding in listed})],
        "numbers": [number for number in knowledge().thresholds if number in crossed],
        "compared": [number for number in knowledge().thresholds if number in asked],
    }


@cache
def quiet() -> Json:
    """The well patients, their chart as it is opened and the order that each is given."""
    made = [
        (snapshot(on_hook(c, *HOOKS[:1], n)), snapshot(on_hook(c, "order-sign", n))) for n, c in enumerate(patients())
    ]
    told = [
        {"resources": _sent(opened.resources), "drafts": signed.drafts, "encounter": opened.encounter_id}
        for opened, signed in made
    ]
    return {"now": NOW.isoformat(), "patients": told}


def _sent(resources: Mapping[str, Sequence[Json]]) -> Json:
    """By key what there is: one more key of which nobody has anything leaves the well patients as they are."""
    return {key: listed for key, listed in resources.items() if listed}


def clients_page() -> str:
    """docs/clients.md with what a second look asks for, as the table of inputs says."""
    waiting = (*IF_SENT, *(asked for asked in INPUTS if asked.second_look))
    table, page = _HEAD + "".join(map(_row, waiting)), CLIENTS.read_text(encoding="utf-8")
    told, found = re.subn(rf"{re.escape(_HEAD)}(?:\|.*\n)*", table, page)
    assert found == 1, "docs/clients.md: the table of what is also read"
    return told


def _row(asked: Input) -> str:
    when = f"beside {knowledge().conditions.names[asked.beside]}" if asked.beside else "always"
    return f"| `{asked.key}` | {asked.named(knowledge().words)} | {asked.kind.name} | {when} |\n"


def write() -> int:
    """Write the data, then the pages, and remove those of rules that are gone; how many pages there are."""
    CLIENTS.write_text(clients_page(), encoding="utf-8", newline="\n")
    DATA.write_text(tried(), encoding="utf-8", newline="\n")
    QUIET.write_bytes(gzip.compress(json.dumps(quiet()).encode(), mtime=0))
    made = pages(knowledge())
    for old in set(PAGES.glob("*.md")) - {PAGES / name for name in made}:
        old.unlink()
    for name, text in made.items():
        (PAGES / name).write_text(text, encoding="utf-8", newline="\n")
    return len(made)


if __name__ == "__main__":
    sys.stdout.write(f"{write()} pages\n")
