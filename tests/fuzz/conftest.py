"""The service as the fuzz tests ask it."""

import pytest

from cds_service.run.settings import MissingData
from tests.fuzz.answers import Service


@pytest.fixture(scope="session", params=MissingData, ids=lambda answer: answer.value)
def service(request, runtime):
    """The service with each way to answer when data is missing."""
    return Service(runtime.knowledge, runtime.keys, request.param)
