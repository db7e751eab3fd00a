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
    chart.orders.get_by_role("button", name=re.compile("^Remove ")).click()
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
    replace = page.get_by_role("button", name="Replace lansoprazole")
    chart.do_and_hear(replace.click)
    expect(chart.orders.filter(has_text="Stop lansoprazole")).to_contain_text("draft")
    expect(page.locator(".medicine").filter(has_text="lansoprazole")).to_contain_text("to be stopped")
    with page.expect_request(re.compile("magnesium-patient-view$")) as asked:
        page.get_by_role("button", name=re.compile("Sign")).click()
    prefetch = asked.value.post_data_json["prefetch"]
    orders = [entry["resource"] for entry in prefetch["medications"]["entry"]]
    active = [order["medicationCodeableConcept"]["text"] for order in orders if order["status"] == "active"]
    assert [name for name in active if "amotidine" in name] and not [name for name in active if "lansop" in name]
    expect(chart.orders.filter(has_text="Famotidine")).to_contain_text("signed")
    expect(page.locator(".medicine").filter(has_text="lansoprazole")).to_contain_text("ended")


def test_of_several_suggestions_each_can_be_taken(open_chart):
    chart = open_chart()
    low = chart.about("patient").first
    for suggestion in ("Accept: Magnesium sulfate 4 g IV", "Replace omeprazole", "Accept: Add spironolactone"):
        chart.do_and_hear(low.get_by_role("button", name=suggestion).first.click)
    expect(low.locator(".suggestion:visible")).to_have_count(0)
    expect(chart.orders.filter(has_text="Spironolactone")).to_have_count(1)


def test_drafts_wait_while_another_chart_is_open(open_chart):
    chart = open_chart("well")
    chart.choose("omep", "Omeprazole")
    for patient, count in (("heart-failure", 0), ("well", 1)):
        chart.page.goto(f"{chart.base}/demo#{patient}")
        chart.wait(patient)
        expect(chart.orders).to_have_count(count)
    expect(chart.page.locator("#advice-order")).to_contain_text("No advice about this order.")


def test_an_accepted_suggestion_can_be_taken_back(open_chart):
    chart = open_chart("outpatient")
    card = chart.about("patient").first
    chart.do_and_hear(card.get_by_role("button", name="Replace lansoprazole").click)
    expect(chart.orders).to_have_count(2)
    card.get_by_role("button", name="Undo Accepted: Replace lansoprazole").click()
    expect(chart.orders).to_have_count(0)
    expect(card.get_by_role("button", name="Replace lansoprazole").first).to_be_focused()
    expect(chart.page.locator(".medicine").filter(has_text="lansoprazole")).not_to_contain_text("to be stopped")


def test_what_was_signed_can_be_taken_back_after_a_reload(open_chart):
    chart = open_chart("outpatient")
    page = chart.page
    chart.do_and_hear(page.get_by_role("button", name="Replace lansoprazole").click)
    page.get_by_role("button", name=re.compile("^Sign")).click()
    expect(page.locator(".medicine").filter(has_text="lansoprazole")).to_contain_text("ended")
    page.reload()
    chart.wait("outpatient")
    for name in ("Undo Stopped lansoprazole", re.compile("Undo Famotidine")):
        page.get_by_role("button", name=name).click()
    expect(chart.orders).to_have_count(0)
    expect(page.locator(".medicine").filter(has_text="lansoprazole")).not_to_contain_text("ended")


def test_iv_magnesium_is_ordered_at_any_dose_and_rate(open_chart):
    chart = open_chart()
    chart.choose("magnesium 4 g over 15 min", "Magnesium sulfate 4 g IV over 15 min")
    expect(chart.about("order").first).to_contain_text("dangerously fast: 16 g/h")
    chart.choose("mg 20 g at 2 g/h", "Magnesium sulfate 20 g IV over 10 h")
    expect(chart.orders).to_have_count(2)


def test_a_test_is_ordered(open_chart):
    chart = open_chart("well")
    chart.choose("12-lead", "12-lead ECG")
    expect(chart.orders).to_contain_text(["12-lead ECG"])


def test_going_home_is_asked_about(open_chart):
    chart = open_chart("goes-home")
    with chart.page.expect_request(re.compile("magnesium-encounter-discharge$")) as asked:
        chart.page.get_by_role("button", name="Discharge").click()
    assert asked.value.post_data_json["context"]["encounterId"] == "goes-home-stay"
    card = chart.page.locator("#advice-moment .card")
    expect(card).to_contain_text("held by IV magnesium")
    chart.do_and_hear(card.get_by_role("button", name="Order magnesium, metabolic panel").click)
    expect(chart.orders).to_have_count(2)


def test_a_renewal_is_asked_about_and_can_be_withdrawn(open_chart):
    chart = open_chart("renewal")
    page = chart.page
    with page.expect_request(re.compile("magnesium-medication-refill$")) as asked:
        page.get_by_role("button", name="Renew omeprazole").click()
    (entry,) = asked.value.post_data_json["context"]["medications"]["entry"]
    assert entry["resource"]["priorPrescription"] == {"reference": "MedicationRequest/renewal-order-1"}
    expect(page.locator("#advice-moment .card")).to_contain_text("no magnesium level in 12 months")
    page.get_by_role("button", name=re.compile("Remove Renew omeprazole")).click()
    expect(page.locator("#advice-moment")).to_be_hidden()


def test_where_everything_is_planned_discharge_and_renewal_stay_silent(open_chart):
    chart = open_chart("all-planned")
    chart.page.get_by_role("button", name="Discharge").click()
    expect(chart.page.locator("#advice-moment")).to_contain_text("No advice about going home.")
    chart.page.get_by_role("button", name="Renew all").click()
    expect(chart.page.locator("#advice-moment")).to_contain_text("No advice about this renewal.")
