"""The insights in a browser: nothing is blocked, axe finds nothing serious, it fits narrow windows."""

from threading import Thread

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ViewportSize
from werkzeug.serving import make_server

from tests.insights import conftest as insights
from tests.insights.conftest import TODAY, TOKEN
from tests.insights.made import load, made_entries

engine, url, make_service, service = insights.engine, insights.url, insights.make_service, insights.service
WIDE, NARROW = ViewportSize(width=1280, height=900), ViewportSize(width=320, height=800)


@pytest.fixture
def address(service, engine):
    """Where a service with 90 days of made records listens."""
    load(engine, made_entries(TODAY, days=90, calls_a_day=40))
    server = make_server("127.0.0.1", 0, service.application)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/insights"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def visit(browser, address):
    """Opens the page; every message of the console is a fault."""
    contexts, said = [], []

    def go(query="", viewport=WIDE, scheme="light"):
        context = browser.new_context(
            viewport=viewport, color_scheme=scheme, http_credentials={"username": "pharmacist", "password": TOKEN}
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.goto(address + query)
        return page

    yield go
    for context in contexts:
        context.close()
    assert said == []


def open_all(page):
    """Show what is folded away too."""
    page.evaluate("document.querySelectorAll('details').forEach(element => element.open = true)")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(visit, scheme):
    page = visit("?days=90", scheme=scheme)
    open_all(page)
    found = Axe().run(page).response["violations"]
    assert [f"{v['id']}: {v['nodes'][0]['html']}" for v in found if v["impact"] in ("serious", "critical")] == []


def test_the_first_screen_has_the_message(visit):
    page = visit()
    lowest = page.get_by_role("heading", name="What stands out").bounding_box()["y"]
    assert lowest < WIDE["height"] / 2
    assert (
        "Most overridden" in page.locator(".says").inner_text() or "Most frequent" in page.locator(".says").inner_text()
    )


def test_a_narrow_window_scrolls_tables_and_charts_but_not_the_page(visit):
    page = visit("?days=30", NARROW)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]


def test_the_keyboard_reaches_everything_that_scrolls_and_leads_on(visit):
    page = visit("?days=7", NARROW)
    open_all(page)
    wanted = "[...document.querySelectorAll('a, summary, .scroll')]"
    order = list(range(page.evaluate(f"{wanted}.length")))
    reached = []
    for _ in order:
        page.keyboard.press("Tab")
        reached.append(page.evaluate(f"{wanted}.indexOf(document.activeElement)"))
    assert reached == order


def test_a_reader_chooses_another_period_and_service(visit):
    page = visit()
    page.get_by_role("link", name="90 days").click()
    page.get_by_role("link", name="Order being chosen").click()
    assert page.url.endswith("?days=90&service=magnesium-order-select")
    assert page.get_by_role("link", name="90 days").get_attribute("aria-current") == "page"
    assert "order being chosen" in page.locator(".lead").inner_text()


def test_printed_it_is_dark_on_white(visit):
    page = visit(scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    colours = page.evaluate("[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]")
    assert colours == ["rgb(28, 39, 51)", "rgb(255, 255, 255)"]
