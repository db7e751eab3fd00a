"""When something does not work, the page says so: silence must never look like an all-clear."""

import json
import re

import pytest
from playwright.sync_api import expect

NOT_CLEAR = "Advice could not be had. This is not an all-clear."
OUTCOME = {"resourceType": "OperationOutcome", "issue": [{"diagnostics": "Required data was not supplied."}]}
VIEW = re.compile("/cds-services/magnesium-patient-view$")


@pytest.fixture
def page(context):
    """A page that may complain: a failed call is an error to the browser."""
    opened = context.new_page()
    yield opened
    opened.close()


def open_demo(page, demo, patient="well"):
    page.goto(f"{demo.base}/demo#{patient}")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"status": 412, "body": json.dumps(OUTCOME)}, "HTTP 412. Required data was not supplied."),
        ({"status": 500, "body": "oops"}, "HTTP 500. The answer gives no reason."),
        ({"status": 200, "body": "oops"}, "The answer is not JSON."),
        (None, "The service cannot be reached."),
    ],
    ids=["412", "500", "not JSON", "unreachable"],
)
def test_a_service_that_fails_is_shown_as_failing(page, demo, answer, said):
    page.route(VIEW, lambda route: route.fulfill(**answer) if answer else route.abort())
    open_demo(page, demo)
    alert = page.locator("#advice-view").get_by_role("alert")
    expect(alert).to_contain_text(NOT_CLEAR)
    expect(alert).to_contain_text(said)
    expect(page.get_by_text("No advice.")).to_have_count(0)


def test_a_record_that_cannot_be_read_is_said(page, demo):
    page.route(re.compile("/fhir/Observation"), lambda route: route.fulfill(status=503, body="{}"))
    open_demo(page, demo)
    expect(page.locator("#chart-trouble")).to_contain_text("The chart could not be loaded. HTTP 503.")
    expect(page.locator("#advice-view")).to_contain_text(NOT_CLEAR)


def test_nothing_of_the_chart_before_stays_when_the_next_one_fails(page, demo):
    open_demo(page, demo, "heart-failure")
    expect(page.locator("#values")).to_contain_text("1.2 mg/dL")
    expect(page.locator("#trend-plot svg")).to_be_visible()
    page.route(re.compile("/fhir/Observation"), lambda route: route.abort())
    open_demo(page, demo, "well")
    expect(page.locator("#advice-view")).to_contain_text(NOT_CLEAR)
    for place in ("#values", "#patient-name", "#medicine-rows", "#advice-view-cards"):
        expect(page.locator(place)).not_to_contain_text(re.compile("1.2|Agnes|omeprazole"))
    expect(page.locator("#trend-plot")).to_be_hidden()


def test_feedback_that_is_not_taken_is_said_and_the_order_stays(page, demo):
    page.route("**/feedback", lambda route: route.fulfill(status=503, body=json.dumps(OUTCOME)))
    open_demo(page, demo, "heart-failure")
    page.get_by_role("button", name="Accept: Magnesium sulfate").click()
    expect(page.locator("#notice")).to_contain_text("The feedback was not taken: HTTP 503.")
    expect(page.locator("#order-rows li").first).to_contain_text("Magnesium sulfate")


def test_an_answer_that_comes_late_does_not_show_up_in_another_chart(page, demo):
    held = []
    page.route(VIEW, lambda route: held.append(route) if not held else route.continue_())
    with page.expect_request(VIEW):
        open_demo(page, demo, "heart-failure")
    with page.expect_request(VIEW):
        page.get_by_role("link", name="Henry H, 48, at the clinic").click()
    expect(page.locator("#advice-view")).to_contain_text("No advice.")
    assert [route.request.failure for route in held] == ["net::ERR_ABORTED"]
    expect(page.locator("#patient-name")).to_contain_text("Henry")
    expect(page.locator("#advice-view .card")).to_have_count(0)


def test_markup_in_a_card_comes_out_as_text(page, demo):
    hostile = {
        "uuid": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
        "summary": "<img src=x onerror=alert(1)>",
        "indicator": "info",
        "source": {"label": "<b>label</b>"},
        "detail": "- **Found:** <script>window.hurt = 1</script><img src=x onerror='window.hurt = 1'>\n"
        "- [here](javascript:window.hurt=1)",
    }
    page.route(VIEW, lambda route: route.fulfill(json={"cards": [hostile]}))
    open_demo(page, demo)
    card = page.locator("#advice-view .card")
    expect(card).to_contain_text("<script>window.hurt = 1</script>")
    expect(card.get_by_role("heading")).to_have_text("<img src=x onerror=alert(1)>")
    expect(card.locator("img, script, a[href^=javascript]")).to_have_count(0)
    assert page.evaluate("window.hurt") is None


def test_without_reasons_the_advice_still_counts(page, demo):
    page.route(re.compile("/demo/explain/"), lambda route: route.fulfill(status=500, body="oops"))
    open_demo(page, demo, "ckd-4")
    expect(page.locator("#chart-trouble")).to_contain_text("HTTP 500.")
    page.get_by_role("button", name="Order magnesium, metabolic panel").click()
    expect(page.locator("#order-rows li")).to_have_count(2)
    expect(page.locator("#advice-order")).to_contain_text("No advice about this order.")
