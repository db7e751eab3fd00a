"""Ordering: search, drafts, signing."""

import re

from playwright.sync_api import expect


def test_a_brand_finds_its_drug_and_what_is_unknown_is_said(open_chart):
    chart = open_chart("well")
    chart.search.press_sequentially("prilo")
    expect(chart.page.get_by_role("option")).to_have_text([re.compile(r"Omeprazole \(prilosec\)")])
    chart.search.press_sequentially("zzz")
    expect(chart.page.get_by_role("option")).to_have_text("Nothing is called “prilozzz”")


def test_an_order_that_is_fine_is_answered_with_no_advice(open_chart):
    chart = open_chart("well")
    chart.choose("omep", "Omeprazole")
    expect(chart.page.locator("#advice-order")).to_contain_text("No advice about this order.")
    expect(chart.orders).to_have_count(1)


def test_a_draft_can_be_taken_back_and_its_advice_goes(open_chart):
    chart = open_chart("heart-block")
    chart.choose("magnesium sulfate 2 g", "Magnesium sulfate 2 g IV over 1 h")
    expect(chart.about("order").first).to_have_attribute("data-indicator", "critical")
    chart.page.get_by_role("button", name=re.compile("^Remove ")).click()
    expect(chart.orders).to_have_count(0)
    expect(chart.page.locator("#advice-order")).to_be_hidden()
    expect(chart.search).to_be_focused()


def test_signing_waits_for_a_decision_when_there_is_advice(open_chart):
    chart = open_chart("heart-block")
    page = chart.page
    chart.choose("magnesium sulfate 2 g", "Magnesium sulfate 2 g IV over 1 h")
    expect(chart.about("order").first).to_be_visible()
    with page.expect_request(re.compile("magnesium-order-sign$")):
        page.get_by_role("button", name="Sign order").click()
    expect(page.get_by_text("Not signed yet: there is advice about these orders.")).to_be_visible()
    expect(chart.orders).to_contain_text(["draft"])
    page.get_by_role("button", name="Sign all the same").click()
    expect(chart.orders).to_contain_text(["signed"])


def test_what_was_signed_is_known_when_the_chart_is_asked_again(open_chart):
    chart = open_chart("outpatient")
    page = chart.page
    replace = page.get_by_role("button", name="Accept Replace lansoprazole")
    chart.do_and_hear(replace.click)
    expect(chart.orders.filter(has_text="Stop lansoprazole")).to_contain_text("draft")
    expect(page.locator(".medicine").filter(has_text="lansoprazole")).to_contain_text("to be stopped")
    with page.expect_request(re.compile("magnesium-patient-view$")) as asked:
        page.get_by_role("button", name=re.compile("Sign")).click()
    prefetch = asked.value.post_data_json["prefetch"]
    active = [entry["resource"]["medicationCodeableConcept"]["text"] for entry in prefetch["medications"]["entry"]]
    assert [name for name in active if "amotidine" in name] and not [name for name in active if "lansop" in name]
    expect(chart.orders.filter(has_text="Famotidine")).to_contain_text("signed")
    expect(page.locator(".medicine").filter(has_text="lansoprazole")).to_contain_text("ended")


def test_of_several_suggestions_each_can_be_taken(open_chart):
    chart = open_chart()
    low = chart.about("patient").first
    for suggestion in ("Magnesium sulfate 4 g IV", "Replace omeprazole", "Add spironolactone"):
        chart.do_and_hear(low.get_by_role("button", name=f"Accept {suggestion}").click)
    expect(low.get_by_role("button")).to_have_count(0)
    expect(chart.orders.filter(has_text="Spironolactone")).to_have_count(1)


def test_drafts_wait_while_another_chart_is_open(open_chart):
    chart = open_chart("well")
    chart.choose("omep", "Omeprazole")
    for patient, count in (("heart-failure", 0), ("well", 1)):
        chart.page.goto(f"{chart.base}/demo#{patient}")
        chart.wait(patient)
        expect(chart.orders).to_have_count(count)
    expect(chart.page.locator("#advice-order")).to_contain_text("No advice about this order.")
