"""One browser and one running demo for all tests here; each test gets a page of its own that must not complain."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from playwright.sync_api import BrowserContext, Page, ViewportSize, expect, sync_playwright

READY_S = 30
STOPPED_S = 30
PICTURES = pytest.StashKey[Path]()
CANDIDATES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--no-sandbox",  # the tests may run as root in a container
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WIDE = ViewportSize(width=1440, height=900)
expect.set_options(timeout=15_000)


def browser_path():
    """The browser named by MAGNESIUM_CDS_TEST_BROWSER, else the first that is installed; None when there is none."""
    named = os.environ.get("MAGNESIUM_CDS_TEST_BROWSER")
    return named or next((found for name in CANDIDATES if (found := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser():
    """A browser; where there is none the tests are skipped, in CI they fail."""
    path = browser_path()
    if path is None:
        reason = f"no browser: install one of {', '.join(CANDIDATES)}, or name it in MAGNESIUM_CDS_TEST_BROWSER"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def context(browser):
    """One context, so that the chart library is read and compiled once."""
    opened = browser.new_context()
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def pictures(tmp_path_factory, request):
    """Where the pictures of the stories are kept; said at the end of the run."""
    request.config.stash[PICTURES] = folder = tmp_path_factory.mktemp("pictures")
    return folder


def pytest_terminal_summary(terminalreporter, config):
    """Say where the pictures are."""
    if folder := config.stash.get(PICTURES, None):
        terminalreporter.write_line(f"pictures of the stories: {folder}")


class Demo:
    """`magnesium-cds demo` on a free port, its log in a file."""

    def __init__(self, folder: Path):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.base = f"http://127.0.0.1:{port}"
        self.log = folder / "log"
        env = {name: value for name, value in os.environ.items() if not name.startswith("MAGNESIUM_CDS_")}
        env["MAGNESIUM_CDS_DATABASE_URL"] = f"sqlite:///{folder / 'demo.sqlite'}"
        command = [sys.executable, "-m", "cds_service", "demo", "--port", str(port)]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=log)

    def wait(self):
        """Return when it is ready."""
        deadline = time.monotonic() + READY_S
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                requests.get(f"{self.base}/readyz", timeout=1)
                return
            except requests.ConnectionError:
                time.sleep(0.05)
        raise AssertionError(self.log.read_text())

    def stop(self):
        """End it, gently as long as that works."""
        self.process.terminate()
        try:
            self.process.wait(STOPPED_S)
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
        self.wait(patient)
        return self

    def wait(self, patient):
        """Wait until the advice about the patient is there."""
        expect(self.page.locator(f'body[data-patient="{patient}"][data-state="ready"]')).to_be_attached()

    @property
    def trend(self):
        """The drawn trend; it comes last."""
        plot = self.page.locator("#trend-plot")
        expect(plot.locator(".main-svg").first).to_be_visible()
        return plot

    def about(self, where):
        """The cards about the "patient" or the "order"."""
        return self.page.locator({"patient": "#advice-view", "order": "#advice-order"}[where]).locator(".card")

    @property
    def search(self):
        """The field of the order search."""
        return self.page.get_by_role("combobox", name="Order a medicine")

    @property
    def orders(self):
        """The rows of the orders."""
        return self.page.locator("#order-rows li")

    def choose(self, typed, name):
        """Type, and take the medicine of this name from the list."""
        self.search.press_sequentially(typed)
        self.page.get_by_role("option", name=name).first.click()

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
