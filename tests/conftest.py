"""Fixtures that every test may use: the runtime, and clients of the service with different settings."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from cds_service.run.settings import Auth, MissingData, Settings
from cds_service.run.start import runtime_of
from cds_service.web.app import create_app
from cds_service.web.runtime import Runtime

MakeClient = Callable[..., FlaskClient]


def settings_with(**changes: object) -> Settings:
    """Settings that nothing in the environment has a say in."""
    return Settings.model_construct(**{**_defaults(), "auth": Auth.OFF, **changes})


def _defaults() -> dict[str, object]:
    return {name: field.default for name, field in Settings.model_fields.items()}


@pytest.fixture(scope="session")
def runtime() -> Runtime:
    """The shipped knowledge with the default settings, authentication off."""
    return runtime_of(settings_with())


@pytest.fixture(scope="session")
def make_client(runtime: Runtime) -> MakeClient:
    """A test client of a service with some settings changed."""

    def make(**changes: object) -> FlaskClient:
        app = create_app(Runtime(settings_with(**changes), runtime.knowledge, runtime.keys))
        return app.test_client()

    return make


class Kept:
    """Books that are a list."""

    def __init__(self) -> None:
        self.kept: list[dict[str, object]] = []
        self.full = False

    def append(self, record: dict[str, object]) -> bool:
        self.kept += [] if self.full else [record]
        return not self.full

    def status(self) -> None:
        return None

    def bytes_on_disk(self) -> int:
        return 0


@pytest.fixture
def keeping_client(runtime: Runtime) -> tuple[FlaskClient, Kept]:
    """A client of a service that keeps records, and what it kept."""
    books = Kept()
    return create_app(replace(runtime, books=books)).test_client(), books


@pytest.fixture(scope="session")
def client(make_client: MakeClient) -> FlaskClient:
    """A client of the service as configured by default: missing data is answered 412."""
    return make_client()


@pytest.fixture(scope="session")
def card_client(make_client: MakeClient) -> FlaskClient:
    """A client of a service that answers missing data with a card."""
    return make_client(missing_data=MissingData.CARD)
