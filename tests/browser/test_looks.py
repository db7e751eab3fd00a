"""How the page looks: colours, sizes, accessibility. A picture of every story is kept."""

import pytest
from playwright.sync_api import ViewportSize, expect

from bench import first_card
from tests.browser.audit import findings, findings_unfolded
from tests.browser.conftest import WIDE
from tests.demo.conftest import STORIES

NAMES = [story.id for story in STORIES]
PHONE = ViewportSize(width=390, height=844)
ZOOMED = ViewportSize(width=720, height=450)  # what 1440 x 900 holds at 200 %


MOST_BYTES = 400_000


def test_the_page_and_all_that_it_fetches_is_small(context, demo):
    page, sizes = context.new_page(), []
    page.on("requestfinished", lambda done: sizes.append(done.sizes()["responseBodySize"]))
    page.goto(f"{demo.base}/demo#heart-failure")
    expect(page.locator('body[data-state="ready"]')).to_be_attached()
    page.wait_for_load_state("networkidle")
    page.close()
    assert len(sizes) > 20 and sum(sizes) < MOST_BYTES, sum(sizes)


def test_how_long_the_first_card_takes_can_be_measured(browser, demo):
    found = first_card.opened(browser, demo.base)
    assert found.seconds > 0 and 100_000 < found.transferred < MOST_BYTES


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1440 x 900", "phone"])
def test_the_most_urgent_card_stands_above_the_fold(size, open_chart):
    chart = open_chart("heart-failure", size=size)
    card = chart.about("patient").first
    offer = card.get_by_role("button", name="Accept: Magnesium sulfate").bounding_box()
    assert offer["y"] + offer["height"] < size["height"]
    assert card.bounding_box()["height"] < size["height"]


def test_the_second_card_begins_above_the_fold(open_chart):
    chart = open_chart("heart-failure")
    chart.choose("omep", "Omeprazole")
    expect(chart.about("order")).to_have_count(2)
    first, second = (chart.about("order").nth(number).bounding_box() for number in (0, 1))
    assert first["y"] + first["height"] < second["y"] < WIDE["height"] - 60


@pytest.mark.parametrize("name", ["torsades", "pre-eclampsia", "heart-failure"])
def test_the_badge_is_never_calmer_than_the_advice(name, open_chart):
    chart = open_chart(name)
    urgent = [card.get_attribute("data-indicator") for card in chart.about("patient").all()]
    expect(chart.page.locator("#values .chip")).to_have_attribute("data-tone", "severe" if urgent else "none")
    assert urgent in ([], ["critical"])


def bottom(element):
    """How far down the window it ends."""
    box = element.bounding_box()
    return box["y"] + box["height"]


def whole(card):
    """Where a card ends."""
    return bottom(card)


def offer(card):
    """Where the first lines of a card end, with its first offer."""
    return max(bottom(part) for part in card.locator("h3:visible, .accept:visible, p:visible").all()[:3])


SEEN = {"wide": (WIDE, offer), "phone": (PHONE, whole), "twice": (ZOOMED, offer)}  # what must be seen on opening


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_story_has_its_pictures_with_the_first_card_above_the_fold(scheme, open_chart, pictures):
    chart, below = open_chart(scheme=scheme), []
    for name in NAMES:
        chart.open(name)
        expect(chart.trend).to_contain_text("now")
        first = chart.page.locator("#advice-view").locator(".card, .quiet").first
        for kind, (size, end) in SEEN.items():
            chart.page.set_viewport_size(size)
            below += [(name, kind, end(first))] if end(first) > size["height"] else []
            chart.page.screenshot(path=pictures / f"{name}-{scheme}-{kind}.png")
    assert below == []
    assert len(list(pictures.glob(f"*-{scheme}-*.png"))) == len(NAMES) * len(SEEN)


def test_on_a_phone_nothing_to_do_is_folded_away(open_chart):
    chart = open_chart("heart-block", size=PHONE)
    card = chart.about("patient").first
    expect(card.get_by_text("IV magnesium is contraindicated")).to_be_visible()
    recheck = card.get_by_text("Recheck magnesium, potassium, calcium")
    expect(recheck).to_be_hidden()
    card.get_by_role("button", name="All 10 lines").click()
    expect(recheck).to_be_visible()


def test_dark_and_light_follow_the_system(open_chart):
    def ground(chart):
        return chart.page.locator(".card").first.evaluate("element => getComputedStyle(element).backgroundColor")

    light = open_chart(scheme="light")
    assert ground(light) != ground(open_chart(scheme="dark"))
    band = light.trend.locator(".band").first
    before = band.evaluate("element => getComputedStyle(element).fill")
    light.page.emulate_media(color_scheme="dark")
    expect(band).not_to_have_css("fill", before)


@pytest.mark.parametrize("size", [ZOOMED, PHONE], ids=["200 %", "phone"])
def test_nothing_lies_outside_a_narrow_window(size, open_chart):
    chart = open_chart(size=size)
    page = chart.page
    expect(chart.trend).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    toggle = page.get_by_role("button", name="Choose a patient")
    link = page.get_by_role("link", name="Carlos C, 66, in hospital")
    expect(link).to_be_hidden()
    toggle.click()
    link.click()
    chart.wait("dialysis")
    expect(link).to_be_hidden()


OVERLAPS = """() => {
  const words = document.querySelectorAll(".medicine-name span, .medicine .tag, button.renew");
  const boxes = [...words].map(element => element.getBoundingClientRect());
  const isOver = (a, b) =>
    Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 &&
    Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1;
  return boxes.filter((a, at) => boxes.slice(at + 1).some(b => isOver(a, b))).length;
}"""


@pytest.mark.parametrize("name", ["digoxin", "pre-eclampsia", "dialysis", "goes-home"])
def test_on_a_phone_no_medicine_lies_over_another_word_or_outside(name, open_chart):
    chart = open_chart(name, size=PHONE)
    expect(chart.page.locator(".medicine .tag, .medicine-name").first).to_be_visible()
    assert chart.page.evaluate(OVERLAPS) == 0
    assert chart.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


@pytest.mark.parametrize(("scheme", "size"), [("light", WIDE), ("dark", PHONE)], ids=["light", "dark, phone"])
def test_the_audit_finds_nothing_in_any_state_of_the_page(scheme, size, open_chart):
    chart, found = open_chart(scheme=scheme, size=size), {}
    for state, reach in STATES.items():
        reach(chart)
        found[state] = findings_unfolded(chart.page) if state in UNFOLDED else findings(chart.page)
        chart.page.keyboard.press("Escape")
    assert {state: faults for state, faults in found.items() if faults} == {}


def what_if(chart):
    """The chart with What if? and all else that is folded away open."""
    chart.page.get_by_text("What if?").click()
    expect(chart.page.locator("#what-if-fields .field").first).to_be_visible()
    expect(chart.trend).to_be_visible()


def held(chart):
    """An order that is not signed yet, for there is advice about it."""
    chart.page.get_by_text("What if?").click()
    chart.choose("omep", "Omeprazole")
    expect(chart.about("order")).to_have_count(2)
    chart.page.get_by_role("button", name="Sign order").click()
    expect(chart.page.get_by_role("button", name="Sign all the same")).to_be_visible()


def reasons(chart):
    """Why the advice about the patient was given."""
    chart.page.get_by_role("button", name="Why? Reasons for the advice about this patient").click()
    expect(chart.page.get_by_role("dialog")).to_be_visible()


def about(chart):
    """What the demo is."""
    chart.page.get_by_role("button", name="About", exact=True).click()
    expect(chart.page.get_by_role("dialog")).to_be_visible()


def searching(chart):
    """The list of what can be ordered."""
    chart.search.press_sequentially("magn")
    expect(chart.page.get_by_role("listbox")).to_be_visible()


def accepted(chart):
    """Advice that was accepted, its orders drafted."""
    chart.open("alcohol")
    chart.do_and_hear(lambda: chart.about("patient").get_by_role("button", name="Accept: Magnesium sulfate").click())
    expect(chart.page.get_by_role("button", name="Undo")).to_be_visible()


def going_home(chart):
    """Advice before a patient goes home."""
    chart.open("goes-home")
    chart.page.get_by_role("button", name="Discharge").click()
    expect(chart.page.locator("#advice-moment .card").first).to_be_visible()


def nobody(chart):
    """An address that names nobody who is here, in letters that are no encoding; all patients are listed."""
    chart.page.goto(f"{chart.base}/demo#nobody%")
    expect(chart.page.locator("#notice")).to_contain_text("names a patient who is not here")
    chart.wait("heart-failure")
    toggle = chart.page.get_by_role("button", name="Choose a patient")
    if toggle.is_visible():
        toggle.click()


STATES = {
    state.__name__: state for state in (what_if, held, reasons, about, searching, accepted, going_home, nobody)
}  # in this order
UNFOLDED = ("what_if", "reasons", "going_home")
