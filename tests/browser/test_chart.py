"""What a chart shows when it is opened."""

import re

from playwright.sync_api import expect


def test_the_evaluators_minute(demo, open_chart):
    chart = open_chart()
    page = chart.page
    critical = chart.about("patient").first
    expect(critical).to_have_attribute("data-indicator", "critical")
    expect(critical.get_by_role("heading")).to_contain_text("Severely low magnesium 1.2 mg/dL")

    chart.choose("omep", "Omeprazole")
    warning = chart.about("order").filter(has_text="Omeprazole lowers magnesium").first
    expect(warning).to_have_attribute("data-indicator", "warning")
    expect(warning.get_by_role("heading")).to_contain_text("Omeprazole lowers magnesium")
    expect(chart.orders.filter(has_text="Omeprazole")).to_have_count(1)
    sent = chart.do_and_hear(warning.get_by_role("button", name="Replace omeprazole with famotidine").click)
    expect(chart.orders.filter(has_text="Omeprazole")).to_have_count(0)
    expect(chart.orders.filter(has_text="Famotidine 20 mg")).to_have_count(1)
    assert recorded(demo, sent["card"])["service"] == "magnesium-order-select"

    accept = critical.get_by_role("button", name="Accept: Magnesium sulfate 4 g IV over 4 h")
    sent = chart.do_and_hear(accept.click)
    expect(chart.orders.filter(has_text="Magnesium sulfate 4 g")).to_contain_text("draft")
    expect(page.locator("#notice")).to_contain_text("Feedback sent.")
    assert (sent["outcome"], len(sent["acceptedSuggestions"])) == ("accepted", 1)
    assert recorded(demo, sent["card"])["suggestions"] == [sent["acceptedSuggestions"][0]["id"]]

    chart.open("alcohol")
    other = chart.about("patient").first
    other.get_by_text("Override…").click()
    other.get_by_label("Why not?").select_option(label="Laboratory error suspected")
    sent = chart.do_and_hear(other.get_by_role("button", name="Override with this reason").click)
    expect(other).to_contain_text("Overridden: Laboratory error")
    line = recorded(demo, sent["card"])
    assert (line["outcome"], line["reason"]) == ("overridden", "laboratory-error")

    chart.open("well")
    chart.open("heart-failure")
    expect(page.locator("#advice-view")).to_contain_text(re.compile(r"Not repeated: accepted .* ago: quiet for 12 h"))
    expect(chart.orders.filter(has_text="Magnesium sulfate 4 g")).to_have_count(1)

    page.reload()  # orders and answers survive
    expect(page.locator("#advice-view")).to_contain_text("Not repeated: accepted")
    expect(chart.orders.filter(has_text="Magnesium sulfate 4 g")).to_have_count(1)

    page.get_by_role("button", name="Start over").click()
    expect(chart.orders).to_have_count(0)
    expect(chart.about("patient").first).to_have_attribute("data-indicator", "critical")


def recorded(demo, card):
    """The line of the log about the feedback to a card."""
    return next(line for line in demo.feedback() if line["card"] == card)


def test_the_head_of_the_chart_and_the_unit_switch(chart):
    page = chart.page
    expect(page.locator("#patient-who")).to_have_text("66 y · female · In hospital")
    values = page.locator("#values")
    for shown in ("1.2 mg/dL", "severely low", "78", "3.3 mmol/L", "8.6 mg/dL", "445 ms"):
        expect(values).to_contain_text(shown)
    plot = chart.trend
    expect(plot).to_contain_text("1.2")
    page.get_by_role("radio", name="mmol/L").check()
    expect(values.locator(".number").first).to_have_text("0.49 mmol/L")
    expect(plot.locator(".point-value").last).to_have_text("0.49")
    expect(page.locator("#trend-table")).to_contain_text("0.53 mmol/L")


def test_the_bands_of_the_trend_are_those_of_the_knowledge(chart, runtime):
    numbers = runtime.knowledge.numbers
    plot = chart.trend
    chart.page.get_by_role("radio", name="mmol/L").check()
    for name in ("band.severe", "band.moderate", "limit.lower.default", "band.normal", "limit.upper.default"):
        expect(plot.locator(".edge").filter(has_text=f"{numbers[name]:.2f}")).to_have_count(1)
    for band in ("severely low", "moderately low", "mildly low", "normal", "high"):
        expect(plot.locator(".band-name").get_by_text(band, exact=True)).to_have_count(1)


def test_the_medicines_that_the_service_calls_causes_are_marked(open_chart):
    chart = open_chart("heart-failure")
    expect(chart.page.locator('.medicine[data-mark="culprit"]')).to_contain_text(["omeprazole", "furosemide"])
    chart = open_chart("corrected")
    expect(chart.page.locator(".medicine").first).to_contain_text("can lower magnesium")
    expect(chart.page.locator('.medicine[data-mark="culprit"]')).to_have_count(0)


def test_a_quiet_answer_says_that_magnesium_was_looked_at(open_chart):
    advice = open_chart("well").page.locator("#advice-view")
    expect(advice).to_contain_text("No advice. Magnesium was looked at: 2.1 mg/dL (0.86 mmol/L), normal.")
    advice = open_chart("pre-eclampsia").page.locator("#advice-view")
    expect(advice).to_contain_text("No advice. Magnesium was looked at: 5.0 mg/dL")
    expect(advice).to_contain_text("Magnesium given in pregnancy or for pre-eclampsia has its own limits.")
    chart = open_chart("renewal")
    advice = chart.page.locator("#advice-view")
    expect(advice).to_contain_text("The last magnesium is too old to judge: 1.8 mg/dL (0.74 mmol/L), 15 months ago.")
    expect(chart.page.locator("#values .chip")).to_have_attribute("data-tone", "none")


def test_why_shows_rules_numbers_sources_facts_and_the_raw_call(chart):
    page = chart.page
    page.get_by_role("button", name="Why? Reasons for the advice about this patient").click()
    why = page.get_by_role("dialog")
    expect(why).to_contain_text("Is magnesium severely low?")
    expect(why).to_contain_text(
        "magnesium 0.49 mmol/L is below 0.5 mmol/L. It would be otherwise at 0.5 mmol/L or more."
    )
    expect(why).to_contain_text("Limit by source 1, 6, in force since 2026-11-23 (band.severe)")
    expect(why).to_contain_text("Kidneys: eGFR 78, gate R0.")
    expect(why).to_contain_text("Row “severe” of the table of IV doses:")
    expect(why).to_contain_text("R0: 4 g over 4 h (this patient)")
    rule = why.get_by_role("link", name="The rule, its cases and sources").first
    assert page.request.get(rule.evaluate("link => link.href")).ok
    silent = why.get_by_text(re.compile(r"Looked at and silent \(\d+\)"))
    expect(why.get_by_text("Does a child have low magnesium?")).to_be_hidden()
    silent.click()
    expect(why.get_by_text("Does a child have low magnesium?")).to_be_visible()
    why.get_by_text("Facts", exact=True).click()
    expect(why).to_contain_text("66 years, female, inpatient")
    why.get_by_text("Answer", exact=True).click()
    expect(why.get_by_label("Answer")).to_contain_text('"indicator": "critical"')
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    why.get_by_text("Request", exact=True).click()
    why.get_by_role("button", name="Copy").first.click()
    expect(why.get_by_role("button", name="Copied")).to_be_visible()
    assert '"hook": "patient-view"' in page.evaluate("navigator.clipboard.readText()")
    page.keyboard.press("Escape")
    expect(why).to_be_hidden()


def test_a_link_opens_its_patient_and_back_goes_back(chart):
    page = chart.page
    page.get_by_role("navigation").get_by_role("link", name=re.compile("Boris B")).click()
    chart.wait("ckd-4")
    expect(page.locator("#patient-name")).to_contain_text("Boris")
    expect(page).to_have_title("Demo, Boris B: demonstration chart")
    expect(page.get_by_role("navigation").locator("[aria-current]")).to_contain_text("Boris B, 77, at the clinic")
    page.go_back()
    chart.wait("heart-failure")


def test_the_page_says_that_it_is_a_draft_about_invented_patients(chart):
    page = chart.page
    expect(page.get_by_role("banner")).to_contain_text("Draft, not clinically approved. All patients are invented.")
    page.get_by_role("button", name="About", exact=True).click()
    expect(page.get_by_role("dialog")).to_contain_text("Every patient here is invented")
