"""What is counted, for Prometheus: events as they happen, the state of this machine when it is asked for."""

from cds_service.metrics.events import Metrics
from cds_service.metrics.page import MEDIA_TYPE, page
from cds_service.metrics.state import MachineState

__all__ = ["MEDIA_TYPE", "MachineState", "Metrics", "page"]
