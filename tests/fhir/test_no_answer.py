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


def of_type(kind, *entries):
    """A Bundle of a type with these entries."""
    return {"resourceType": "Bundle", **({} if kind is None else {"type": kind}), "entry": list(entries)}


NO_ANSWERS = {
    "another type": of_type("searchset", {"resource": {"resourceType": "Device", "id": "d"}}),
    "a failed query in a batch": of_type("batch-response", {"response": {"status": "500"}, "resource": searchset()}),
    "a failed query in a list": of_type("searchset", {"response": {"status": "500"}, "resource": searchset()}),
    "a batch of nothing": of_type("batch-response"),
    "a list of more in a batch": of_type("batch-response", {"resource": searchset(total=4)}),
    **{f"no searchset: {kind!r}": of_type(kind) for kind in ("history", "collection", "document", "", None, 5)},
    "a remark, and no searchset": of_type("collection", {"resource": outcome("information")}),
    **{f"total {total!r}": searchset(total=total) for total in (3, 3.0, "3", -1, "many")},
    **{f"not all: {code}": searchset(outcome("warning", code)) for code in ("incomplete", "too-costly", "suppressed")},
    "not all, in passing": searchset(outcome("information", "timeout"), total=0),
    **{f"relation {told!r}": searchset(link=[{"relation": told}]) for told in ("next", ["next"], "Next")},
}
LISTS = [key for key in KEYS if key != "patient"]
NONE = [
    {"resourceType": "Bundle", "type": "searchset", "total": 0},
    *[searchset(total=total) for total in (0, 0.0, "0", None)],
    searchset(link=[{"relation": "self", "url": f"{BASE}/Observation"}]),
    searchset(outcome("warning")),
    searchset(outcome("warning", "not-supported")),
    searchset(outcome("information", "informational"), total=0),
]


@pytest.mark.parametrize("number", range(len(LISTS)), ids=LISTS)
@responses.activate
def test_what_is_no_answer_is_not_none(service, templates, number):
    """Each way under two keys, and under magnesium, which is asked for on every hook."""
    ways = list(NO_ANSWERS.items())
    key = LISTS[number]
    for name, answer in ways if key == "magnesium" else ways[number % 4 :: 4]:
        responses.reset()
        told, _ = asked(service, templates, key, json=answer)
        assert told, name
    assert service.outcomes(key).keys() <= {"unreadable"}


@pytest.mark.parametrize("key", ["magnesium", "results", "conditions"])
@responses.activate
def test_an_honest_empty_list_is_none(service, templates, key):
    for number, answer in enumerate(NONE, 1):
        responses.reset()
        assert asked(service, templates, key, json=answer) == (False, {"fetched": number})


@pytest.mark.parametrize("kind", ["collection", "history", "batch-response", None])
@responses.activate
def test_results_are_read_whatever_the_type_of_their_bundle(service, templates, kind):
    responses.add("POST", f"{BASE}/Observation/_search", json=of_type(kind, {"resource": magnesium(0.9)}))
    assert "0.9" in str(service.post(lacking(quiet(templates), ["magnesium"])).get_json()["cards"])


@responses.activate
def test_a_later_page_may_be_empty_and_repeats_the_total(service, templates):
    """Some servers end their lists so; one that ends them by what is no page has not given all."""
    first = searchset(magnesium(2.0), total=1, link=[{"relation": "next", "url": f"{BASE}?page=2"}])
    for last, told in ((searchset(total=1), False), (of_type("history"), True)):
        responses.reset()
        responses.add("POST", f"{BASE}/Observation/_search", json=first)
        responses.add("GET", BASE, json=last)
        response = service.post(lacking(quiet(templates), ["magnesium"]))
        assert (response.status_code == 412 or bool(response.get_json()["cards"])) is told


@pytest.mark.parametrize("key", ["results", "administrations", "statements", "encounters"])
@pytest.mark.parametrize("status", [403, 404])
@responses.activate
def test_a_type_that_nobody_offers_is_no_failure(service, templates, key, status):
    assert not asked(service, templates, key, status=status, json=outcome())[0]
