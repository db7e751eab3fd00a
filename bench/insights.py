"""How long the insights take on many records: `python -m bench.insights --days 90 --calls 23000`.

Fills a SQLite file with made records (minutes), or measures on the database of --url, filled before.
"""

import argparse
import tempfile
import time
from dataclasses import astuple
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import Engine, func, select
from sqlalchemy.engine import make_url

from cds_service.insights.period import Period
from cds_service.insights.read import read_insights
from cds_service.insights.scope import Scope
from cds_service.records.engine import open_engine
from cds_service.records.migrate import migrate
from cds_service.records.rollups import roll_up
from cds_service.records.schema import ANSWERS
from tests.insights.made import SIGN, VERSIONS, load, made_entries

UNTIL = date(2026, 11, 23)
RUNS = 3
SCOPES = (Scope(SIGN), Scope(client="north-hospital"), Scope(unit="icu"), Scope(version=VERSIONS[1]))


def measure(url: str, days: int, calls: int, *, skip: bool = False) -> None:
    """Fill the database if it is empty; time periods, before days are counted (unless to skip) and after."""
    engine = open_engine(make_url(url))
    migrate(engine)
    with engine.connect() as connection:
        answers = connection.execute(select(func.count()).select_from(ANSWERS)).scalar()
    if not answers:
        load(engine, made_entries(UNTIL, days, calls))
    if not skip:
        _read(engine)
    _count_days(engine)
    _read(engine)
    engine.dispose()


def _read(engine: Engine) -> None:
    """Print the best of some runs for each period."""
    with engine.connect() as connection:
        print(
            f"{connection.execute(select(func.count()).select_from(ANSWERS)).scalar():,} answers, {engine.dialect.name}"
        )
        for length, scope in ((7, Scope()), (30, Scope()), (90, Scope()), *((90, scope) for scope in SCOPES)):
            period, taken = Period(UNTIL - timedelta(days=length - 1), UNTIL), []
            for _ in range(RUNS):
                start, used = time.perf_counter(), time.process_time()
                read_insights(connection, period, scope)
                taken.append((time.perf_counter() - start, time.process_time() - used))
            best, busy = min(taken)
            named = " ".join(filter(None, astuple(scope))) or "everything"
            print(f"{length:3} days {named:22} {best:.2f} s, computing {busy:.2f} s")


def _count_days(engine: Engine) -> None:
    """As the shipping process does it every hour: mark the days that are over, then count them."""
    began, used = time.perf_counter(), time.process_time()
    days = roll_up(engine, UNTIL) or roll_up(engine, UNTIL)
    print(f"{days} days counted in {time.perf_counter() - began:.1f} s, computing {time.process_time() - used:.1f} s")


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=90)
    parser.add_argument("--calls", type=int, default=23_000, help="calls of a weekday; weekends have about half")
    parser.add_argument("--url", help="SQLAlchemy URL of a database [default: a temporary SQLite file]")
    parser.add_argument(
        "--counted", action="store_true", help="only once days are counted, as they are within the hour"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = options.url or f"sqlite:///{Path(folder) / 'bench.sqlite'}"
        measure(url, options.days, options.calls, skip=options.counted)


if __name__ == "__main__":
    main()
