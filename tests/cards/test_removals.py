"""Only orders and drafts are offered for removal: what was given, or is told to be taken, is a record."""

import ast
from pathlib import Path

import pytest

import cards
from cards.model import Medication, RemoveOrder, Route, removals

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
