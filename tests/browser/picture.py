"""Makes the picture of the README anew: python -m tests.browser.picture"""

from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import sync_playwright

from tests.browser.conftest import WIDE, Chart, running
from tests.services import FLAGS, browser_path

PICTURE = Path(__file__).parents[2] / "docs" / "images" / "chart.jpg"


def take(picture: Path) -> None:
    """The chart of the first patient in a wide window, with an order that the service warns of."""
    with TemporaryDirectory() as folder, running(Path(folder)) as demo, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=list(FLAGS))
        chart = Chart(browser.new_context(), demo.base, size=WIDE).open()
        chart.choose("omep", "Omeprazole")
        chart.about("order").nth(1).wait_for()
        chart.trend.scroll_into_view_if_needed()
        chart.page.locator("#trend-heading").scroll_into_view_if_needed()
        chart.page.screenshot(path=picture, type="jpeg", quality=82)
        browser.close()


if __name__ == "__main__":
    take(PICTURE)
