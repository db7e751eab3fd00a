"""What if: values of the chart are changed, the advice follows, and the page says which number turned it."""

import json
import re

import pytest
from playwright.sync_api import expect

from cds_service.demo.changeable import SLIDERS
from tests.browser.audit import findings


@pytest.fixture
def what_if(open_chart):
    """Agnes, severely low, with the panel open."""
    chart = open_chart("heart-failure")
    chart.page.get_by_text("What if? Change any value of this chart").click()
    expect(chart.page.get_by_role("slider", name="Magnesium")).to_be_visible()
    return chart


def slide(chart, name, value):
    chart.page.get_by_role("slider", name=name).fill(str(value))


def turned(chart):
    return chart.page.locator("#what-if-turned")


def test_there_is_a_field_for_every_value(what_if):
    page = what_if.page
    for name in {slider.label for slider in SLIDERS} | {"Age"}:
        expect(page.get_by_role("slider", name=name)).to_be_visible()
    expect(page.get_by_role("combobox", name="Setting")).to_have_value("IMP")
    for name in ("Problems", "Medicines", "Allergies"):
        expect(page.get_by_role("group", name=name)).to_be_visible()
    assert findings(page) == []


def test_the_advice_follows_and_the_number_that_turned_it_is_told(what_if):
    slide(what_if, "Magnesium", 1.6)
    expect(what_if.about("patient").first).to_contain_text("Mildly low magnesium 1.6 mg/dL")
    expect(turned(what_if)).to_contain_text(
        "No longer Is magnesium severely low? magnesium 0.66 mmol/L is not below 0.5"
    )
    expect(turned(what_if)).to_contain_text("Now Is magnesium mildly low? magnesium 0.66 mmol/L is below 0.7 mmol/L")
    slide(what_if, "eGFR", 20)
    expect(turned(what_if)).to_contain_text("eGFR 20, kidney gate R2")
    what_if.page.get_by_role("button", name="Back to the chart on record").click()
    expect(what_if.about("patient").first).to_contain_text("Severely low magnesium 1.2 mg/dL")
    expect(what_if.page).to_have_url(re.compile("#heart-failure$"))


def test_problems_medicines_and_allergies_are_switched(what_if):
    page = what_if.page
    page.get_by_role("checkbox", name="omeprazole").uncheck()
    expect(page.locator(".medicine").filter(has_text="omeprazole")).to_have_count(0)
    page.get_by_label("Add to allergies").select_option(label="magnesium sulfate")
    expect(what_if.about("patient").first).to_contain_text("allergy to magnesium sulfate")
    page.get_by_label("Add to problems").select_option(label="Torsades de pointes")
    expect(what_if.about("patient").first).to_contain_text("Torsades de pointes: magnesium IV now")
    page.get_by_role("checkbox", name="Torsades de pointes").click()
    expect(page.get_by_role("checkbox", name="Torsades de pointes")).to_have_count(0)
    page.get_by_role("combobox", name="Setting").select_option("AMB")
    expect(page.locator("#patient-who")).to_contain_text("Clinic")


def test_a_link_brings_the_changed_chart_and_the_request_can_be_had(what_if, context):
    slide(what_if, "Magnesium", 1.6)
    slide(what_if, "Age", 40)
    expect(what_if.page.locator("#patient-who")).to_contain_text("40 y")
    again = context.new_page()
    again.goto(what_if.page.url)
    expect(again.locator("#advice-view .card").first).to_contain_text("Mildly low magnesium 1.6 mg/dL")
    expect(again.locator("#patient-who")).to_contain_text("40 y")
    with again.expect_download() as got:
        again.get_by_role("button", name="Download the request").click()
    request = json.loads(got.value.path().read_text(encoding="utf-8"))
    first = request["prefetch"]["magnesium"]["entry"][0]["resource"]
    assert request["hook"] == "patient-view" and first["valueQuantity"]["value"] == 1.6
    again.close()


def test_what_a_link_says_that_nobody_knows_is_left_out(open_chart):
    chart = open_chart("heart-failure?magnesium=x&egfr=-1+furlong&age=old&with=nothing&setting=MOON")
    expect(chart.about("patient").first).to_contain_text("Severely low magnesium 1.2 mg/dL")


PROTOCOL = "docs/site/protocols/uk-nhs-highland.yaml"


def test_an_own_protocol_answers_beside_what_is_shipped(what_if):
    page = what_if.page
    page.get_by_label("Your own site or protocol file").set_input_files(PROTOCOL)
    shipped, own = (page.get_by_role("group", name=name, exact=True) for name in ("Shipped", "With your files"))
    expect(shipped).to_contain_text("Severely low magnesium")
    expect(own).to_contain_text("Protocol uk-nhs-highland")
    expect(page.locator("#own-same")).to_have_text("They answer differently.")
    assert findings(page) == []
    slide(what_if, "Magnesium", 2.2)
    expect(own).to_have_text("No card.")
    page.get_by_role("button", name="Without my files").click()
    expect(page.locator("#own")).to_be_hidden()


def test_a_file_is_dropped_and_one_that_is_wrong_is_told_with_its_line(what_if):
    page = what_if.page
    dropped = """name => { const data = new DataTransfer();
        data.items.add(new File(["site:\\n  name: x\\nunist: {}\\n"], name));
        document.dispatchEvent(new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true})); }"""
    page.evaluate(dropped, "notes.txt")
    expect(page.locator("#own-trouble")).to_contain_text("a file that ends in .yaml")
    what_if.complaints.clear()
    page.evaluate(dropped, "mine.yaml")
    expect(page.locator("#own-trouble")).to_contain_text("mine.yaml:3")
    expect(page.locator("#own")).to_be_hidden()
    what_if.complaints.clear()  # the browser logs the refused call
