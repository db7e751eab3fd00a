"""The catalogue of services: what a service is about decides what it says, never the name of its hook."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import count

import pytest

from cards import SERVICES, About, Service
from cards.rules import BY_MOMENT
from cds_service.answer_call import Means, answer_call
from cds_service.run.settings import MissingData
from cds_service.web import hooks
from cds_service.web.app import create_app
from tests.calls import cards, post, request_for

GOING_HOME = Service(
    "going-home", "encounter-discharge", "Going home", "Before discharge.", About.PATIENT, "going home"
)
RENEWED = Service("renewed", "medication-refill", "Renewal", "A renewal.", About.ORDERS, "renewal")


def answered(service, hook, runtime):
    """The cards of a service for a request of another hook."""
    numbers = count(1)
    ids = lambda: f"00000000-0000-4000-8000-{next(numbers):012d}"  # noqa: E731
    means = Means(runtime.knowledge, datetime.now(UTC), ids, runtime.keys, MissingData.CARD)
    return answer_call({**request_for(hook), "hook": service.hook}, service, means).payload["cards"]


def services_about(about):
    """The services of the catalogue about patients, or orders."""
    return [service for service in SERVICES if service.about is about]


@pytest.mark.parametrize(("service", "hook"), [(GOING_HOME, "patient-view"), (RENEWED, "order-sign")])
def test_a_service_for_a_new_hook_speaks_at_once(service, hook, runtime):
    usual = next(s for s in SERVICES if s.hook == hook)
    assert answered(service, hook, runtime) == answered(usual, hook, runtime) != []


def test_a_service_for_a_new_hook_speaks_over_http(runtime, monkeypatch):
    monkeypatch.setitem(hooks._BY_ID, GOING_HOME.id, GOING_HOME)
    client = create_app(replace(runtime)).test_client()
    assert cards(post(client, {**request_for("patient-view"), "hook": GOING_HOME.hook}, GOING_HOME.id))


def test_every_moment_has_rules_and_a_service():
    assert BY_MOMENT.keys() == set(About) == {service.about for service in SERVICES}
    assert all(BY_MOMENT.values())


def test_every_service_says_when_it_is_called_and_what_it_needs():
    assert all(service.moment for service in SERVICES)
    assert all("draftOrders" in service.needs for service in services_about(About.ORDERS))
    assert all(not service.needs for service in SERVICES if service.hook == "patient-view")
