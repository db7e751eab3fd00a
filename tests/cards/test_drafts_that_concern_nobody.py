"""Drafted orders of which no rule can speak are answered before anything is read: as the rules would, had they read."""

import json
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards import SERVICES, Decision, Knowledge, Snapshot, prefetch_templates
from cards.chart import Chart
from cards.model import About
from cds_service.call.envelope import read_call
from cds_service.call.gather import gather
from tests.cards.chart import ABOUT, NOW, Json, decide, knowledge, knowledge_of, snapshot
from tests.cards.each_case import ask_each, of_every_rule
from tests.cards.patients import charts, treatable
from tests.cards.test_properties import examples

HOOKS = [hook for hook, about in ABOUT.items() if about in (About.ORDERS, About.REFILL)]
FIXTURES = Path(__file__).parents[2] / "fixtures"
# nothing of ours; potassium; what lowers magnesium; magnesium; an unknown code
DRUGS = ("acetaminophen 500 mg tablet", "potassium chloride 20 meq tablet", "furosemide 40 mg tablet")
ORDERED = [
    *({"medicationCodeableConcept": {"text": drug}} for drug in (*DRUGS, "magnesium oxide 400 mg tablet", "sotalol")),
    {"medicationCodeableConcept": {"coding": [{"system": "urn:oid:2.999.9", "code": "1"}]}},
    {"medicationReference": {"reference": "Medication/unseen"}},
]
DRAFTS = [{"resourceType": "MedicationRequest", "id": f"d{n}", "status": "draft", **o} for n, o in enumerate(ORDERED)]


class Asking(Chart):
    """Of which every rule is asked."""

    concerns_nobody = False  # type: ignore[assignment]


class Closed(Chart):
    """Nothing of whose record may be read."""

    @property
    def _read(self) -> NoReturn:
        raise AssertionError("read")

    readings = medications = encounter = _conditions = _read  # type: ignore[assignment]


def drafting(shot: Snapshot, hook: str, drafts: list[Json], chosen: set[int] | None = None) -> Snapshot:
    """The same patient while orders are drafted."""
    names = None if chosen is None else frozenset(f"MedicationRequest/d{n}" for n in chosen)
    return replace(shot, hook=hook, about=ABOUT[hook], drafts=drafts, draft_urls=(), selections=names)


def told(decision: Decision) -> tuple[list[dict[str, object]], tuple[str, ...]]:
    return [card.body for card in decision.cards], decision.cannot_tell


def assert_agrees(shot: Snapshot, known: Knowledge | None = None) -> bool:
    """What is told, with the gate and with every rule asked; whether the drafts concern nobody."""
    known = known or knowledge()
    nobody = Chart(shot, known, NOW).concerns_nobody
    if nobody:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(import_module("cards.decide"), "Chart", Asking)
            full = told(decide(shot, known=known))
        assert told(decide(shot, known=known)) == full == ([], ())
    return nobody


@of_every_rule
def test_in_every_case(rule: str) -> None:
    ask_each(rule, lambda case: assert_agrees_with_any_draft(case.chart))


def assert_agrees_with_any_draft(chart: Json) -> None:
    """As the chart is, and while each order is drafted and signed or chosen."""
    shot, known = snapshot(chart), knowledge_of(chart)
    assert_agrees(shot, known)
    concerned = [assert_agrees(drafting(shot, hook, [draft]), known) for hook in HOOKS for draft in DRAFTS]
    told_of = chart.get("patient_unknown", False) or chart.get("foreign_drafts", 0)
    assert concerned == [not told_of and n == 0 for _ in HOOKS for n in range(len(DRAFTS))]
    assert_agrees(drafting(shot, "order-select", DRAFTS[:3], {0}), known)
    assert_agrees(drafting(shot, "order-select", [DRAFTS[0], DRAFTS[3]], {0}), known)


@examples
@given(
    st.one_of(charts(), treatable()),
    st.sampled_from(HOOKS),
    st.lists(st.sampled_from(DRAFTS), max_size=3, unique_by=lambda draft: draft["id"]),
    st.sets(st.integers(0, len(DRAFTS) - 1)),
)
def test_of_any_patient(chart: Json, hook: str, drafts: list[Json], chosen: set[int]) -> None:
    assert_agrees(drafting(snapshot(chart), hook, drafts, chosen if hook == "order-select" else None))


def test_in_every_fixture() -> None:
    agreed = [assert_agrees(shot) for shot in fixture_snapshots()]
    assert any(agreed) and not all(agreed)


def fixture_snapshots() -> Iterator[Snapshot]:
    """The patient of every kept request, as it is and with each draft on the hooks of orders."""
    keys, services = tuple(prefetch_templates(knowledge())), {service.hook: service for service in SERVICES}
    for path in sorted(FIXTURES.rglob("*.json")):
        body = json.loads(path.read_text(encoding="utf-8"))
        context = body.get("context") if isinstance(body, dict) else None
        if isinstance(context, dict) and "prefetch" in body and body.get("hook") in services:
            shot = gather(read_call(body), services[body["hook"]], keys, now=NOW).snapshot
            yield shot
            yield from (drafting(shot, hook, [draft]) for hook in HOOKS for draft in DRAFTS)


def test_nothing_of_the_record_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module("cards.decide"), "Chart", Closed)
    shot = drafting(snapshot({"magnesium": 1.0, "medications": ["omeprazole"]}), "order-sign", DRAFTS[:1])
    decision = decide(shot)
    assert told(decision) == ([], ()) and {what.value for what in decision.trace.chart.reading} == {"drafted order"}
    assert not decision.trace.failures
    with pytest.raises(AssertionError, match="read"):
        decide(drafting(shot, "order-sign", DRAFTS[2:3]))
