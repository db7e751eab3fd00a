"""What a FHIR server sends that is no answer to what was asked is told, whatever the key: it is never "none"."""

import re

import pytest
import responses

from cards import INPUTS
from tests.calls import magnesium, outcome, searchset
from tests.fhir.conftest import BASE, complete, lacking

FHIR = "application/fhir+json"
ANY = re.compile(re.escape(BASE) + "/.*")
# without the tests that stand ordered one more is drafted at most: not told where nothing is
KEYS = [asked.key for asked in INPUTS if not asked.second_look and asked.key != "ordered_tests"]


def quiet(templates):
    """A chart without anything to say, everything of it known."""
    body = complete("patient-view", templates)
    empty = {key: searchset() for key in templates if key not in ("patient", "encounters")}
    body["prefetch"] |= {**empty, "magnesium": searchset(magnesium(2.0))}
    return body


def asked(service, templates, key, **answer):
    """(whether anything is told, outcome) when a server answers the only key that a quiet call lacks."""
    for method in ("GET", "POST"):
        responses.add(method, ANY, **{"content_type": FHIR, **answer})
    response = service.post(lacking(quiet(templates), [key]))
    told = response.status_code == 412 or bool(response.get_json()["cards"])
    return told, service.outcomes(key)


def test_the_chart_is_quiet(service, templates):
    assert service.post(quiet(templates)).get_json() == {"cards": []}


@pytest.mark.parametrize("key", KEYS)
@responses.activate
def test_a_token_that_is_refused_is_a_failure(service, templates, key):
    assert asked(service, templates, key, status=401, json=outcome()) == (True, {"unauthorized": 1})


@pytest.mark.parametrize("status", [401, 403, 404, 410])
@responses.activate
def test_a_patient_that_may_not_be_read_is_nobody_known(service, templates, status):
    told, _ = asked(service, templates, "patient", status=status, json=outcome())
    assert told


@pytest.mark.parametrize("key", ["results", "administrations", "statements", "encounters"])
@pytest.mark.parametrize("status", [403, 404])
@responses.activate
def test_a_type_that_nobody_offers_is_no_failure(service, templates, key, status):
    assert not asked(service, templates, key, status=status, json=outcome())[0]
