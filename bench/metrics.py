"""What counting adds to an answer, with the files that several workers share, and what a look at the page costs.

    python -m bench.metrics

Ends with status 1 when the counting of a call takes longer than the target.
"""

import sys
import time
import timeit
from collections.abc import Callable

from cds_service.metrics.folder import metrics_folder

TARGET_US = 30
CALLS = 5000


def microseconds(what: Callable[[], object], calls: int) -> float:
    """Processor time of one call, in the round of nine that other programs disturbed least."""
    return min(timeit.repeat(what, timer=time.process_time, number=calls, repeat=9)) / calls * 1e6


def main() -> int:
    """Measure and tell; the exit status."""
    from cards import SERVICES
    from cds_service.answer_call import Means, answer_call
    from cds_service.metrics.page import page
    from cds_service.metrics.state import MachineState
    from cds_service.run.start import runtime_of
    from tests.calls import request_for
    from tests.conftest import settings_with

    runtime = runtime_of(settings_with())
    metrics, longest = runtime.metrics, 0.0
    for service in SERVICES:
        body, missing = request_for(service.hook), runtime.settings.missing_data
        means = Means(runtime.knowledge, runtime.now(), runtime.new_id, runtime.keys, missing)
        answer = answer_call(body, service, means)

        def count(ident: str = service.id, answer: object = answer) -> None:
            metrics.gathered(answer.data)
            metrics.answered(ident, 200, 0.004, answer.decision)

        took = microseconds(count, CALLS)
        longest = max(longest, took)
        print(f"{service.id:26} {len(answer.data)} keys, {len(answer.decision.cards)} cards: {took:5.1f} us")
    state = MachineState(runtime.books, runtime.knowledge)
    print(f"the page, of one process:  {microseconds(lambda: page(metrics.registry, state), 20) / 1000:5.1f} ms")
    return int(longest > TARGET_US)


if __name__ == "__main__":
    with metrics_folder():
        sys.exit(main())
