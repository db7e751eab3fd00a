"""No test compares a date that stands still with a clock that runs; and what looks at a clock can run on any moment."""

import random
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.clock import moments
from tests.clock.modules import MODULES, TESTS, dates_brought_by, dates_in, runs_with_a_clock
from tests.conftest import pytest_collection_modifyitems
from tests.machine import LONG_S

NOW = datetime.now(UTC)
# modules with both, of which the clock that runs never meets the date; each with what it is for
APART = {
    "backtest/test_state.py": "waits for a process that forecasts of exports alone",
    "cards/test_quiet_calls.py": "gives the clock itself",
    "cards/test_reading_doses.py": "measures how long it reads",
    "clients/lab.py": "tokens are of now, charts of a day of their own",
    "demo/test_page.py": "gives the clock itself",
    "fhir/test_agreement.py": "gives the clock itself",
    "fuzz/bases.py": "requests of any date, of which no answer is compared",
    "insights/test_rollups.py": "counts made records of days of its own; nothing asks which day it is",
    "insights/test_unread.py": "decides of charts of a day of their own; the records are of now",
    "service/test_failing_rule.py": "decides of a chart of its own",
    "service/test_unsent.py": "gives the clock itself, and all that has a date in a request",
    "store/test_shown.py": "gives the clock itself; what is kept is forgotten when the test says so",
    "upgrade/test_records.py": "gives the clock itself and keeps records for a century",
}


@cache
def beside_a_clock():
    """(the lines with a date, the dates of other modules) of each module that runs with a clock."""
    read = ((path, path.read_text(encoding="utf-8")) for path in MODULES)
    return {name_of(path): (dates_in(text), dates_brought_by(path)) for path, text in read if runs_with_a_clock(text)}


def name_of(path):
    """A module of the tests as it is written here."""
    return path.relative_to(TESTS).as_posix()


def test_no_date_stands_beside_a_clock_that_runs():
    assert {name: lines for name, (lines, _) in beside_a_clock().items() if lines} == {}


def test_no_date_of_another_module_stands_beside_it_but_where_they_never_meet():
    both = {name: brought for name, (_, brought) in beside_a_clock().items() if brought}
    assert both.keys() == APART.keys(), both


@pytest.mark.parametrize(
    "line",
    [
        'WHEN = "2026-11-23T08:00:00Z"',
        "WHEN = date(2026, 11, 23)",
        "WHEN = datetime.datetime(2026, 11, 23, tzinfo=UTC)",
        'told(f"2026-11-23T{hour}:00:00Z")',
        "expires = 2e9",
    ],
)
@pytest.mark.parametrize(
    "clock",
    ["now = datetime.now(UTC)", "from tests.calls import patient_view", "import time", "seen.first_time(token, later)"],
)
def test_a_date_beside_a_clock_would_be_found(line, clock):
    assert runs_with_a_clock(clock) and dates_in(line)
    assert not runs_with_a_clock(line) and dates_in(clock) == []


def test_a_moment_is_read_with_the_zone_of_the_machine():
    later, year = f"{NOW.year + 2}-02-28T23:55", NOW.year + 2
    assert moments.read_moment(later) == (datetime(year, 2, 28, 23, 55, tzinfo=UTC), None)
    home = datetime(year, 2, 28, 23, 55, tzinfo=ZoneInfo("Asia/Kolkata"))
    assert moments.read_moment(f"{later}[Asia/Kolkata]") == (home, "Asia/Kolkata")
    assert moments.read_moment(f"{later}+01:00[Asia/Kolkata]")[0].utcoffset() == timedelta(hours=1)


@pytest.mark.parametrize("told", ["tomorrow", "1999-01-01", "[UTC]", "3000-01-01[No/Where]"])
def test_what_is_no_moment_ahead_is_refused(told):
    with pytest.raises(ValueError, match=r"write a moment|has passed|no such time zone|Invalid isoformat"):
        moments.read_moment(told)


@pytest.mark.parametrize("seed", range(40))
def test_every_drawn_moment_can_be_told(seed):
    drawn = moments.draw(random.Random(seed), NOW)
    when, zone = moments.read_moment(drawn)
    assert when > NOW and (zone is None or f"[{zone}]" in drawn)
    if zone and zone != "Asia/Kolkata":
        local = when.astimezone(ZoneInfo(zone))
        assert local.replace(fold=0).utcoffset() > local.replace(fold=1).utcoffset()
        assert local.utcoffset() == when.utcoffset()


def test_a_moved_clock_ticks_in_every_process_and_leaves_the_monotonic_ones(tmp_path):
    """Run as the tests are run: the process, and one that it starts, tell the moment; a child that is forked too."""
    (tmp_path / "tell.py").write_text(
        "import multiprocessing, subprocess, sys, time\n"
        "from datetime import datetime\n"
        "from tests.clock import moments\n"
        "def tell(): print(datetime.now().astimezone().isoformat(), flush=True)\n"
        "steady = time.monotonic()\n"
        "moments.move_to(sys.argv[1])\n"
        "tell(); time.sleep(1.1); tell()\n"
        "told = 'from datetime import *; print(datetime.now().astimezone().isoformat())'\n"
        "subprocess.run([sys.executable, '-c', told])\n"
        "child = multiprocessing.get_context('spawn' if sys.platform == 'win32' else 'fork').Process(target=tell)\n"
        "child.start(); child.join()\n"
        "assert 1 < time.monotonic() - steady < 1000\n",
        encoding="utf-8",
    )
    told = f"{NOW.year + 2}-02-28T23:55+05:30[Asia/Kolkata]"
    command = [sys.executable, str(tmp_path / "tell.py"), told]
    environment = {"PYTHONPATH": str(Path(__file__).parents[1])}
    done = subprocess.run(command, capture_output=True, text=True, timeout=LONG_S, env=environment, check=True)
    first, *later = map(datetime.fromisoformat, done.stdout.split())
    assert first - moments.read_moment(told)[0] < timedelta(seconds=60)
    assert later == sorted(later) and later[0] - first > timedelta(seconds=1)
    assert len(later) == 3 and {moment.utcoffset() for moment in [first, *later]} == {timedelta(hours=5, minutes=30)}


def test_the_tests_that_look_at_a_clock_are_marked_where_tests_are_chosen_by_marks(request, monkeypatch):
    monkeypatch.setattr(request.config.option, "markexpr", "clock")
    pytest_collection_modifyitems(request.config, [request.node])
    assert request.node.get_closest_marker("clock")
