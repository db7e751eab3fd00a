import pytest

from cards import INPUTS, SERVICES
from cards.chart import Chart
from cards.judgements.indication import reason_of
from cards.judgements.other_magnesium import prior
from cards.model import SetAside
from cds_service.call.envelope import read_call
from cds_service.call.gather import gather
from tests.calls import magnesium, outcome, searchset
from tests.cards.chart import NOW, knowledge

VIEW = SERVICES[0]


def batch(*resources, status="200 OK"):
    """A Bundle that answers a batch."""
    entries = [{"response": {"status": status}, **({"resource": r} if r else {})} for r in resources]
    return {"resourceType": "Bundle", "type": "batch-response", "entry": entries}


def with_outcome(resource, told):
    """An answer to a batch whose response tells an outcome beside it."""
    entry = {"resource": resource, "response": {"status": "200", "outcome": told}}
    return {"resourceType": "Bundle", "type": "batch-response", "entry": [entry]}


def of_type(kind, *resources):
    """A Bundle of another type than the one that answers a search."""
    return {**searchset(*resources), "type": kind}


NO_LISTS = ("history", "document", "message", "batch", "transaction", "subscription-notification", "Search", "", 5, [])
MG = magnesium(patient="p1")
OTHER = magnesium(patient="p2")


# what the issues of a remark are that says so
NOT_ALL = ("incomplete", "too-costly", "throttled", "timeout", "transient", "exception", "suppressed", "forbidden")
EPIC = "urn:oid:1.2.840.114350.1.13.0.1.7.2.657369"
CUT = (1, False, True)


def snap(value="absent", context=None, key="magnesium"):
    prefetch = {} if value == "absent" else {key: value}
    body = {"context": {"patientId": "p1", **(context or {})}, "prefetch": prefetch}
    return gather(read_call(body), VIEW, [key]).snapshot


def state(value):
    """(number of resources, missing, partial) of a key with this value."""
    found = snap(value)
    return len(found.resources["magnesium"]), bool(found.missing), bool(found.partial)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("absent", (0, True, False)),
        (None, (0, False, False)),
        (searchset(), (0, False, False)),
        ({"resourceType": "Bundle"}, (0, False, False)),
        (searchset(MG), (1, False, False)),
        (MG, (1, False, False)),
        ([MG, MG], (2, False, False)),
        ([searchset(MG)], (1, False, False)),
        ({"entry": [{"resource": MG}]}, (1, False, False)),
        ({"resourceType": "Bundle", "entry": {"resource": MG}}, (1, False, False)),
        ({"resourceType": "Bundle", "entry": [MG]}, (1, False, False)),
        ({"response": {"status": "200 OK"}, "resource": searchset(MG)}, (1, False, False)),
        ({"response": {"status": "200"}, "resource": None}, (0, False, False)),
        ({"response": {"status": "404"}, "resource": None}, (0, True, False)),
        ({"response": {"status": "500"}, "resource": searchset()}, (0, True, False)),
        ({"response": {"status": 500}, "resource": searchset()}, (0, True, False)),
        ({"response": {"status": "404"}, "resource": outcome("information")}, (0, True, False)),
        ([{"response": {"status": "404"}, "resource": outcome("information")}], (0, True, False)),
        ({"response": {"status": "200 OK"}, "resource": searchset()}, (0, False, False)),
        ({"response": {"etag": "W/1"}, "resource": searchset()}, (0, False, False)),
        ({"response": {"status": "500"}, "resource": MG}, (1, True, False)),
        (outcome(), (0, True, False)),
        (searchset(outcome()), (0, True, False)),
        (searchset(MG, outcome("warning")), (1, False, False)),
        (searchset(MG, outcome("error")), (1, True, False)),
        (searchset(outcome("warning")), (0, False, False)),
        (outcome("warning"), (0, True, False)),
        (outcome("information"), (0, False, False)),
        (searchset(MG, {"resourceType": "OperationOutcome"}), (1, True, False)),
        (searchset(MG, outcome("warning"), total=2), (1, False, True)),
        (searchset(MG, {"resourceType": "Medication", "id": "m"}, total=2), (2, False, True)),
        (searchset(MG, total=2), (1, False, True)),
        (searchset(MG, total=1), (1, False, False)),
        (searchset(*[MG] * 30, total=61), (30, False, False)),
        (searchset(total=2), (0, True, True)),
        *[(searchset(total=total), (0, True, True)) for total in ("3", 3.0, "3.0", 1e300)],
        *[(searchset(MG, total=total), (1, False, True)) for total in ("3", 3.0)],
        *[(searchset(MG, total=total), (1, False, False)) for total in ("1", 1.0, None, "many", [], True, "")],
        *[(searchset(total=total), (0, False, False)) for total in (0, 0.0, "0", None)],
        *[(searchset(total=total), (0, True, False)) for total in (-1, "many", "", [], True, False, "9" * 400)],
        (searchset(outcome("warning"), total=1), (0, True, True)),
        (searchset(outcome("warning"), total=0), (0, False, False)),
        (searchset(searchset(total=4)), (0, True, True)),
        (batch(searchset(total=4)), (0, True, True)),
        (batch(searchset(MG, total=4)), (1, False, True)),
        (batch(searchset()), (0, False, False)),
        (batch(searchset(MG), searchset()), (1, False, False)),
        (batch(), (0, True, False)),
        (batch({"resourceType": "Bundle", "type": "history"}), (0, True, False)),
        (searchset(MG, batch()), (1, True, False)),
        ({"resourceType": "Bundle", "type": "searchset", "entry": [{"response": {"status": "500"}}]}, (0, True, False)),
        *[(of_type(kind), (0, True, False)) for kind in NO_LISTS],
        *[(of_type(kind, outcome("information")), (0, True, False)) for kind in NO_LISTS],
        *[(of_type(kind, MG), (1, False, False)) for kind in NO_LISTS],
        (of_type("collection"), (0, False, False)),
        ({"resourceType": "Bundle", "entry": []}, (0, False, False)),
        ({"entry": []}, (0, False, False)),
        (batch(searchset(MG)), (1, False, False)),
        (batch(MG, MG), (2, False, False)),
        (batch(searchset(MG, link=[{"relation": "next", "url": "x"}])), (1, False, True)),
        (batch(None, status="404 Not Found"), (0, True, False)),
        (batch(outcome(), status="500"), (0, True, False)),
        (batch(searchset(MG), status="403"), (1, True, False)),
        (with_outcome(searchset(), outcome()), (0, True, False)),
        (with_outcome(searchset(), outcome("warning", "incomplete")), (0, True, False)),
        (with_outcome(searchset(), outcome("warning")), (0, False, False)),
        ([searchset(MG), searchset(MG)], (2, False, False)),
        (searchset(searchset(searchset(searchset(searchset(searchset(MG)))))), (0, True, False)),
        ({"resourceType": "Bundle", "type": [], "entry": [{"resource": MG}]}, (1, False, False)),
        (searchset({"resourceType": "OperationOutcome", "issue": [{"severity": []}]}), (0, True, False)),
        (searchset({"resourceType": "Practitioner", "id": "x"}), (1, True, False)),
        (searchset(MG, outcome("information")), (1, False, False)),
        (searchset(MG, link=[{"relation": "next", "url": "x"}]), (1, False, True)),
        (searchset(link=[{"relation": "next", "url": "x"}]), (0, True, True)),
        (searchset(OTHER), (0, True, False)),
        (OTHER, (0, True, False)),
        (searchset(OTHER, MG), (1, False, False)),
        *[
            (searchset(MG, link=[{"relation": next_page, "url": "x"}]), (1, False, True))
            for next_page in (["next"], "Next")
        ],
        (searchset(link=[{"relation": ["next"]}]), (0, True, True)),
        (searchset(MG, link=[{"relation": "self", "url": "next"}]), (1, False, False)),
        *[(searchset(MG, link=[{"relation": told, "url": "x"}]), (1, False, False)) for told in ("self", None, 5, [])],
        (searchset(MG, link="next"), (1, False, False)),
        (searchset(MG, None, 5, "x", {}), (1, False, False)),
        (searchset(None), (0, True, False)),
        ({"resourceType": "Bundle", "entry": "x"}, (0, True, False)),
        ([None], (0, True, False)),
        ([], (0, False, False)),
        ("text", (0, True, False)),
        ("", (0, True, False)),
        (0, (0, True, False)),
        (True, (0, True, False)),
        ({}, (0, True, False)),
        ({"resourceType": 5}, (0, True, False)),
    ],
)
def test_known_known_to_be_none_and_not_known(value, expected):
    assert state(value) == expected


@pytest.mark.parametrize("severity", ["information", "warning", "success"])
@pytest.mark.parametrize("code", NOT_ALL)
def test_a_remark_that_it_is_not_all_is_no_all_clear(severity, code):
    remark = outcome(severity, code)
    assert state(searchset(remark)) == (0, True, True)
    assert state(remark)[:2] == (0, True)
    assert state(searchset(remark, MG)) == state(searchset(MG, remark)) == state(batch(searchset(MG, remark))) == CUT


@pytest.mark.parametrize("severity", ["information", "warning", "success"])
@pytest.mark.parametrize("code", ["processing", "informational", "not-supported", "", "Incomplete", []])
def test_any_other_remark_says_nothing_of_what_came(severity, code):
    remark = {**outcome(severity), "issue": [{"severity": severity, "code": code}]}
    assert state(searchset(remark)) == (0, False, False) and state(searchset(MG, remark)) == (1, False, False)


@pytest.mark.parametrize(
    ("coding", "nothing_came", "some_came"),
    [
        ((EPIC, "59204"), (0, True, False), (1, False, False)),
        ((EPIC, "59205"), (0, True, False), (1, False, False)),
        ((EPIC, "59100"), (0, True, True), CUT),
        (("urn:oid:2.999.2", "59204"), (0, True, True), CUT),
    ],
)
def test_what_epic_never_gives_a_client_is_not_offered(coding, nothing_came, some_came):
    remark = outcome("warning", "suppressed", *coding)
    assert (state(searchset(remark)), state(searchset(MG, remark))) == (nothing_came, some_came)
    assert ("magnesium" in snap(searchset(remark)).failed) is nothing_came[2]


@pytest.mark.parametrize("value", [None, searchset(), outcome(), [], {"resourceType": "Bundle", "total": 0}])
def test_no_patient_at_all_is_no_answer(value):
    absent, told = snap(key="patient"), snap(value, key="patient")
    assert absent.missing == told.missing == told.failed == {"patient"}
    assert not absent.failed


def test_null_is_nothing_unless_the_client_says_that_it_is_a_failure():
    call = read_call({"context": {"patientId": "p1"}, "prefetch": {"magnesium": None, "results": searchset()}})
    told = gather(call, VIEW, ["magnesium", "results"]).snapshot
    failed = gather(call, VIEW, ["magnesium", "results"], null_is_failed=True).snapshot
    assert not told.missing and failed.missing == failed.failed == {"magnesium"}


@pytest.mark.parametrize(
    ("sent", "resources", "known", "unbroken"),
    [
        ({"renal": searchset(MG), "electrolytes": searchset(MG)}, 2, True, True),
        ({"renal": searchset(MG), "electrolytes": searchset()}, 1, True, True),
        ({"renal": searchset(MG)}, 1, False, True),
        ({"renal": searchset(MG), "electrolytes": outcome()}, 1, False, False),
        ({"renal": searchset(MG), "electrolytes": searchset(OTHER)}, 1, True, True),
        ({"results": searchset(), "renal": outcome()}, 0, True, True),
        ({}, 0, False, True),
    ],
)
def test_what_was_declared_under_two_keys_is_read_as_one(sent, resources, known, unbroken):
    patient = {"resourceType": "Patient", "id": "p1"}
    call = read_call({"context": {"patientId": "p1"}, "prefetch": {"patient": patient, "magnesium": MG, **sent}})
    told = gather(call, VIEW, ["patient", "magnesium", "results"]).snapshot
    assert (len(told.resources["results"]), not told.missing, not told.failed) == (resources, known, unbroken)
    assert told.resources.keys() == {"patient", "magnesium", "results"} and told.missing <= {"results"}


ONGOING = {"resourceType": "MedicationRequest", "id": "o", "status": "active", "subject": {"reference": "Patient/p1"}}
ENDED = [{**ONGOING, "id": f"e{n}", "status": "completed"} for n in range(50)]


@pytest.mark.parametrize(
    ("ended", "resources", "whole"),
    [
        ({}, 1, True),
        ({"recent_medications": searchset(*ENDED[:2])}, 3, True),
        ({"recent_medications": {**searchset(*ENDED), "total": 300}}, 51, True),
        ({"recent_medications": {**searchset(*ENDED[:10]), "total": 300}}, 11, False),
        ({"recent_medications": outcome()}, 1, False),
    ],
)
def test_orders_that_ended_are_read_beside_the_others_as_they_were_asked_for_before(ended, resources, whole):
    sent = {"magnesium": searchset(MG), "medications": searchset(ONGOING), **ended}
    told = gather(read_call({"context": {"patientId": "p1"}, "prefetch": sent}), VIEW, ["magnesium", "medications"])
    shot = told.snapshot
    assert (len(shot.resources["medications"]), "medications" not in shot.partial) == (resources, whole)
    assert not shot.missing and shot.resources.keys() == {"magnesium", "medications"}


def test_left_out_and_failed_are_two_things():
    assert snap().missing == {"magnesium"} and not snap().failed
    assert snap(outcome()).missing == snap(outcome()).failed == {"magnesium"}


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"subject": {"reference": "https://fhir.example/r4/Patient/p2"}},
        {"subject": {"reference": "Patient/p2/_history/3"}},
        {"subject": [{"reference": "Patient/p2"}]},
        {"subject": None, "patient": {"reference": "Patient/p2"}},
        {"resourceType": "Patient", "id": "p2", "subject": None},
    ],
)
def test_another_patients_resources_are_dropped_and_counted_without_ids(change):
    found = snap(searchset({**OTHER, **change}, MG))
    assert found.resources["magnesium"] == (MG,)
    assert found.missing == frozenset()
    (aside,) = found.set_aside
    assert aside == SetAside(
        f"{change.get('resourceType', 'Observation')} of another patient", "not about the patient in context"
    )


@pytest.mark.parametrize(
    "reference",
    [
        "Patient/p1",
        "https://fhir.example/r4/Patient/p1",
        "Patient/p1/_history/2",
        "urn:uuid:1",
        "Group/p2",
        "#c",
        "",
        None,
        5,
    ],
)
def test_resources_of_this_patient_or_of_nobody_are_kept(reference):
    assert len(snap(searchset({**MG, "subject": {"reference": reference}})).resources["magnesium"]) == 1


def test_medications_in_a_bundle_are_kept():
    medication = {"resourceType": "Medication", "id": "m1"}
    assert snap(searchset(MG, medication)).resources["magnesium"] == (MG, medication)


OWN = {"patient": {"resourceType": "Patient", "id": "p1"}, "results": searchset(MG)}
KEYS = ("patient", "results", "magnesium", "conditions")


@pytest.mark.parametrize(
    ("prefetch", "stray"),
    [
        ({**OWN, "magnesium": searchset(OTHER)}, {"magnesium"}),
        ({**OWN, "magnesium": searchset(OTHER, OTHER)}, {"magnesium"}),
        ({**OWN, "conditions": searchset(OTHER), "magnesium": searchset(OTHER)}, {"magnesium", "conditions"}),
        ({**OWN, "magnesium": searchset(OTHER, OTHER, OTHER)}, set()),
        ({**OWN, "magnesium": searchset(OTHER, link=[{"relation": "next", "url": "x"}])}, set()),
        ({**OWN, "magnesium": searchset(OTHER, outcome())}, set()),
        ({**OWN, "magnesium": searchset(OTHER, None)}, set()),
        ({**OWN, "magnesium": searchset(MG, OTHER)}, set()),
        ({**OWN, "patient": {"resourceType": "Patient", "id": "p2"}, "magnesium": searchset(OTHER)}, set()),
        ({**OWN, "patient": None, "magnesium": searchset(OTHER)}, set()),
        ({**OWN, "results": searchset(OTHER), "magnesium": searchset(OTHER)}, set()),
        ({**OWN, "results": searchset({**MG, "subject": None}), "magnesium": searchset(OTHER)}, set()),
    ],
)
def test_a_stray_entry_beside_the_right_patients_data_is_ignored_and_a_wrong_query_is_not_known(prefetch, stray):
    found = gather(read_call({"context": {"patientId": "p1"}, "prefetch": prefetch}), VIEW, KEYS).snapshot
    assert found.strays == stray
    assert not found.missing & stray
    assert found.resources["magnesium"] or "magnesium" in stray | found.missing


DRAFT = {"resourceType": "MedicationRequest", "id": "d1", "subject": {"reference": "Patient/p1"}}


@pytest.mark.parametrize(
    ("drafts", "count"),
    [
        (searchset(DRAFT), 1),
        ({"resourceType": "Bundle", "entry": [{"resource": DRAFT}]}, 1),
        ({"entry": [{"resource": DRAFT}]}, 1),
        ([DRAFT, {**DRAFT, "resourceType": "MedicationOrder"}], 2),
        (DRAFT, 1),
        (searchset({**DRAFT, "resourceType": "ServiceRequest", "code": {"coding": [{}]}}), 1),
        (searchset({**DRAFT, "subject": {"reference": "Patient/p2"}}), 0),
        (None, 0),
        ("x", 0),
        ({}, 0),
    ],
)
def test_drafts_come_in_many_shapes(drafts, count):
    assert len(snap(context={"draftOrders": drafts}).drafts) == count


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("absent", None),
        (None, None),
        ([], frozenset()),
        (["MedicationRequest/d1", 5, None], {"MedicationRequest/d1"}),
        ("MedicationRequest/d1", {"MedicationRequest/d1"}),
    ],
)
def test_selections(value, expected):
    assert snap(context={} if value == "absent" else {"selections": value}).selections == expected


@pytest.mark.parametrize(
    ("value", "expected"), [("e1", "e1"), ("Encounter/e1", "e1"), (None, None), (5, None), ("", None)]
)
def test_the_encounter_is_known_when_it_is_text(value, expected):
    assert snap(context={"encounterId": value}).encounter_id == expected


def test_a_context_in_a_list_of_one_is_read():
    assert read_call({"context": [{"patientId": "Patient/p1"}]}).patient_id == "p1"


def test_free_text_in_a_resource_type_is_not_repeated():
    found = snap(searchset({**OTHER, "resourceType": "John Smith 1950"}))
    assert "John" not in str(found.set_aside)


def test_many_bad_entries_make_one_line():
    assert len(snap(searchset(*[None] * 5000, MG)).set_aside) == 1


def test_a_first_page_is_told():
    found = snap(searchset(MG, link=[{"relation": "next", "url": "x"}]))
    assert found.set_aside == (SetAside("prefetch magnesium", "not all of it was supplied"),)


GIVEN = {"access_token": "t", "token_type": "Bearer", "expires_in": 300, "scope": "patient/*.rs", "subject": "s"}


@pytest.mark.parametrize(
    ("server", "authorization", "token"),
    [
        ("https://fhir.example/r4/", GIVEN, "t"),
        ("https://fhir.example/r4", {**GIVEN, "token_type": "bearer", "scope": None}, "t"),
        ("https://fhir.example/r4", {"access_token": "t"}, "t"),
        ("https://fhir.example/r4", None, ""),
        ("https://fhir.example/r4", "t", ""),
        ("https://fhir.example/r4", {**GIVEN, "access_token": ""}, ""),
        ("https://fhir.example/r4", {**GIVEN, "access_token": "a b"}, ""),
        ("https://fhir.example/r4", {**GIVEN, "access_token": "x" * 20_000}, ""),
        ("https://fhir.example/r4", {**GIVEN, "token_type": "mac"}, ""),
        (None, GIVEN, None),
        (5, GIVEN, None),
    ],
)
def test_access_is_read_leniently_and_a_token_only_when_it_could_work(server, authorization, token):
    body = {"context": {"patientId": "p1"}, "fhirServer": server, "fhirAuthorization": authorization}
    access = read_call(body).access
    found = access and (access.server, access.token)
    assert found == (None if token is None else ("https://fhir.example/r4", token))


# -- references by urn ------------------------------------------------------------------------------------------------
DRUG, ORDER, ILLNESS = (f"urn:uuid:11111111-2222-4333-8444-55555555555{n}" for n in range(3))


def entry(url, kind, **resource):
    """An entry of a Bundle under its fullUrl; the resource has an id of its own only when told."""
    return {"fullUrl": url, "resource": {"resourceType": kind, "subject": {"reference": "Patient/p1"}, **resource}}


def bundle(*listed):
    """A Bundle of entries as they are."""
    return {"resourceType": "Bundle", "type": "collection", "entry": list(listed)}


def drug(text="torsemide 20 mg tablet"):
    """A Medication without an id: only its fullUrl names it."""
    return {"fullUrl": DRUG, "resource": {"resourceType": "Medication", "code": {"text": text}}}


def order(status="active", **more):
    """An order of that Medication."""
    told = {"status": status, "intent": "order", "medicationReference": {"reference": DRUG}, **more}
    return entry(ORDER, "MedicationRequest", id="o1", **told)


def read(prefetch=None, drafts=None):
    """The chart of a call."""
    context = {"patientId": "p1", **({"draftOrders": drafts} if drafts else {})}
    keys = [asked.key for asked in INPUTS]
    body = {"context": context, "prefetch": prefetch or {}}
    return Chart(gather(read_call(body), VIEW, keys).snapshot, knowledge(), NOW)


@pytest.mark.parametrize("key", ["medications", "a-key-of-their-own"])
def test_a_urn_names_an_entry_of_a_prefetch_bundle(key):
    (found,) = read({key: bundle(drug(), order())}).active
    assert "torsemide" in found.name


def test_a_urn_names_an_entry_of_the_drafts_or_of_the_prefetch():
    for prefetch, drafts in (({}, bundle(drug(), order("draft"))), ({"x": bundle(drug())}, bundle(order("draft")))):
        (found,) = read(prefetch, drafts).drafts
        assert "torsemide" in found.name


def test_an_order_that_names_nothing_is_none_of_a_medicine_without_an_id():
    nothing = entry(ORDER, "MedicationRequest", id="o1", status="active", intent="order")
    found = read({"medications": bundle(drug(), nothing)})
    assert found.unread_current == (1, 1) and not any(m.roles for m in found.active)


def test_a_urn_names_the_reason_of_a_draft_and_the_order_that_it_renews():
    torsades = entry(ILLNESS, "Condition", code={"text": "Torsades de pointes"})
    told = {"reasonReference": [{"reference": ILLNESS}], "priorPrescription": {"reference": ORDER}, "id": "d1"}
    renewed = entry("urn:uuid:9", "MedicationRequest", status="draft", medicationReference={"reference": DRUG}, **told)
    magnesium_sulfate = drug("magnesium sulfate 2 g/50 mL")
    found = read({"medications": bundle(magnesium_sulfate, order()), "conditions": bundle(torsades)}, bundle(renewed))
    (draft,) = found.drafts
    assert reason_of(draft, found).indication.id == "torsades"
    assert prior(draft, found) == "MedicationRequest/o1"
