"""One look at each resource: read by its type whatever key brought it, not for us, or not understood and counted."""

from dataclasses import replace
from typing import Any

import pytest

from cards import Decision, Snapshot
from cards.chart import Chart
from cards.chart.sorting import Kind, What, Why
from tests.cards.chart import NOW, decide, knowledge, snapshot

LOCAL = "urn:oid:1.2.3.4.5"
ICD10, LOINC = "http://hl7.org/fhir/sid/icd-10-cm", "http://loinc.org"
CODE_ONLY = {"coding": [{"system": LOCAL, "code": "77120"}]}
FULL = {
    "setting": "inpatient",
    "magnesium": 1.2,
    "labs": {"egfr": 85, "potassium": 4.2},
    "medications": [
        {"rxcui": 198051, "days": 400},
        {"text": "magnesium sulfate 4 g/100 mL", "given": True, "hours": 1},
    ],
    "conditions": ["I44.2"],
    "drafts": ["furosemide 40 mg tablet"],
    "hook": "patient-view",
}


def chart(shot: Snapshot) -> Chart:
    """The chart of a snapshot."""
    return Chart(shot, knowledge(), NOW)


def told(decision: Decision) -> list[Any]:
    """The cards."""
    return [card.body for card in decision.cards]


def test_the_key_that_brought_a_resource_says_nothing() -> None:
    shot = snapshot(FULL)
    every = [resource for listed in shot.resources.values() for resource in listed]
    for key in ("magnesium", "all-that-we-have"):
        moved = replace(shot, resources={key: every})
        assert told(decide(moved)) == told(decide(shot)) != []


def test_what_came_under_a_key_of_the_client_is_not_missing_but_what_failed_is() -> None:
    shot = snapshot({**FULL, "drafts": []})
    others = {key: listed for key, listed in shot.resources.items() if key != "medications"}
    moved = replace(
        shot, resources={**others, "meds": shot.resources["medications"]}, missing=frozenset({"medications"})
    )
    assert "medications" not in chart(moved).not_known and told(decide(moved)) == told(decide(shot))
    assert "medications" in chart(replace(moved, failed=frozenset({"medications"}))).not_known
    past = [{**r, "status": "completed"} for r in shot.resources["medications"]]
    assert "medications" in chart(replace(moved, resources={**others, "meds": past})).not_known


def test_a_resource_that_came_twice_is_read_once() -> None:
    shot = snapshot(FULL)
    twice = {**shot.resources, "again": [dict(r) for listed in shot.resources.values() for r in listed]}
    found = chart(replace(shot, resources=twice))
    assert len(found.medications or ()) == 2 and found.magnesium == chart(shot).magnesium


def test_a_usual_chart_is_understood() -> None:
    assert not chart(snapshot(FULL)).not_understood


def added(key: str, **resource: Any) -> Snapshot:
    """The usual chart with one more resource."""
    shot = snapshot(FULL)
    made = {"id": "x", "status": "active", "subject": {"reference": "Patient/p1"}, **resource}
    return replace(shot, resources={**shot.resources, key: [*shot.resources[key], made]})


def result(**more: Any) -> Snapshot:
    """With one more result."""
    made = {
        "status": "final",
        "effectiveDateTime": "2026-11-23T10:00:00Z",
        "valueQuantity": {"value": 1, "unit": "g/L"},
    }
    return added("magnesium", resourceType="Observation", **{**made, **more})


def order(**more: Any) -> Snapshot:
    """With one more order."""
    return added("medications", resourceType="MedicationRequest", intent="order", **more)


def done(**more: Any) -> Snapshot:
    return added("procedures", resourceType="Procedure", status="completed", **more)


def problem(**more: Any) -> Snapshot:
    """With one more problem."""
    return added("conditions", resourceType="Condition", **more)


# headings, blocks and chapters of ICD-10 that may stand for AV block, myasthenia, kidney failure, torsades, shock ...
HEADINGS = ["I44", "I44.-", "I47", "G70", "N18", "Z99", "J96", "R57", "I30-I52", "N17-N19", "IX"]
# of potassium in whole blood, and told for a QTc by some
UNSETTLED = ["75940-7", "44974-4"]
MAGNESIUM = {"coding": [{"system": "http://loinc.org", "code": "19123-9"}]}
SODIUM = {"coding": [{"system": "http://loinc.org", "code": "2951-2"}]}


@pytest.mark.parametrize(
    ("shot", "what", "why"),
    [
        (result(code=CODE_ONLY), What.RESULT, Why.CODE),
        (result(code={}), What.RESULT, Why.SHAPE),
        (result(code="magnesium"), What.RESULT, Why.SHAPE),
        (result(code=MAGNESIUM, valueQuantity={"value": 1.2, "unit": "furlong"}), What.RESULT, Why.UNIT),
        (
            result(code=MAGNESIUM, valueQuantity={"value": 1, "unit": "mg/dL", "comparator": "~"}),
            What.RESULT,
            Why.VALUE,
        ),
        (result(code=MAGNESIUM, effectiveDateTime="yesterday"), What.RESULT, Why.DATE),
        (order(medicationCodeableConcept=CODE_ONLY), What.MEDICINE, Why.CODE),
        (order(medicationCodeableConcept={}), What.MEDICINE, Why.SHAPE),
        (order(medicationReference={"reference": "Medication/elsewhere"}), What.MEDICINE, Why.REFERENCE),
        (problem(code=CODE_ONLY), What.PROBLEM, Why.CODE),
        (problem(code={"coding": [{"system": "http://snomed.info/sct", "code": "72892002"}]}), What.PROBLEM, Why.CODE),
        (problem(code={"coding": [{"system": "ICPC-2", "code": "W78"}]}), What.PROBLEM, Why.CODE),
        (problem(), What.PROBLEM, Why.SHAPE),
        *((problem(code={"coding": [{"system": ICD10, "code": code}]}), What.PROBLEM, Why.CODE) for code in HEADINGS),
        *((result(code={"coding": [{"system": LOINC, "code": code}]}), What.RESULT, Why.CODE) for code in UNSETTLED),
        (result(code={"coding": [{"system": LOINC, "code": "99999-1"}], "text": "Potassium"}), What.RESULT, Why.CODE),
        (done(code=CODE_ONLY), What.CARE, Why.CODE),
        (done(), What.CARE, Why.SHAPE),
        (
            added("nutrition_orders", resourceType="NutritionOrder", status="active", oralDiet={"type": [CODE_ONLY]}),
            What.CARE,
            Why.CODE,
        ),
        (added("devices", resourceType="Device", status="active", type=CODE_ONLY), What.CARE, Why.CODE),
        (replace(snapshot(FULL), unreadable=1), What.ENTRY, Why.SHAPE),
    ],
)
def test_what_nobody_understands_is_counted_by_kind(shot: Snapshot, what: What, why: Why) -> None:
    assert chart(shot).not_understood == {Kind(what, why): 1}


@pytest.mark.parametrize(
    "shot",
    [
        result(code=SODIUM),
        result(code={**CODE_ONLY, "text": "Ferritin"}),
        result(code={"text": "Ferritin"}),
        order(medicationCodeableConcept={**CODE_ONLY, "text": "lisinopril 10 mg"}),
        order(medicationReference={"reference": "Medication/elsewhere", "display": "lisinopril 10 mg"}),
        problem(code={**CODE_ONLY, "text": "Osteoarthritis of knee"}),
        problem(code={"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "M17.0"}]}),
        *(problem(code={"coding": [{"system": ICD10, "code": code}]}) for code in ("I10", "E11", "M17", "E87")),
        problem(code={"coding": [{"system": ICD10, "code": "I44", "display": "Left bundle-branch block"}]}),
        result(code={"coding": [{"system": LOINC, "code": "44974-4", "display": "Pulse rhythm"}]}),
        problem(code=CODE_ONLY, verificationStatus={"coding": [{"code": "refuted"}]}),
        added("medications", resourceType="Immunization", vaccineCode=CODE_ONLY),
    ],
)
def test_what_can_be_read_and_matches_nothing_is_not_for_us(shot: Snapshot) -> None:
    assert not chart(shot).not_understood


@pytest.mark.parametrize("code", ["IMP", "AMB", "EMER", "HH"])
def test_a_known_class_of_a_stay_is_understood_and_another_is_counted(code: str) -> None:
    def stay(told: Any) -> Snapshot:
        shot = snapshot(FULL)
        return replace(shot, resources={**shot.resources, "encounters": [{**shot.resources["encounters"][0], **told}]})

    assert not chart(stay({"class": {"code": code}})).not_understood
    for unknown in ({"class": {"system": LOCAL, "code": "7"}}, {"class": None}):
        assert chart(stay(unknown)).not_understood == {Kind(What.STAY, Why.CLASS): 1}


def test_an_order_of_a_code_that_nobody_knows_may_be_magnesium_and_is_told() -> None:
    basis = {"setting": "inpatient", "magnesium": 1.0, "labs": {"egfr": 85}}
    shot = snapshot({**basis, "medications": [{"text": "x", "hours": 2}]})
    (listed,) = shot.resources["medications"]
    unread = {**listed, "medicationCodeableConcept": CODE_ONLY}
    (card,) = told(decide(replace(shot, resources={**shot.resources, "medications": [unread]})))
    assert "1 of 1 medicines could not be read" in card["detail"]


# -- selections -------------------------------------------------------------------------------------------------------
URL = "https://ehr.example/fhir/MedicationRequest/draft-1"


def select(*selections: str, ident: str | None = "draft-1", url: str = "") -> Snapshot:
    """Omeprazole and paracetamol drafted at a low level, some of it selected."""
    shot = snapshot({"magnesium": 1.5, "drafts": ["omeprazole 20 mg", "paracetamol 500 mg"], "hook": "order-select"})
    first = {**shot.drafts[0]} if ident is None else {**shot.drafts[0], "id": ident}
    if ident is None:
        del first["id"]
    urls = (url, "") if url else ()
    return replace(shot, drafts=(first, shot.drafts[1]), selections=frozenset(selections), draft_urls=urls)


@pytest.mark.parametrize(
    "shot",
    [
        select("MedicationRequest/draft-1"),
        select("draft-1"),
        select(" MedicationRequest/draft-1 "),
        select("MedicationRequest/draft-1/_history/3"),
        select(URL),
        select(f"{URL}/_history/3"),
        select("MedicationOrder/draft-1"),
        select("MedicationRequest/order_1", ident="order_1"),
        select("order 1", ident="order 1"),
        select("x" * 190, ident="x" * 190),
        select("urn:uuid:0b2f1c52-1", ident="0b2f1c52-1"),
        select("urn:uuid:0b2f1c52-1", ident=None, url="urn:uuid:0b2f1c52-1"),
        select("0b2f1c52-1", ident=None, url="urn:uuid:0b2f1c52-1"),
        select(URL, ident=None, url=URL),
        select("MedicationRequest/draft-1", ident=None, url=URL),
        select("draft-1", "ServiceRequest/elsewhere"),
    ],
)
def test_a_selection_names_its_draft_in_every_way_that_clients_write_it(shot: Snapshot) -> None:
    found = chart(shot)
    assert [draft.selected for draft in found.drafts] == [True, False]
    assert any("omeprazole" in str(card["summary"]).lower() for card in told(decide(shot)))
    assert sum(found.not_understood.values()) == len(shot.selections or ()) - 1


@pytest.mark.parametrize("shot", [select("MedicationRequest/other"), select("5"), select(), select("", ident=None)])
def test_selections_that_match_nothing_select_everything(shot: Snapshot) -> None:
    found = chart(shot)
    assert [draft.selected for draft in found.drafts] == [True, True]
    assert found.not_understood.get(Kind(What.SELECTION, Why.REFERENCE), 0) == len(shot.selections or ())


def test_a_selection_of_another_order_is_no_selection_of_a_medicine() -> None:
    shot = select("ServiceRequest/s1")
    with_test = replace(shot, drafts=(*shot.drafts, {"resourceType": "ServiceRequest", "id": "s1", "status": "draft"}))
    assert [draft.selected for draft in chart(with_test).drafts] == [False, False]
    assert told(decide(with_test)) == []


def test_a_draft_without_an_id_is_a_draft() -> None:
    shot = replace(select(ident=None), selections=None)
    assert any("omeprazole" in str(card["summary"]).lower() for card in told(decide(shot)))
