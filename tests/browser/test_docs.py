"""The documentation as a site: built strictly, reached from the five doors, of use offline, dark and narrow."""

import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

import pytest

import run
from tests.browser.audit import findings
from tests.machine import LONG_S

ROOT = Path(__file__).parents[2]
DOORS = ["Evaluator", "Integrator", "Pharmacist", "Operator", "Developer"]
LOADED = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src"}
SEEN = (
    "README.html",
    "docs/integrator.html",
    "docs/site/protocol.html",
    "docs/operations.html",
    "docs/rules/README.html",
)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The site, as `run.py docs` builds it, in a folder of its own."""
    folder = tmp_path_factory.mktemp("site")
    command = [word.replace(".site", str(folder / ".site")) for word in run.DOCS]
    done = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, timeout=LONG_S)
    assert done.returncode == 0 and not done.stderr, done.stderr
    return folder / ".site"


class Links(HTMLParser):
    """What a page loads by itself, and what it leads to."""

    def __init__(self, text):
        super().__init__()
        self.loaded, self.led = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        told = dict(attrs)
        self.loaded += [told[name]] if (name := LOADED.get(tag)) in told else []
        self.led += [told["href"]] if tag == "a" and told.get("href") else []


def pages(site):
    """Each page and its links."""
    return {page: Links(page.read_text(encoding="utf-8")) for page in site.rglob("*.html")}


def test_nothing_is_loaded_from_elsewhere_and_every_link_leads_to_a_file(site):
    for page, links in pages(site).items():
        assert not [address for address in links.loaded if urlsplit(address).netloc], page
        for address in (urldefrag(found).url for found in links.led + links.loaded):
            if address and not urlsplit(address).scheme:
                assert (page.parent / unquote(address.partition("?")[0])).is_file(), f"{page}: {address}"


def test_every_page_is_reached_from_the_doors(site):
    found = pages(site)
    reached, look_at = set(), [site / "README.html"]
    while look_at:
        page = look_at.pop()
        if page in found and page not in reached:
            reached.add(page)
            look_at += [(page.parent / urldefrag(link).url).resolve() for link in found[page].led if "://" not in link]
    unreached = {str(page.relative_to(site)) for page in found.keys() - reached}
    assert unreached <= {"search.html"}  # which the form on each page leads to
    assert len(reached) > 100


def written(site):
    """Every page but the rules', whose text is looked at where the service serves it, and the list of them."""
    told = [page for page in site.rglob("*.html") if page.parent.name != "rules" or page.name == "README.html"]
    return sorted(str(page.relative_to(site)) for page in told if page.name != "search.html")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_are_good_to_use_offline(browser, site, scheme):
    context = browser.new_context(offline=True, color_scheme=scheme, viewport={"width": 390, "height": 844})
    opened, complaints, faults = context.new_page(), [], {}
    opened.on("console", lambda said: said.type in ("error", "warning") and complaints.append(said.text))
    for page in written(site) if scheme == "dark" else SEEN:
        opened.goto((site / page).as_uri())
        assert opened.locator("nav summary").all_inner_texts() == DOORS, page
        said = [*complaints, opened.evaluate("document.documentElement.scrollWidth > innerWidth")]
        faults[page] = said + findings(opened)
        complaints.clear()  # of the audit, which reads the styles once more
    context.close()
    assert {page: found for page, found in faults.items() if found != [False]} == {}


def test_a_word_is_found_offline(browser, site):
    context = browser.new_context(offline=True)
    opened = context.new_page()
    opened.goto((site / "README.html").as_uri())
    opened.get_by_role("searchbox").fill("torsades")
    opened.get_by_role("searchbox").press("Enter")
    opened.locator("ul.search li a").first.wait_for(timeout=LONG_S * 1000)
    assert findings(opened) == []
    context.close()
