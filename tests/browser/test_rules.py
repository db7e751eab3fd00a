"""The pages of the rules in a browser: found by words, usable by everyone, nothing asked of anybody else."""

from threading import Thread

import pytest
from playwright.sync_api import ViewportSize, expect
from werkzeug.serving import make_server

from cds_service.web.app import create_app
from tests.browser.audit import findings_unfolded

WIDE, NARROW = ViewportSize(width=1280, height=900), ViewportSize(width=320, height=800)
RULE = "/rules/magnesium_is_severely_low"
PAGES = ("/rules", RULE, "/rules/draft_magnesium_dose_is_wrong", "/", "/api", "/safety")


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


@pytest.mark.parametrize(("scheme", "size"), [("light", WIDE), ("dark", NARROW)], ids=["light", "dark, narrow"])
def test_axe_finds_nothing_on_any_page(scheme, size, visit, address):
    page, found = visit(PAGES[0], size, color_scheme=scheme), {}
    for path in PAGES:
        page.goto(address + path)
        found[path] = findings_unfolded(page)
    assert {path: faults for path, faults in found.items() if faults} == {}


def test_axe_finds_nothing_where_there_is_no_such_rule(browser, address):
    context = browser.new_context(color_scheme="dark", viewport=NARROW)
    page = context.new_page()
    assert page.goto(address + "/rules/magnesium_is_low").status == 404
    expect(page.get_by_role("heading", level=1)).to_have_text("There is no rule of this name")
    assert findings_unfolded(page) == []
    context.close()


@pytest.mark.parametrize("path", ["/rules", RULE])
def test_a_narrow_window_scrolls_tables_but_not_the_page(path, visit):
    page = visit(path, NARROW)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]


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
