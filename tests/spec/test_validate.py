"""The conformance kit: right requests and answers pass, each spoiled one names its requirement and place."""

import copy
import json
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from cds_service.conformance import answer_faults, dialect_faults, hook_faults, request_faults, requirements
from cds_service.dialects import shipped
from cds_service.run.cli import main
from tests.calls import SERVICE_OF, post, request_for

NOW = datetime.now(UTC)
UUID = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
PATIENT = {"resourceType": "Patient", "id": "p"}
CREATE = {"type": "create", "description": "Order it", "resource": PATIENT}
CARD = {
    "uuid": UUID,
    "summary": "Magnesium is low: order a level",
    "indicator": "warning",
    "source": {"label": "us", "url": "https://a.example/", "topic": {"code": "c", "system": "urn:s"}},
    "selectionBehavior": "any",
    "suggestions": [{"label": "Order", "uuid": UUID.replace("3f", "4f"), "actions": [CREATE]}],
    "overrideReasons": [{"code": "r", "system": "urn:s", "display": "Reason"}],
    "links": [{"label": "more", "type": "absolute", "url": "https://a.example/more"}],
    "detail": "Found: 1.2",
}
ORDER = {"resourceType": "MedicationRequest", "id": "o1"}
CALL = {
    "hook": "order-select",
    "hookInstance": UUID,
    "fhirServer": "https://fhir.example",
    "fhirAuthorization": {
        "access_token": "t",
        "token_type": "Bearer",
        "expires_in": 300,
        "scope": "patient/*.read",
        "subject": "cds",
    },
    "context": {
        "userId": "Practitioner/1",
        "patientId": "p",
        "selections": ["MedicationRequest/o1"],
        "draftOrders": {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": ORDER}]},
    },
    "prefetch": {"patient": PATIENT, "conditions": None},
}
FEEDBACK = {
    "feedback": [
        {
            "card": UUID,
            "outcome": "accepted",
            "outcomeTimestamp": NOW.isoformat(),
            "acceptedSuggestions": [{"id": "x"}],
        }
    ]
}


def spoiled(whole, path, value):
    """A copy with another value at the path; without it for `...`."""
    made = copy.deepcopy(whole)
    holder = made
    *steps, last = path
    for step in steps:
        holder = holder[step]
    if value is ...:
        del holder[last]
    else:
        holder[last] = value
    return made


def found(faults):
    return {(fault.requirement, fault.where) for fault in faults}


def test_what_is_right_has_no_fault():
    assert answer_faults({"cards": [CARD]}) == () == answer_faults({"cards": []})
    assert request_faults(CALL) == () == request_faults(FEEDBACK)


ANSWERS = [
    (("summary",), "x" * 140, "R2", "cards[0].summary"),
    (("summary",), "two\nlines", "R2", "cards[0].summary"),
    (("indicator",), "hard-stop", "R2", "cards[0].indicator"),
    (("source", "label"), ..., "R2", "cards[0].source.label"),
    (("uuid",), "no-uuid", "R3", "cards[0].uuid"),
    (("suggestions", 0, "uuid"), UUID, "R3", "cards[0].suggestions[0].uuid"),
    (("detail",), "a <b>bold</b> word", "R3", "cards[0].detail"),
    (("detail",), "", "J1", "cards[0].detail"),
    (("links", 0, "label"), None, "J1", "cards[0].links[0].label"),
    (("selectionBehavior",), ..., "R4", "cards[0].selectionBehavior"),
    (("selectionBehavior",), "all", "R4", "cards[0].selectionBehavior"),
    (("suggestions", 0, "label"), ..., "R5", "cards[0].suggestions[0].label"),
    (("suggestions", 0, "actions", 0, "description"), ..., "R6", "cards[0].suggestions[0].actions[0].description"),
    (("suggestions", 0, "actions", 0, "type"), "modify", "R6", "cards[0].suggestions[0].actions[0].type"),
    (("suggestions", 0, "actions", 0, "type"), "delete", "R6", "cards[0].suggestions[0].actions[0]"),
    (("suggestions", 0, "actions", 0, "resource"), ..., "R6", "cards[0].suggestions[0].actions[0]"),
    (("suggestions", 0, "actions", 0, "resource"), {"resourceType": "Patient", "id": 3}, "J2", "Patient"),
    (
        ("suggestions", 0, "actionSelectionBehavior"),
        "any",
        "R7",
        "cards[0].suggestions[0].actionSelectionBehavior",
    ),
    (("overrideReasons", 0, "system"), ..., "R8", "cards[0].overrideReasons[0].system"),
    (("links", 0, "url"), "/more", "R9", "cards[0].links[0].url"),
    (("links", 0, "url"), "https://[", "R9", "cards[0].links[0].url"),
    (("links", 0, "type"), "relative", "R9", "cards[0].links[0].type"),
    (("links", 0, "appContext"), "x", "R9", "cards[0].links[0].appContext"),
    (("source", "url"), "a.example", "R10", "cards[0].source.url"),
    (("source", "topic", "code"), ..., "R10", "cards[0].source.topic.code"),
]


@pytest.mark.parametrize(("path", "value", "requirement", "where"), ANSWERS)
def test_a_spoiled_answer_names_requirement_and_place(path, value, requirement, where):
    assert (requirement, where) in found(answer_faults({"cards": [spoiled(CARD, path, value)]}))


def test_of_alternatives_one_is_recommended():
    two = [{"label": f"Order {n}", "isRecommended": True} for n in range(2)]
    card = CARD | {"selectionBehavior": "at-most-one", "suggestions": two}
    assert ("R4", "cards[0].suggestions") in found(answer_faults({"cards": [card]}))


REQUESTS = [
    (CALL, ("hook",), ..., "C1", "hook"),
    (CALL, ("hookInstance",), "1", "C1", "hookInstance"),
    (CALL, ("context",), [], "C1", "context"),
    (CALL, ("fhirServer",), ..., "C1", "fhirServer"),
    (CALL, ("fhirAuthorization", "scope"), ..., "C2", "fhirAuthorization.scope"),
    (CALL, ("fhirAuthorization", "token_type"), "bearer", "C2", "fhirAuthorization.token_type"),
    (CALL, ("fhirAuthorization", "expires_in"), "300", "C2", "fhirAuthorization.expires_in"),
    (CALL, ("context", "userId"), ..., "C3", "context.userId"),
    (CALL, ("context", "userId"), "dr-x", "C3", "context.userId"),
    (CALL, ("context", "draftOrders"), [], "C3", "context.draftOrders"),
    (CALL, ("context", "selections"), ["o1"], "C4", "context.selections[0]"),
    (CALL, ("context", "selections"), ..., "C4", "context.selections"),
    (CALL, ("prefetch", "patient"), "p", "C6", "prefetch.patient"),
    (CALL, ("prefetch",), [], "C6", "prefetch"),
    (FEEDBACK, ("feedback",), {}, "F1", "feedback"),
    (FEEDBACK, ("feedback", 0, "card"), "c", "F1", "feedback[0].card"),
    (FEEDBACK, ("feedback", 0, "outcome"), "ignored", "F1", "feedback[0].outcome"),
    (FEEDBACK, ("feedback", 0, "outcomeTimestamp"), NOW.date().isoformat(), "F1", "feedback[0].outcomeTimestamp"),
    (FEEDBACK, ("feedback", 0, "acceptedSuggestions"), ..., "F2", "feedback[0].acceptedSuggestions"),
    (FEEDBACK, ("feedback", 0, "acceptedSuggestions"), [{}], "F2", "feedback[0].acceptedSuggestions[0].id"),
    (
        FEEDBACK,
        ("feedback", 0, "overrideReason"),
        {"reason": {"code": "r"}},
        "F2",
        "feedback[0].overrideReason.reason.system",
    ),
]


@pytest.mark.parametrize(("whole", "path", "value", "requirement", "where"), REQUESTS)
def test_a_spoiled_request_names_requirement_and_place(whole, path, value, requirement, where):
    assert (requirement, where) in found(request_faults(spoiled(whole, path, value)))


def test_every_requirement_but_the_shape_of_an_answer_is_tried_above():
    tried = {row[2] for row in ANSWERS} | {row[3] for row in REQUESTS}
    assert {ident for ident, told in requirements().items() if told.level != "dialect"} - tried == {"R1"}


@pytest.mark.parametrize("whole", [None, [], "text", {}, {"cards": None}, {"cards": {}}])
def test_what_is_no_answer_is_told(whole):
    assert found(answer_faults(whole)) == {("R1", "cards")}


@pytest.mark.parametrize("odd", [None, 0, "", "x", [], [None], {}, {"": None}, [[{}]]])
@pytest.mark.parametrize("path", [("suggestions",), ("source",), ("links",), ("overrideReasons",), ("suggestions", 0)])
def test_no_shape_ends_the_check(odd, path):
    assert answer_faults({"cards": [spoiled(CARD, path, odd), odd]})


DIALECT = [
    ("epic", ("selectionBehavior",), "at-most-one", "V1"),
    ("epic", ("suggestions", 0, "actions"), [CREATE, CREATE], "V1"),
    ("epic", ("suggestions", 0, "actions", 0, "type"), "update", "V2"),
    ("epic", ("suggestions", 0, "actions", 0, "resource"), ORDER | {"intent": "proposal"}, "V3"),
    ("epic", ("source", "url"), "http://a.example/", "V4"),
    ("epic", ("suggestions", 0, "label"), "x" * 101, "V5"),
]


@pytest.mark.parametrize(("name", "path", "value", "requirement"), DIALECT)
def test_what_a_record_system_does_not_take_is_told(name, path, value, requirement):
    assert dialect_faults({"cards": [CARD]}, shipped()[name]) == ()
    faults = dialect_faults({"cards": [spoiled(CARD, path, value)]}, shipped()[name])
    assert {fault.requirement for fault in faults} == {requirement}


def test_a_hook_that_the_system_does_not_call_is_told():
    assert hook_faults(CALL, shipped()["epic"]) == ()
    assert found(hook_faults(CALL, shipped()["oracle"])) == {("V6", "hook")}


def validated(kind, body, tmp_path, *options):
    path = tmp_path / "body.json"
    path.write_bytes(body if isinstance(body, bytes) else json.dumps(body).encode())
    return CliRunner().invoke(main, ["validate", kind, str(path), *options])


@pytest.mark.parametrize("hook", SERVICE_OF)
def test_the_service_and_its_own_requests_pass(client, hook, tmp_path):
    answer = post(client, request_for(hook), SERVICE_OF[hook])
    done = validated("response", answer.data, tmp_path)
    assert (done.exit_code, done.output) == (0, "0 broken, 0 recommendations not followed\n")


def test_the_command_tells_requirement_place_and_count(tmp_path):
    done = validated("response", {"cards": [spoiled(CARD, ("indicator",), "red")]}, tmp_path)
    assert done.exit_code == 1
    first, asks, last = done.output.splitlines()
    assert first == "R2 must: cards[0].indicator is 'red'" and "indicator" in asks and last.startswith("1 broken, 0 ")
    only_recommended = validated("response", {"cards": [spoiled(CARD, ("uuid",), "1")]}, tmp_path)
    assert only_recommended.exit_code == 0 and "0 broken, 1 recommendations" in only_recommended.output


@pytest.mark.parametrize(
    ("body", "options", "told"),
    [
        (b"{", (), "line 1, column"),
        ({"cards": []}, ("--dialect", "epik"), "did you mean epic?"),
        ({"cards": []}, ("--dialect", "no/such.yaml"), "such.yaml: not readable"),
    ],
)
def test_what_cannot_be_read_is_told(body, options, told, tmp_path):
    done = validated("response", body, tmp_path, *options)
    assert done.exit_code and told in done.output and "Traceback" not in done.output
