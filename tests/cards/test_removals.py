"""Only orders and drafts are offered for removal: what was given, or is told to be taken, is a record."""

import ast
from dataclasses import replace
from pathlib import Path

import pytest
from fhir.resources.R4B import get_fhir_model_class

import cards
from cards.model import Medication, RemoveOrder, Route, removals
from tests.cards import answer
from tests.cards.chart import NOW, decide, knowledge, snapshot

OMEPRAZOLE = {"rxcui": 7646, "text": "omeprazole", "days": 800, "route": "oral"}
PACKAGE = Path(cards.__file__).parent


def medicine(reference):
    return Medication("pantoprazole", (), frozenset(), Route.ORAL, "active", reference=reference)


@pytest.mark.parametrize("reference", ["MedicationRequest/1", "MedicationOrder/1"])
def test_an_order_can_be_removed(reference):
    assert medicine(reference).removal() == RemoveOrder(reference, "pantoprazole")


@pytest.mark.parametrize("reference", [None, "", "MedicationAdministration/1", "MedicationStatement/1", "Medication/1"])
def test_a_record_cannot_be_removed(reference):
    assert medicine(reference).removal() is None


def test_of_several_only_the_orders_are_removed():
    found = removals(map(medicine, ("MedicationStatement/1", "MedicationRequest/2")))
    assert [removed.reference for removed in found] == ["MedicationRequest/2"]


def test_a_removal_is_made_in_one_place():
    made = [
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "RemoveOrder"
    ]
    assert made == ["model/clinical.py"]


CHART = {"magnesium": 1.5, "setting": "ambulatory", "labs": {"egfr": 90}, "medications": [OMEPRAZOLE]}


def stops(stop):
    """The actions that end an order, at a site that stops them so."""
    known = knowledge()
    there = replace(known, site=replace(known.site, stop=stop))
    found = cards.decide(snapshot(CHART), there, NOW, lambda: "00000000-0000-4000-8000-000000000001").cards
    return [action for action in answer.actions(found) if action["type"] != "create"]


def test_an_active_order_is_stopped_as_it_came():
    (ordered,) = snapshot(CHART).resources["medications"]
    (stopped,) = stops("update")
    assert stopped["resource"] == {**ordered, "status": "stopped"}
    assert get_fhir_model_class("MedicationRequest").model_validate(stopped["resource"]).status == "stopped"
    assert "resourceId" not in stopped


def test_a_site_may_have_it_deleted():
    (deleted,) = stops("delete")
    assert (deleted["type"], deleted["resourceId"]) == ("delete", "MedicationRequest/m1")


def test_a_draft_is_deleted_whatever_the_site_says():
    drafted = {**CHART, "medications": [], "drafts": [OMEPRAZOLE], "hook": "order-sign"}
    gone = [a for a in answer.actions(decide(snapshot(drafted)).cards) if answer.removed(a)]
    assert [(a["type"], a["resourceId"]) for a in gone] == [("delete", "MedicationRequest/draft-1")]
