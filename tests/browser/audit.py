"""What axe finds on a page: every finding counts, not only the serious ones."""

from axe_playwright_python.sync_playwright import Axe

OPEN_ALL = "document.querySelectorAll('details').forEach(element => element.open = true)"


def findings(page):
    """What axe finds on the page as it stands, by rule and place."""
    found = Axe().run(page).response["violations"]
    return [(rule["id"], node["html"][:200]) for rule in found for node in rule["nodes"]]


def findings_unfolded(page):
    """The same with all that is folded away open."""
    page.evaluate(OPEN_ALL)
    return findings(page)
