"""Everything can be done without a mouse."""

import re

from playwright.sync_api import expect

MOST_STEPS = 60


def tab_to(page, target):
    """Press Tab until the target has the focus."""
    for _ in range(MOST_STEPS):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{target} is not reached by Tab")


def test_from_the_list_of_patients_to_a_signed_order(open_chart):
    chart = open_chart("alcohol")
    page = chart.page
    tab_to(page, page.get_by_role("link", name="Paul P, 51, at the clinic"))
    page.keyboard.press("Enter")
    chart.wait("transplant")
    page.reload()
    chart.wait("transplant")

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the advice")).to_be_focused()
    page.keyboard.press("Enter")
    accept = chart.about("patient").first.get_by_role("button", name="Accept")
    tab_to(page, accept)
    chart.do_and_hear(lambda: page.keyboard.press("Enter"))
    expect(chart.about("patient").first.locator(".outcomes")).to_be_focused()

    page.reload()
    chart.wait("transplant")
    tab_to(page, chart.search)
    page.keyboard.type("magn")
    expect(page.get_by_role("listbox")).to_be_visible()
    for key in ("ArrowDown", "ArrowUp", "ArrowUp", "ArrowDown"):
        page.keyboard.press(key)
    first = page.get_by_role("option").first
    expect(first).to_have_attribute("aria-selected", "true")
    assert chart.search.get_attribute("aria-activedescendant") == first.get_attribute("id")
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(chart.search).to_have_value("")
    page.keyboard.type("famot")
    page.keyboard.press("Enter")
    expect(chart.orders).to_contain_text(["Famotidine"])
    tab_to(page, page.get_by_role("button", name=re.compile("^Sign")))
    page.keyboard.press("Enter")
    expect(chart.orders).to_contain_text(["signed"])


def test_what_has_the_focus_can_be_seen(chart):
    page = chart.page
    for target in (
        page.get_by_role("button", name="About", exact=True),
        page.get_by_role("link", name="Henry H, 48, at the clinic"),
        page.get_by_text("As a table"),
        chart.search,
        page.get_by_role("button", name="Accept").first,
    ):
        tab_to(page, target)
        assert target.evaluate("element => getComputedStyle(element).outlineStyle") == "solid", target


def test_the_unit_is_switched_with_the_arrow_keys(chart):
    page = chart.page
    tab_to(page, page.get_by_role("radio", name="mg/dL"))
    page.keyboard.press("ArrowRight")
    expect(page.locator("#values .number").first).to_have_text("0.49 mmol/L")
