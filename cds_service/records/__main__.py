"""`python -m cds_service.records`: ship records until standard input ends, as it does when the parent process does."""

import logging
import os
import signal
import sys
import time
from contextlib import suppress
from threading import Event, Thread

from cds_service.records.log import configure_logging, record_trouble
from cds_service.records.shipping import Shipping
from cds_service.run.settings import load_settings

_END_S = 15.0


def main() -> None:
    """Ship until told to stop; with `--once` ship what waits and end, with `--beat` tell standard output of life."""
    settings = load_settings()
    configure_logging(settings.log_level)
    stop = Event()
    if "--once" in sys.argv[1:]:
        stop.set()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the end of our parent is enough
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    Thread(target=_stop_at_end_of_input, args=(stop,), daemon=True).start()
    Shipping(settings, _beat if "--beat" in sys.argv[1:] else lambda: None).run(stop)


def _beat() -> None:
    """One sign of life; what nobody reads is not waited for."""
    with suppress(OSError):
        os.set_blocking(1, False)
        os.write(1, b".")


def _stop_at_end_of_input(stop: Event) -> None:
    sys.stdin.buffer.read()
    stop.set()
    time.sleep(_END_S)
    record_trouble("shipping takes too long at the end: what waits is shipped at the next start")
    logging.shutdown()  # the line is written, if it is taken soon
    os._exit(1)  # whatever holds up the rest of this process, it outlives no service


if __name__ == "__main__":
    main()
