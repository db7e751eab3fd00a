"""The report in a browser: readable in light and dark, on a phone and by a screen reader."""

import gzip

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.backtest.exports import at, backtest, forecast, job_of, order, patient

PHONE = {"width": 390, "height": 800}


@pytest.fixture(scope="module")
def doubtful(tmp_path_factory):
    """The folder of a report with warnings."""
    folder = tmp_path_factory.mktemp("doubtful")
    forecast(folder, [patient(), order("o", "7646", at("09:00"))])
    (folder / "export" / "Condition.ndjson.gz").write_bytes(gzip.compress(bytes(range(256)))[:-9])
    return folder / "report", backtest(job_of(folder / "export", folder / "report"), folder / "report", restart=True)


@pytest.fixture(params=["reported", "doubtful"])
def either(request):
    """A report without warnings and one with."""
    return request.getfixturevalue(request.param)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_report_has_no_barriers_and_fits_a_phone(scheme, browser, either):
    context = browser.new_context(color_scheme=scheme, viewport=PHONE, bypass_csp=True)
    page = context.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((either[0] / "report.html").as_uri())
    for told in page.query_selector_all("details"):
        told.evaluate("element => element.open = true")
    found = Axe().run(page).response["violations"]
    context.close()
    assert [(problem["id"], problem["nodes"][0]["html"]) for problem in found] == []
    assert len(asked) == 1


def test_nothing_runs_off_the_side_of_a_phone(browser, either):
    context = browser.new_context(viewport=PHONE)
    page = context.new_page()
    page.goto((either[0] / "report.html").as_uri())
    width = page.evaluate("document.documentElement.scrollWidth")
    context.close()
    assert width <= PHONE["width"]
