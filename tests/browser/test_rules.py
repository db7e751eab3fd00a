"""The pages of the rules in a browser: found by words, usable by everyone, nothing asked of anybody else."""

from threading import Thread

import pytest
from playwright.sync_api import ViewportSize, expect
from werkzeug.serving import make_server

from cds_service.web.app import create_app
from tests.browser.audit import findings_unfolded

WIDE, NARROW = ViewportSize(width=1280, height=900), ViewportSize(width=320, height=800)
RULE = "/rules/magnesium_is_severely_low"
TOO_WIDE = "document.documentElement.scrollWidth > innerWidth"
PAGES = ("/rules", "/", "/api", "/safety")


@pytest.fixture(scope="module")
def address(runtime):
    """Where a service listens."""
    server = make_server("127.0.0.1", 0, create_app(runtime), threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def visit(browser, address):
    """Opens a page, which may ask for nothing but pages of the service and complain of nothing."""
    contexts, said, asked = [], [], []

    def go(path, viewport=WIDE, **options):
        context = browser.new_context(viewport=viewport, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("request", lambda request: asked.append((request.resource_type, request.url)))
        page.goto(address + path)
        return page

    yield go
    for context in contexts:
        context.close()
    assert said == []
    assert [what for what in asked if what[0] != "document" or not what[1].startswith(address)] == []


def test_axe_finds_nothing_on_any_page_and_none_is_wider_than_a_narrow_window(visit, address, runtime):
    paths = [*PAGES, *(f"/rules/{rule}" for rule in runtime.knowledge.advice)]
    page, found = visit(PAGES[0], NARROW, color_scheme="dark"), {}
    for path in paths:
        page.goto(address + path)
        found[path] = [*findings_unfolded(page), page.evaluate(TOO_WIDE)]
    assert {path: faults for path, faults in found.items() if faults != [False]} == {}


def test_axe_finds_nothing_in_the_light_either(visit, address):
    page, found = visit(PAGES[0], color_scheme="light"), {}
    for path in (*PAGES, RULE):
        page.goto(address + path)
        found[path] = findings_unfolded(page)
    assert {path: faults for path, faults in found.items() if faults} == {}


@pytest.mark.parametrize(
    ("path", "heading"),
    [
        ("/rules/magnesium_is_low", "There is no rule of this name"),
        ("/no/such/page", "There is nothing at this address"),
    ],
)
def test_axe_finds_nothing_where_there_is_nothing(path, heading, browser, address):
    context = browser.new_context(color_scheme="dark", viewport=NARROW)
    page = context.new_page()
    assert page.goto(address + path).status == 404
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    assert findings_unfolded(page) == []
    page.get_by_role("link", name="home page").or_(page.get_by_role("link", name="About the service")).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("magnesium-cds")
    context.close()


def test_a_reader_finds_a_rule_by_words_and_opens_it(visit, runtime):
    page = visit("/rules")
    expect(page.get_by_role("status")).to_have_text(f"{len(runtime.knowledge.advice)} rules")
    page.get_by_label("Find a rule").fill("is_severely LOW")
    expect(page.get_by_role("listitem")).to_have_count(1)
    expect(page.get_by_role("heading", level=2)).to_have_text(["Low magnesium"])
    page.get_by_role("link", name=runtime.knowledge.advice["magnesium_is_severely_low"].question).click()
    expect(page).to_have_title("Is magnesium severely low? · magnesium-cds")
    page.get_by_role("link", name="All rules").click()
    page.get_by_label("Find a rule").fill("no rule has these words")
    expect(page.get_by_role("listitem")).to_have_count(0)
    expect(page.get_by_role("status")).to_contain_text("0 of")


def test_without_scripts_all_rules_are_listed(visit, runtime):
    page = visit("/rules", java_script_enabled=False)
    expect(page.get_by_role("listitem")).to_have_count(len(runtime.knowledge.advice))
    expect(page.get_by_role("search")).to_be_hidden()
