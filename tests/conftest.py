"""Fixtures that every test may use: the runtime, clients of the service, a clock that stands; --on and --repeat."""

import gc
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import time_machine
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings

from cds_service.run.settings import Auth, MissingData, Settings
from cds_service.run.start import runtime_of
from cds_service.web.app import create_app
from cds_service.web.runtime import Runtime
from tests import parsed_once
from tests.clock import moments
from tests.clock.modules import looks_at_a_clock
from tests.first import runs_first
from tests.services import BROWSERS, FLAGS, browser_path, left_out

MakeClient = Callable[..., FlaskClient]

# how fast an example is decided depends on the machine
settings.register_profile("any speed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any speed")
PICTURES = pytest.StashKey[str]()
GARBAGE_AFTER = 50_000  # objects; looked for after each 700, it took a tenth of the time


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--on MOMENT` runs the tests, and all they start, as if it were then; `--repeat N` each N times."""
    told = "run as if it were then: 2028-02-29T23:55 (UTC) or 2027-10-31T02:30+01:00[Europe/Berlin]"
    parser.addoption("--on", metavar="MOMENT", help=told)
    parser.addoption("--repeat", metavar="N", type=int, default=1, help="run each test so many times, e.g. -m clock")


def pytest_configure(config: pytest.Config) -> None:
    """Move the clocks before anything is collected; workers of pytest-xdist start with clocks that are moved."""
    parsed_once.begin()
    told = config.getoption("--on")
    if told and not hasattr(config, "workerinput"):
        try:
            moments.move_to(told)
        except ValueError as problem:
            raise pytest.UsageError(f"--on: {problem}") from None


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make a test of each time that a test is to be run."""
    times = metafunc.config.getoption("--repeat")
    if times > 1:
        metafunc.fixturenames.append("nth_time")
        metafunc.parametrize("nth_time", range(1, times + 1), ids="time {}".format, indirect=True)


@pytest.fixture
def nth_time(request: pytest.FixtureRequest) -> int:
    """Which of the times of `--repeat` it is."""
    return int(request.param)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the tests that look at a clock, wait or start a process: `-m clock` chooses them; what waits comes first."""
    for item in items if config.option.markexpr else ():  # every module of the tests is read to tell
        if looks_at_a_clock(item.path):
            item.add_marker(pytest.mark.clock)
    items.sort(key=lambda item: not runs_first(item.path))


def pytest_collection_finish() -> None:
    """Let the collector of garbage leave half a million objects alone that stay until the end, and come less often."""
    gc.freeze()
    gc.set_threshold(GARBAGE_AFTER)


def leave_nothing_to_collect() -> None:
    """Collect what other tests left, and let the collector leave alone what stays: it is not searched again."""
    gc.collect()
    gc.freeze()


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Say what is left out, and when it is where it is not now."""
    told, now = config.getoption("--on"), datetime.now(UTC).isoformat(timespec="seconds")
    return [*left_out(), *([f"as if it were {now} (--on {told})"] if told else [])]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object) -> None:
    """Take over from a worker of pytest-xdist where it keeps the pictures of the stories."""
    if told := getattr(node, "workeroutput", {}).get("pictures"):
        node.config.stash[PICTURES] = told


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say where the pictures are."""
    if folder := config.stash.get(PICTURES, None):
        terminalreporter.write_line(f"pictures of the stories: {folder}")


def settings_with(**changes: object) -> Settings:
    """Settings that nothing in the environment has a say in."""
    # a busy machine is no database that hangs, nor a chart too large to read: tests of the limits name their own
    patient = {"token_lookup_ms": 10_000, "evaluation_ms": 60_000}
    return Settings.model_construct(**{**_defaults(), "auth": Auth.OFF, **patient, **changes})


def _defaults() -> dict[str, object]:
    return {name: field.default for name, field in Settings.model_fields.items()}


@pytest.fixture(scope="session")
def runtime() -> Runtime:
    """The shipped knowledge with the default settings, authentication off."""
    return runtime_of(settings_with())


@pytest.fixture(scope="session")
def make_client(runtime: Runtime) -> MakeClient:
    """A test client of a service with some settings changed."""

    def make(**changes: object) -> FlaskClient:
        app = create_app(Runtime(settings_with(**changes), runtime.knowledge, runtime.keys))
        return app.test_client()

    return make


@pytest.fixture
def standing_clock() -> Iterator[time_machine.Traveller]:
    """The time of this process stands until the test moves it on; monotonic clocks run."""
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        yield clock


class Kept:
    """Books that are a list."""

    def __init__(self) -> None:
        self.kept: list[dict[str, object]] = []
        self.full = False

    def append(self, record: dict[str, object]) -> bool:
        self.kept += [] if self.full else [record]
        return not self.full

    def status(self) -> None:
        return None

    def bytes_on_disk(self) -> int:
        return 0


@pytest.fixture
def keeping_client(runtime: Runtime) -> tuple[FlaskClient, Kept]:
    """A client of a service that keeps records, and what it kept."""
    books = Kept()
    return create_app(replace(runtime, books=books)).test_client(), books


@pytest.fixture(scope="session")
def client(make_client: MakeClient) -> FlaskClient:
    """A client of the service as configured by default: missing data is answered 412."""
    return make_client()


@pytest.fixture(scope="session")
def card_client(make_client: MakeClient) -> FlaskClient:
    """A client of a service that answers missing data with a card."""
    return make_client(missing_data=MissingData.CARD)


@pytest.fixture(scope="session")
def browser():
    """One browser for all pages of a worker; where there is none the tests are skipped, in CI they fail."""
    path = browser_path()
    if path is None:
        reason = f"no browser: install one of {', '.join(BROWSERS)}, or name it in MAGNESIUM_CDS_TEST_BROWSER"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield opened
        opened.close()


@pytest.fixture
def nothing_to_collect():
    """What other tests left is collected before: the time limit, met amid it, leaves a socket of theirs open."""
    leave_nothing_to_collect()


@pytest.fixture
def hours_pass(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Hours go by, for every clock."""
    began, at = time.time(), [time.monotonic()]
    start = at[0]
    monkeypatch.setattr(time, "time", lambda: began + at[0] - start)
    for name in ("records.patient_clock", "trust.used_tokens", "trust.used_token_stores"):
        monkeypatch.setattr(f"cds_service.{name}.monotonic", lambda: at[0], raising=False)

    def go(hours: float) -> None:
        at[0] += hours * 3600

    return go
