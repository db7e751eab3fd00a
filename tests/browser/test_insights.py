"""The insights in a browser: nothing is blocked, axe finds nothing, it fits narrow windows."""

import shutil
from threading import Thread

import pytest
from playwright.sync_api import ViewportSize
from werkzeug.serving import make_server

from tests.browser.audit import OPEN_ALL, findings_unfolded
from tests.insights import conftest as insights
from tests.insights.conftest import TODAY, TOKEN
from tests.insights.made import load, made_entries

empty_file, engine, url = insights.empty_file, insights.engine, insights.url
make_service, service = insights.make_service, insights.service
WIDE, NARROW = ViewportSize(width=1280, height=900), ViewportSize(width=320, height=800)


@pytest.fixture(scope="module")
def filled_file(empty_file, tmp_path_factory):
    """90 days of made records, to be copied."""
    path = shutil.copy(empty_file, tmp_path_factory.mktemp("filled"))
    with insights.opened(path) as engine:
        load(engine, made_entries(TODAY, days=90, calls_a_day=40))
    return path


@pytest.fixture
def records(engine, filled_file):
    """The database of the service holds made records."""
    shutil.copy(filled_file, engine.url.database)


@pytest.fixture
def address(service):
    """Where a service listens that shows what is recorded."""
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


@pytest.mark.parametrize(("scheme", "size"), [("light", WIDE), ("dark", NARROW)], ids=["light", "dark, narrow"])
@pytest.mark.usefixtures("records")
def test_axe_finds_nothing(visit, scheme, size):
    page = visit("?days=90", size, scheme)
    assert findings_unfolded(page) == []
    page.locator("a[href*='insights/rule']").first.click()
    assert "/insights/rule?" in page.url and findings_unfolded(page) == []


def test_axe_finds_nothing_where_nothing_is_recorded(visit):
    assert findings_unfolded(visit("", NARROW, "dark")) == []


@pytest.mark.usefixtures("records")
def test_the_first_screen_has_the_message(visit):
    page = visit()
    lowest = page.get_by_role("heading", name="What stands out").bounding_box()["y"]
    assert lowest < WIDE["height"] / 2
    assert (
        "Most overridden" in page.locator(".says").inner_text() or "Most frequent" in page.locator(".says").inner_text()
    )


@pytest.mark.usefixtures("records")
def test_a_narrow_window_scrolls_tables_and_charts_but_not_the_page(visit):
    page = visit("?days=30", NARROW)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]


@pytest.mark.usefixtures("records")
def test_the_keyboard_reaches_everything_that_scrolls_and_leads_on(visit):
    page = visit("?days=7", NARROW)
    page.evaluate(OPEN_ALL)
    wanted = "[...document.querySelectorAll('a, summary, .scroll')]"
    order = list(range(page.evaluate(f"{wanted}.length")))
    reached = []
    for _ in order:
        page.keyboard.press("Tab")
        reached.append(page.evaluate(f"{wanted}.indexOf(document.activeElement)"))
    assert reached == order


@pytest.mark.usefixtures("records")
def test_a_reader_chooses_another_period_and_service(visit):
    page = visit()
    page.get_by_role("link", name="90 days").click()
    page.get_by_role("link", name="Order being chosen").click()
    assert page.url.endswith("?days=90&service=magnesium-order-select")
    assert page.get_by_role("link", name="90 days").get_attribute("aria-current") == "page"
    assert "order being chosen" in page.locator(".lead").inner_text()


@pytest.mark.usefixtures("records")
def test_printed_it_is_dark_on_white(visit):
    page = visit(scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    colours = page.evaluate("[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]")
    assert colours == ["rgb(28, 39, 51)", "rgb(255, 255, 255)"]
