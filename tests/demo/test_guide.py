"""The guide through the Sandbox says what is so."""

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from cds_service.demo.welcome import sandbox_link, welcome
from cds_service.run.cli.serve import DEMO_PORT
from tests.demo.conftest import STORIES

GUIDE = Path("docs/sandbox.md").read_text(encoding="utf-8")
HOME = f"http://127.0.0.1:{DEMO_PORT}"
LINKS = re.findall(r"\((https://sandbox\.cds-hooks\.org/\?[^)]*)\)", GUIDE)


def test_the_links_are_those_the_demo_makes():
    assert [
        sandbox_link(HOME),
        sandbox_link(HOME, "outpatient", hook="order-select", screen="rx-view"),
        sandbox_link(HOME, "dialysis", hook="order-sign", screen="rx-sign"),
    ] == LINKS
    assert LINKS[0] in welcome(HOME)


@pytest.mark.parametrize("link", LINKS)
def test_a_link_names_a_patient_and_addresses_that_answer(demo_client, link):
    told = {name: values[0] for name, values in parse_qs(urlsplit(link).query).items()}
    assert told["patientId"] in [story.id for story in STORIES]
    for address, path in ((told["fhirServiceUrl"], "/metadata"), (told["serviceDiscoveryURL"], "")):
        assert demo_client.get(urlsplit(address).path + path).status_code == 200


def test_the_patients_it_speaks_of_exist():
    names = {story.resources[0]["name"][0]["given"][0].split()[0] for story in STORIES}
    assert {"Agnes", "Jonas", "Carlos", "Henry", "Esther", "Greta", "Paul"} <= names
    assert len(STORIES) == 20 and "twenty" in GUIDE
