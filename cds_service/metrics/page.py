"""The page that Prometheus reads."""

import os

from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

MEDIA_TYPE = CONTENT_TYPE_PLAIN_0_0_4
_FOLDER = "PROMETHEUS_MULTIPROC_DIR"


def page(own: CollectorRegistry, state: Collector) -> bytes:
    """The counts of all processes that share a folder, else of this one, and the state of the machine."""
    shown = CollectorRegistry()
    if _FOLDER in os.environ:
        MultiProcessCollector(shown)  # type: ignore[no-untyped-call]
    else:
        shown.register(own)
    shown.register(state)
    return generate_latest(shown)
