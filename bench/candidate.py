"""What a candidate beside what is live costs, and whether it agrees with a back-test: `python -m bench.candidate`.

In one process without a server, with and without a candidate in turn: how long an answer takes, and the processor time
of a call with all that is done after it. `--agree N` compares N replayed calls with the back-test, one by one.
"""

import argparse
import time
from datetime import UTC, datetime
from statistics import median, quantiles

from flask.testing import FlaskClient

from bench.bodies import SIZES, encoded
from cards import load_knowledge
from cds_service.run.start import runtime_of
from cds_service.web.app import create_app
from cds_service.web.runtime import Runtime
from tests.backtest.test_candidate import NEW, compared
from tests.conftest import Kept, settings_with
from tests.knowledge.asking import FOLDER

PAUSE_S = 0.005  # between two calls, so that what is done after one is not waited for by the next
PATH = "/cds-services/magnesium-patient-view"


class Side:
    """A service, and how long its answers took; `cpu` a call, with what is done after it."""

    def __init__(self, with_candidate: bool) -> None:
        shipped = runtime_of(settings_with())
        candidates = {"": load_knowledge(FOLDER, NEW)} if with_candidate else {}
        self.runtime = Runtime(shipped.settings, shipped.knowledge, shipped.keys, books=Kept(), candidates=candidates)
        self.client: FlaskClient = create_app(self.runtime).test_client()
        self.taken: list[float] = []
        self.cpu: list[float] = []

    def round(self, body: bytes, calls: int) -> None:
        """Send some calls, one after the other with pauses."""
        used = time.process_time()
        for _ in range(calls):
            began = time.perf_counter()
            answer = self.client.post(PATH, data=body, content_type="application/json")
            self.taken.append(1000 * (time.perf_counter() - began))
            assert answer.status_code == 200, answer.get_data(as_text=True)
            time.sleep(PAUSE_S)
        self.runtime.after.flush()
        self.cpu.append(1000 * (time.process_time() - used) / calls)


def measure(rounds: int, calls: int) -> None:
    """Both sides in turn; print a line for each body."""
    print("body    answer, half within (95 of 100)              processor time of a call")
    for size in SIZES:
        body, sides = encoded(size, "patient-view", datetime.now(UTC)), (Side(False), Side(True))
        for _ in range(rounds):
            for side in sides:
                side.round(body, calls)
        alone, beside = (f"{median(s.taken):.2f} ms ({quantiles(s.taken, n=20)[-1]:.2f})" for s in sides)
        cpu = " ms, with a candidate ".join(f"{median(s.cpu):.2f}" for s in sides)
        print(f"{size:7} {alone}, with a candidate {beside}   {cpu} ms")


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--calls", type=int, default=50, help="calls of a round")
    parser.add_argument("--agree", type=int, metavar="N", help="compare N replayed calls with the back-test instead")
    options = parser.parse_args()
    if options.agree:
        print(f"{compared(options.agree)}: all agree")
    else:
        measure(options.rounds, options.calls)


if __name__ == "__main__":
    main()
