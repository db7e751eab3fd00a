"""The complete site files of the documentation say and leave out what their cases tell."""

import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from cards import Decision, Knowledge, load_knowledge, site_files
from cards.loading.reading import parse_yaml
from tests.cards.chart import decide, snapshot
from tests.knowledge.asking import FOLDER, ROOT

SITES = ROOT / "docs" / "site"
FILES = sorted((SITES / "cases").glob("*.yaml"))
READ: dict[Path, Any] = {path: parse_yaml(path.read_text(encoding="utf-8"), path.name) for path in FILES}
CASES = [
    pytest.param(path, case, id=f"{path.stem}-{case['name']}") for path, read in READ.items() for case in read["cases"]
]
_KEYS = {"cards", "indicators", "says", "says_not", "silent", "reasons", "links"}


def knowledge_from(text: str, name: str) -> Knowledge:
    """The knowledge of a site whose file says this, with the files that it names."""
    beside = {file: (SITES / file).read_text(encoding="utf-8") for file in site_files(text, name)}
    return load_knowledge(FOLDER, text, name, files=beside)


@cache
def known_by(path: Path) -> Knowledge:
    """The knowledge of the site that a file of cases is of; made by the first of them."""
    site = READ[path]["site"]
    return knowledge_from((SITES / site).read_text(encoding="utf-8"), site)


@pytest.mark.parametrize(("path", "case"), CASES)
def test_a_site_says_what_its_cases_tell(path: Path, case: dict[str, Any]) -> None:
    assert case.keys() <= {"name", "chart", "stay", "user", "client", "expect"} and case["expect"]
    decision = asked(case, known_by(path))
    assert not wrong(case["expect"], decision), told(decision)


def asked(case: dict[str, Any], known: Knowledge) -> Decision:
    """What a site decides about the patient of a case."""
    shot = snapshot(case["chart"])
    stay = [{**entry, **case.get("stay", {})} for entry in shot.resources["encounters"]]
    shot = replace(shot, resources={**shot.resources, "encounters": stay}, client=case.get("client", ""))
    return decide(replace(shot, user=case.get("user", "Practitioner/x")), known=known)


def told(decision: Decision) -> str:
    return "\n\n".join(f"{c.body['summary']}\n{c.body['detail']}" for c in decision.cards)


def wrong(expect: dict[str, Any], decision: Decision) -> list[str]:
    """What is not as expected."""
    assert expect.keys() <= _KEYS
    text, cards = told(decision), decision.cards
    spoken = {rule: card.indicator.word for card in cards for rule in card.rules}
    links = " ".join(link["url"] for card in cards for link in card.body.get("links", ()))  # type: ignore[attr-defined]
    found = [f"does not say {p}" for p in _several(expect.get("says")) if not re.search(p, text)]
    found += [f"says {p}" for p in _several(expect.get("says_not")) if re.search(p, text)]
    found += [f"{rule} speaks" for rule in _several(expect.get("silent")) if rule in spoken]
    found += [f"no link {url}" for url in _several(expect.get("links")) if url not in links]
    found += [f"{r} {spoken.get(r)}" for r, i in expect.get("indicators", {}).items() if spoken.get(r) != i]
    if len(cards) != expect.get("cards", len(cards)):
        found.append(f"{len(cards)} cards")
    if "reasons" in expect:
        found += ["other reasons"] * (_reasons(decision) != expect["reasons"])
    return found


def _reasons(decision: Decision) -> list[str]:
    return [reason["code"] for reason in decision.cards[0].body["overrideReasons"]]  # type: ignore[attr-defined]


def _several(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value] if value else []


def test_every_example_has_cases_that_use_its_switches_and_words() -> None:
    assert len(FILES) == 2 and all(len(read["cases"]) > 8 for read in READ.values())
    for known in map(known_by, READ):
        site = known.site
        assert site.protocols and site.words and site.switches and site.units.alone
