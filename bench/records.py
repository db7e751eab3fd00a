"""Records under load: `python -m bench.records --answers 100000 --kills 3`. Needs PostgreSQL's binaries.

Starts a PostgreSQL and the service on it, asks for so many answers, kills the database so many times meanwhile, and
compares the records in the end with the answers that clients received. Also prints what a record costs the answer.
"""

import argparse
import tempfile
import time
from pathlib import Path

from sqlalchemy import Engine, func, select
from sqlalchemy.engine import make_url

from cds_service.records.engine import open_engine
from cds_service.records.migrate import migrate
from cds_service.records.schema import ANSWERS, CARDS
from cds_service.records.spool import Spool
from cds_service.records.state import read_status
from tests.store.made import answer
from tests.store.postgres import Postgres
from tests.store.serving import Load, Serving, wait_for

APPENDS = 20_000
DOWN_S = 5
DRAIN_S = 300


def append_cost(folder: Path) -> float:
    """Microseconds of processor time for one append of an answer with two cards."""
    spool, entry = Spool(folder), answer(cards=2)
    began = time.process_time()
    for _ in range(APPENDS):
        spool.append(entry)
    spent = time.process_time() - began
    spool.close()
    return spent / APPENDS * 1e6


def waiting(folder: Path) -> int:
    """Bytes that wait, as the shipping process last said."""
    status = read_status(folder)
    return status.waiting if status else 0


def records(engine: Engine) -> int:
    """How many answers are recorded."""
    with engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(ANSWERS)).scalar_one()


def run(answers: int, kills: int, folder: Path) -> None:
    """Load the service, kill the store meanwhile, compare."""
    postgres = Postgres()
    postgres.start()
    engine = open_engine(make_url(postgres.url).set(drivername="postgresql+psycopg"))
    migrate(engine)
    serving = Serving(postgres.url, folder / "state")
    try:
        began = time.monotonic()
        with Load(serving, clients=8) as load:
            for number in range(1, kills + 1):
                goal = answers * number // (kills + 1)
                wait_for(lambda goal=goal: load.answered >= goal, 3600, "too slow")
                postgres.kill()
                time.sleep(DOWN_S)
                print(f"store killed at {goal} answers, {waiting(folder / 'state')} bytes wait", flush=True)
                postgres.start()
            wait_for(lambda: load.answered >= answers, 3600, "too slow")
        seconds = time.monotonic() - began
        wait_for(lambda: records(engine) >= load.answered, DRAIN_S, "records are missing")
        drained = time.monotonic() - began - seconds
        with engine.connect() as connection:
            cards = set(connection.execute(select(CARDS.c.id)).scalars())
        print(f"{load.answered} answers in {seconds:.0f} s, slowest {load.slowest * 1000:.0f} ms, failed {load.failed}")
        same = "the same" if cards == load.cards else "NOT THE SAME"
        print(f"{records(engine)} records of answers after {drained:.1f} s more; {len(cards)} cards, {same}")
    finally:
        serving.stop()
        postgres.remove()


def main() -> None:
    """Parse the options and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--answers", type=int, default=100_000)
    parser.add_argument("--kills", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(f"one append: {append_cost(Path(folder) / 'spool'):.1f} microseconds of processor time")
        run(options.answers, options.kills, Path(folder))


if __name__ == "__main__":
    main()
