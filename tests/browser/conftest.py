"""One browser and one running demo for all tests here; each test gets a page of its own that must not complain."""

import json
import subprocess
import sys
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
from playwright.sync_api import BrowserContext, Page, ViewportSize, expect

from tests.clock import moments
from tests.conftest import PICTURES
from tests.machine import LONG_S, environment, free_port, wait_for

WIDE = ViewportSize(width=1440, height=900)
expect.set_options(timeout=LONG_S * 1000)


@pytest.fixture(scope="session")
def context(browser):
    """One context for all pages; what a tab keeps, it keeps for itself."""
    opened = browser.new_context()
    opened.set_default_timeout(LONG_S * 1000)
    if moments.is_moved():
        opened.clock.install(time=datetime.now(UTC))
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def pictures(tmp_path_factory, request):
    """Where the pictures of the stories are kept; said at the end of the run."""
    folder = tmp_path_factory.mktemp("pictures")
    getattr(request.config, "workeroutput", {})["pictures"] = str(folder)
    request.config.stash[PICTURES] = str(folder)
    return folder


class Demo:
    """`magnesium-cds demo` on a free port, its log in a file."""

    def __init__(self, folder: Path):
        port = free_port()
        self.base = f"http://127.0.0.1:{port}"
        self.log = folder / "log"
        env = environment(DATABASE_URL=f"sqlite:///{folder / 'demo.sqlite'}")
        command = [sys.executable, "-m", "cds_service", "demo", "--port", str(port)]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=log)

    def wait(self):
        """Return when it is ready."""
        wait_for(self._is_ready, "the demo is ready")

    def _is_ready(self):
        assert self.process.poll() is None, self.log.read_text()
        try:
            return requests.get(f"{self.base}/readyz", timeout=LONG_S).ok
        except requests.ConnectionError:
            return False

    def stop(self):
        """End it, gently as long as that works."""
        self.process.terminate()
        try:
            self.process.wait(LONG_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def feedback(self):
        """What the service recorded of feedback so far, oldest first."""
        lines = (json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{"))
        return [line for line in lines if line["event"] == "feedback"]


@contextmanager
def running(folder):
    """A demo that runs for a while."""
    started = Demo(folder)
    try:
        started.wait()
        yield started
    finally:
        started.stop()


@pytest.fixture(scope="session")
def demo(browser, tmp_path_factory):
    """The running demo."""
    with running(tmp_path_factory.mktemp("demo")) as started:
        yield started


class Chart:
    """The page, in the words of someone who uses it."""

    def __init__(self, context: BrowserContext, base: str, scheme: str = "light", size: ViewportSize = WIDE):
        self.page: Page = context.new_page()
        self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        self.page.set_viewport_size(size)
        self.base = base
        self.complaints = []
        self.page.on("console", lambda said: said.type in ("error", "warning") and self.complaints.append(said.text))
        self.page.on("pageerror", lambda problem: self.complaints.append(str(problem)))

    def open(self, patient="heart-failure"):
        """Open the chart of a patient and wait until the advice is there."""
        self.page.goto(f"{self.base}/demo#{patient}")
        self.wait(patient.partition("?")[0])
        return self

    def wait(self, patient):
        """Wait until the advice about the patient is there."""
        expect(self.page.locator(f'body[data-patient="{patient}"][data-state="ready"]')).to_be_attached()

    @property
    def trend(self):
        """The drawn trend; it comes last."""
        plot = self.page.locator("#trend-plot")
        expect(plot.locator("svg")).to_be_visible()
        return plot

    def about(self, where):
        """The cards about the "patient" or the "order"."""
        return self.page.locator({"patient": "#advice-view", "order": "#advice-order"}[where]).locator(".card")

    @property
    def search(self):
        """The field of the order search."""
        return self.page.get_by_role("combobox", name="Order a medicine or a test")

    @property
    def orders(self):
        """The rows of the orders."""
        return self.page.locator("#order-rows li")

    def choose(self, typed, name):
        """Type, and take the medicine of this name from the list."""
        self.search.press_sequentially(typed)
        self.page.locator("#order-options").get_by_role("option", name=name).first.click()

    def do_and_hear(self, act):
        """Do something that sends feedback; what was sent."""
        with self.page.expect_response(lambda answer: answer.url.endswith("/feedback")) as sent:
            act()
        assert sent.value.status == 200
        return sent.value.request.post_data_json["feedback"][0]


@pytest.fixture
def open_chart(context, demo):
    """Opens charts, in a colour scheme and size; none may have complained at the end."""
    opened = []

    def make(patient="heart-failure", base=demo.base, **options):
        chart = Chart(context, base, **options)
        opened.append(chart)
        return chart.open(patient)

    yield make
    for chart in opened:
        chart.page.close()
    assert [complaint for chart in opened for complaint in chart.complaints] == []


@pytest.fixture
def chart(open_chart):
    """The chart of the first patient."""
    return open_chart()
