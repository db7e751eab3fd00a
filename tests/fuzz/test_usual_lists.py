"""What is read the short way, as most lists come, is what the long way finds, of spoiled ones too."""

import random

import orjson
import pytest

from cards import INPUTS
from cds_service.call.prefetch_value import Supplied, read_value
from cds_service.call.usual_lists import usual_list
from tests.fuzz.bases import bases
from tests.fuzz.requests import mutate

LISTED = {asked.key: asked for asked in INPUTS if asked.count}
EACH = 60


def spoiled(rng):
    """(key, list, patient) of each list of a request, each spoiled in a few places."""
    body = orjson.loads(rng.choice([base for _, base in bases() if b'"prefetch"' in base]))
    for key, value in body["prefetch"].items():
        if key in LISTED and isinstance(value, dict):
            mutate(rng, value)
            yield key, value, body["context"]["patientId"]


@pytest.mark.parametrize("seed", range(8))
def test_a_usual_list_is_read_as_any_other(seed):
    rng, usual = random.Random(seed), 0
    for key, value, patient in (each for _ in range(EACH) for each in spoiled(rng)):
        found = usual_list(value, LISTED[key].types, patient)
        usual += found is not None
        assert found is None or read_value(value, key, patient) == Supplied(found)
    assert usual
