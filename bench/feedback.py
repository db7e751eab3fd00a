"""A client that gives feedback on the cards of a steady load, each until it is confirmed; for `bench.faults`."""

import threading
import time
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from tests.machine import LONG_S
from tests.store.serving import PATH, Load, Serving

REST_S = 0.1
LONG_AGO = timedelta(days=20)  # keeps no advice quiet: each answer of the load has cards


class Feedback:
    """Overrides one card after the other; `confirmed` are those of which the service said that it has them."""

    def __init__(self, serving: Serving, load: Load) -> None:
        self._serving, self._load = serving, load
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.confirmed: list[str] = []

    def __enter__(self) -> "Feedback":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join(LONG_S)

    def _run(self) -> None:
        next_call = 0
        while not self._done.wait(REST_S):
            if next_call < len(self._load.calls):
                next_call = len(self._load.calls)
                self._give(min(self._load.calls[-1], default=""))

    def _give(self, card: str) -> None:
        """Again, word for word, until it is confirmed: also the last one, whose answer may be cut off."""
        at = (datetime.now(UTC) - LONG_AGO).isoformat()
        told = {"feedback": [{"card": card, "outcome": "overridden", "outcomeTimestamp": at}]}
        while card and not self._is_confirmed(told):
            time.sleep(REST_S)
        if card:
            self.confirmed.append(card)

    def _is_confirmed(self, told: object) -> bool:
        try:
            return self._serving.post(f"{PATH}/feedback", told)[0] == HTTPStatus.OK
        except (OSError, ValueError):  # cut off
            return False
