"""Resources of any shape: whatever stands where, a patient is replayed and nothing is raised."""

import copy
from random import Random

import pytest

from cds_service.backtest.asof import entries_of
from cds_service.backtest.hospital_units import unit_of
from fixtures.synthetic.generate import Written, patient
from tests.backtest.exports import calls, order, stay, utc

ODD = (
    *(None, [], {}, [[]], [{}], {"a": [1]}, 5, -1e300, True, "", "x", ["active"], "2025-03-10", "9999-12-31T23:59:59Z"),
    *({"coding": "x"}, {"coding": [None, 3]}, {"start": [], "end": {}}, {"reference": 7}),
)
MORE = (
    *("location", "serviceType", "request", "dosageInstruction", "dispenseRequest", "encounter", "statusChanged"),
    *("class", "period", "meta"),
)
KEPT = ("resourceType", "subject", "id")
RECORDS = 20


def spoiled(record, random):
    """The record with some values replaced by odd ones; types and whose they are stay."""
    made = copy.deepcopy(record)
    for _ in range(random.randint(1, 12)):
        _spoil_one(random.choice(made), random)
    return made


def _spoil_one(node, random):
    keys = [key for key in node if key not in KEPT] if isinstance(node, dict) else list(range(len(node)))
    key = random.choice(keys)
    if isinstance(node[key], dict | list) and node[key] and random.random() < 0.7:
        _spoil_one(node[key], random)
    else:
        node[key] = random.choice(ODD)


@pytest.mark.parametrize("seed", range(4))
def test_spoiled_records_are_replayed(seed):
    random, made = Random(seed), 0
    for number in range(RECORDS):
        record = spoiled(list(patient(number, 7, 0.9, Written())), random)
        made += len(calls(record, record[0]["id"]))
    assert made > RECORDS


@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_every_element_may_be_anything(odd):
    whole = (order("o", "7646", "2025-03-10T10:00:00Z", "stopped"), stay("e", "2025-03-10T01:00:00Z", None))
    resources = [{**made, name: odd} for made in whole for name in {*made, *MORE} - {"resourceType", "subject"}]
    calls(resources)
    assert len(entries_of(resources)) > 10
    for resource in resources:
        assert isinstance(unit_of(resource, utc("2025-03-10T10:00:00Z")), str)
