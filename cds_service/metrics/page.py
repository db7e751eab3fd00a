"""The page that Prometheus reads."""

import os
import struct
import time

from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from cds_service.metrics.ended import folder_of_counts, reading
from cds_service.metrics.events import HELD_BYTES
from cds_service.metrics.folder import VARIABLE

MEDIA_TYPE = CONTENT_TYPE_PLAIN_0_0_4
_TRIES, _PAUSE_S = 5, 0.02


def page(own: CollectorRegistry, state: Collector) -> bytes:
    """The counts of all processes that share a folder, else of this one, and the state of the machine.

    A process that starts or ends has a file that is not yet, or no longer, to be read: then it is looked at again.
    """
    for _ in range(_TRIES - 1):
        try:
            return _page(own, state)
        except (OSError, ValueError, struct.error):
            time.sleep(_PAUSE_S)
    return _page(own, state)


def held_bytes(own: CollectorRegistry) -> int:
    """How many bytes of records wait in the memory of all workers of this service, the disk taking none."""
    if VARIABLE not in os.environ:
        return int(own.get_sample_value(HELD_BYTES) or 0)
    files = [str(path) for path in folder_of_counts().glob("gauge_livesum_*.db")]
    try:
        merged = MultiProcessCollector.merge(files)  # type: ignore[no-untyped-call]
    except (OSError, ValueError, struct.error):  # of a process that starts or ends: it is looked at again
        return 0
    return int(sum(sample.value for told in merged if told.name == HELD_BYTES for sample in told.samples))


def _page(own: CollectorRegistry, state: Collector) -> bytes:
    shown = CollectorRegistry()
    shown.register(state)
    if VARIABLE not in os.environ:
        shown.register(own)
        return generate_latest(shown)
    MultiProcessCollector(shown)  # type: ignore[no-untyped-call]
    with reading():
        return generate_latest(shown)
