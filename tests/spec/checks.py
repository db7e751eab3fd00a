"""What the specification asks of an answer, as the conformance kit of the service checks it."""

from cds_service.conformance import answer_faults
from cds_service.conformance.faults import Fault


def violations(payload: object, *requirements: str) -> list[str]:
    """What is wrong with a 200 answer: of these requirements, or of all."""
    found = answer_faults(payload)
    return [told(fault) for fault in found if not requirements or fault.requirement in requirements]


def told(fault: Fault) -> str:
    """A fault in a line."""
    return f"{fault.requirement}: {fault.where} {fault.what}"
