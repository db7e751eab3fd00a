"""Which modules of the tests run first: they start processes, wait for them and take long.

Their tests come to one worker, which waits while the others decide; and what takes long is not left for the end, when
it would run alone. A module that is missing here costs time, nothing else.
"""

from functools import cache
from pathlib import Path

TESTS = Path(__file__).parent
FIRST = (
    "test_quality.py",
    *("bench/test_bench.py", "store/test_service.py", "trust/test_stalled_clients.py", "backtest/test_engines.py"),
    *("backtest/test_go_live.py", "backtest/test_state.py", "store/test_migrate.py", "store/test_seen_tokens.py"),
    *("trust/test_running.py", "trust/test_restart.py", "trust/test_sharing_worker.py", "trust/test_refusals.py"),
    *("trust/test_leaks.py", "service/test_cli.py", "service/test_metrics.py", "service/test_built.py"),
    "service/test_log_writer.py",
)


@cache  # a module has many tests
def runs_first(path: Path) -> bool:
    """Whether the tests of a module run before the others."""
    return path.is_relative_to(TESTS) and path.relative_to(TESTS).as_posix() in FIRST
