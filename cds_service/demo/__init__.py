"""What `magnesium-cds demo` shows: invented patients, requests about them, and a small FHIR search over them."""

from cds_service.demo.orderables import Orderable, orderables
from cds_service.demo.saved_requests import demo_requests
from cds_service.demo.story import Story, stories
from cds_service.demo.welcome import welcome

__all__ = ["Orderable", "Story", "demo_requests", "orderables", "stories", "welcome"]
