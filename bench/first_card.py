"""How long a reader of the demo waits for the first card, and how much is transferred: python -m bench.first_card

Each round opens the chart in a new, empty browser context. Load of other programs counts: the load average is told.
"""

import argparse
import os
import statistics
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, sync_playwright

from tests.browser.conftest import WIDE, running
from tests.services import FLAGS, browser_path

_PATIENT = "heart-failure"


@dataclass(frozen=True)
class Opened:
    """Seconds from the address to the first card, and bytes of all bodies until the page was ready."""

    seconds: float
    transferred: int


def opened(browser: Browser, base: str) -> Opened:
    """Open the chart as somebody who was never there."""
    context, sizes = browser.new_context(viewport=WIDE), []
    page = context.new_page()
    page.on("requestfinished", lambda done: sizes.append(done.sizes()["responseBodySize"]))
    started = time.perf_counter()
    page.goto(f"{base}/demo#{_PATIENT}", wait_until="commit")
    page.locator("article").first.wait_for()
    seconds = time.perf_counter() - started
    page.locator('body[data-state="ready"]').wait_for()
    page.wait_for_load_state("networkidle")
    context.close()
    return Opened(seconds, sum(sizes))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=9)
    rounds = parser.parse_args().rounds
    with TemporaryDirectory() as folder, running(Path(folder)) as demo, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=list(FLAGS))
        opened(browser, demo.base)  # the first visitor of a service that was just started is not what is measured
        found = [opened(browser, demo.base) for _ in range(rounds)]
        browser.close()
    seconds = sorted(one.seconds for one in found)
    spread = f"median of {rounds}; {seconds[0]:.2f} to {seconds[-1]:.2f} s"
    print(f"first card after {statistics.median(seconds):.2f} s ({spread})")
    print(f"transferred {max(one.transferred for one in found) / 1000:.0f} kB, load average {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
