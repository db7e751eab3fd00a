"""What a signature covers is told wherever the service tells who answers for its content."""

from dataclasses import replace

import pytest

from cards import DRAFT, Signed
from cds_service.web.app import create_app
from tests.calls import patient_view

RULE = "magnesium_is_mildly_low"
PARTLY = Signed(("Jane Example (PharmD), 2027-01-15",), frozenset({f"rule:{RULE}"}), frozenset({RULE}))
WHOLE = replace(PARTLY, unsigned=frozenset(), rules=frozenset())


@pytest.mark.parametrize("signed", [PARTLY, WHOLE], ids=["partly", "whole"])
def test_every_page_names_exactly_what_is_draft(runtime, signed):
    client = create_app(replace(runtime, knowledge=replace(runtime.knowledge, signed=signed))).test_client()
    told = {path: client.get(path).get_data(as_text=True) for path in ("/", "/cds-services", "/openapi.json", "/rules")}
    for path, text in told.items():
        assert "Approved by Jane Example (PharmD), 2027-01-15" in text, path
        assert (f"{DRAFT}: rule {RULE}." in text) is (signed is PARTLY), path
    pages = {rule: client.get(f"/rules/{rule}").get_data(as_text=True) for rule in (RULE, "albumin_is_low")}
    assert (f"Status: {DRAFT}" in pages[RULE]) is (signed is PARTLY)
    assert "Status: approved by Jane Example" in pages["albumin_is_low"]
    service = client.get("/cds-services").get_json()["services"][0]["id"]
    labels = {
        c["source"]["label"] for c in client.post(f"/cds-services/{service}", json=patient_view()).get_json()["cards"]
    }
    assert labels and all("(approved)" in label for label in labels)
    build = client.get("/metrics").get_data(as_text=True)
    assert ('approval="approved"' in build) is (signed is WHOLE)
