"""A second look: what no service declares is asked for with the client's token, where magnesium matters."""

import pytest

from cards import IF_SENT
from tests.calls import cards, magnesium, searchset
from tests.fhir.conftest import Service, complete, lacking, told
from tests.fhir.stub import Stub, answers_of

SLOW = {"deadline": 30.0, "timeout": 30.0}
LOW, NORMAL = 1.0, 2.1
MOST_QUERIES = 6


def view(templates, level=LOW, **more):
    body = complete("patient-view", templates)
    body["prefetch"]["magnesium"] = searchset(magnesium(level))
    body["prefetch"].update(more)
    return body


def pressure(value):
    code = {"coding": [{"system": "http://loinc.org", "code": "8480-6"}]}
    quantity = {"value": value, "system": "http://unitsofmeasure.org", "code": "mm[Hg]"}
    return {**magnesium(1.0, ident="bp", hours_ago=0.5), "code": code, "valueQuantity": quantity}


def condition(code):
    """A problem by its ICD-10 code."""
    concept = {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": code}]}
    status = {"coding": [{"code": "active"}]}
    about = {"reference": "Patient/demo-heart"}
    return {"resourceType": "Condition", "id": "c1", "clinicalStatus": status, "code": concept, "subject": about}


def asked(server):
    """The types that were searched for."""
    return {path.split("/")[2] for _, path, _ in server.log}


def first_look(body, server):
    """The request with what services declare in its prefetch, and a token for the rest."""
    return lacking(body, [asked.key for asked in IF_SENT], base=server.base)


def test_what_a_second_look_brings_counts_as_if_it_were_sent(runtime, templates, further):
    body = view(templates, vital_signs=searchset(pressure(84)))
    with Stub(answers_of(body, further)) as server:
        service = Service(runtime, [server.base], **SLOW)
        found = cards(service.post(first_look(body, server)))
        assert "systolic pressure 84 mmHg" in str(found)
        assert told(found) == told(cards(service.post(body)))
        assert len(server.log) == len(further) <= MOST_QUERIES
        assert service.outcomes("vital_signs") == {"fetched": 1}


def test_a_second_look_asks_all_at_once(runtime, templates, further):
    body = view(templates)
    with Stub(answers_of(body, further), together=len(further)) as server:
        assert cards(Service(runtime, [server.base], **SLOW).post(first_look(body, server)))


def test_a_normal_level_asks_for_nothing_more(runtime, templates, further):
    body = view(templates, NORMAL, medications=searchset(), conditions=searchset())
    with Stub(answers_of(body, further)) as server:
        Service(runtime, [server.base], **SLOW).post(first_look(body, server))
        assert not server.log


def test_devices_are_asked_for_beside_heart_block_only(runtime, templates):
    every = {asked.key: asked.query(runtime.knowledge) for asked in IF_SENT}
    for code, wanted in (("I44.2", True), ("I50.9", False)):
        body = view(templates, conditions=searchset(condition(code)))
        with Stub(answers_of(body, every)) as server:
            cards(Service(runtime, [server.base], **SLOW).post(first_look(body, server)))
            assert ("Device" in asked(server)) is wanted


@pytest.mark.parametrize("fault", [None, "drop", "half"])
def test_a_second_look_that_fails_changes_nothing(runtime, templates, fault):
    body = view(templates)
    with Stub({}, fault=fault) as server:  # no such type: 404
        service = Service(runtime, [server.base], **SLOW)
        for _ in range(3):
            assert told(cards(service.post(first_look(body, server)))) == told(cards(service.post(body)))
        assert service.runtime.fhir.server(server.base).breaker.admits()
