"""The demo's application with a clock that stands, and its stories."""

from datetime import UTC, datetime

import pytest

from cds_service.demo import stories
from cds_service.run.settings import MissingData
from cds_service.web import demo as page
from cds_service.web import fhir_base, saved_requests
from cds_service.web.app import create_app
from cds_service.web.runtime import Runtime
from tests.conftest import settings_with

NOW = datetime(2026, 11, 23, 12, 20, tzinfo=UTC)
BASE = "http://demo.example"
STORIES = stories(NOW)


@pytest.fixture(scope="session")
def demo_client(runtime):
    """A client of the service as `magnesium-cds demo` starts it."""
    settings = settings_with(missing_data=MissingData.CARD, base_url=BASE)
    made = Runtime(settings, runtime.knowledge, runtime.keys, now=lambda: NOW)
    return create_app(made, (fhir_base.routes, saved_requests.routes, page.routes)).test_client()
