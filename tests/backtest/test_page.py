"""The report in a browser: readable in light and dark, on a phone and by a screen reader."""

import os
import shutil

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

PHONE = {"width": 390, "height": 800}


@pytest.fixture(scope="module")
def browser():
    """Chromium; without it the test is skipped with the reason, and fails in CI."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("Chromium is not installed")
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        opened = playwright.chromium.launch(executable_path=path, args=flags)
        yield opened
        opened.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_report_has_no_barriers_and_fits_a_phone(scheme, browser, reported):
    context = browser.new_context(color_scheme=scheme, viewport=PHONE, bypass_csp=True)
    page = context.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((reported[0] / "report.html").as_uri())
    for told in page.query_selector_all("details"):
        told.evaluate("element => element.open = true")
    found = Axe().run(page).response["violations"]
    context.close()
    assert [(problem["id"], problem["nodes"][0]["html"]) for problem in found] == []
    assert len(asked) == 1


def test_nothing_runs_off_the_side_of_a_phone(browser, reported):
    context = browser.new_context(viewport=PHONE)
    page = context.new_page()
    page.goto((reported[0] / "report.html").as_uri())
    width = page.evaluate("document.documentElement.scrollWidth")
    context.close()
    assert width <= PHONE["width"]
