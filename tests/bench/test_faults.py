"""The long fault run says that all held only when it did."""

from collections import Counter
from types import SimpleNamespace

import pytest

from bench.faults import AT_LEAST_S, _told
from bench.harm import KINDS


@pytest.mark.parametrize(
    ("answered", "recorded", "cut_off", "slowest", "held"),
    [
        (100, 100, 0, 0.1, True),
        (100, 101, 1, 0.1, True),
        (100, 99, 0, 0.1, False),
        (100, 101, 0, 0.1, False),
        (100, 100, 9, 0.1, False),
        (100, 100, 0, AT_LEAST_S * 2, False),
    ],
)
def test_what_is_lost_doubled_failed_or_slow_is_told(answered, recorded, cut_off, slowest, held, capsys):
    load = SimpleNamespace(answered=answered, failed=["cut"] * cut_off, slowest=slowest)
    assert _told(load, recorded, 0.01, Counter(worker_killed=1)) is held
    assert f"{answered} answered, {recorded} recorded" in capsys.readouterr().out


def test_harm_is_done_to_the_database_workers_files_clock_and_by_clients():
    of = {name.split("_")[0] for name in KINDS}
    assert {"database", "worker", "shipping", "folder", "disk", "clock", "clients"} <= of
