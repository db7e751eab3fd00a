"""`python -m cds_service.records`: ship records until standard input ends, as it does when the parent process does."""

import signal
import sys
from threading import Event, Thread

from cds_service.records.log import configure_logging
from cds_service.records.shipping import Shipping
from cds_service.run.settings import load_settings


def main() -> None:
    """Ship until told to stop; with `--once` ship what waits and end."""
    settings = load_settings()
    configure_logging(settings.log_level)
    stop = Event()
    if "--once" in sys.argv[1:]:
        stop.set()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the end of our parent is enough
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    Thread(target=_stop_at_end_of_input, args=(stop,), daemon=True).start()
    Shipping(settings).run(stop)


def _stop_at_end_of_input(stop: Event) -> None:
    sys.stdin.buffer.read()
    stop.set()


if __name__ == "__main__":
    main()
