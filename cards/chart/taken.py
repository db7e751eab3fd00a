"""Whether a record says that a medicine is taken: orders, reported orders, statements, dispenses."""

from datetime import UTC, datetime, timedelta

from cards.chart.fhir import child, codings, end_of, first_moment, number, text
from cards.model import ORDER_TYPES, JsonObject

_REAL_INTENTS = frozenset({"order", "original-order", "reflex-order", "instance-order", "filler-order", ""})
_TAKEN = frozenset({"active", "completed", "stopped"})
# a statement of R5 is "recorded", and its adherence says the rest
_STATED = {"active": "active", "recorded": "active", "completed": "completed", "stopped": "stopped"}
_NOT_TAKING = frozenset({"not-taking", "not-taken", "stopped", "never"})
# days; what is said to last longer is a slip of the pen
_LONGEST_SUPPLY = 3660.0
_GIVEN_OUT = frozenset({"completed", "in-progress"})
HANDED_OVER = ("whenHandedOver", "whenPrepared")


def status_taken(resource: JsonObject, now: datetime) -> str:
    """`active`, `completed` or `stopped`; "" for what is only planned, not to be done, or not taken."""
    kind = text(resource, "resourceType")
    if kind in ORDER_TYPES:
        return text(resource, "status") if is_real(resource) else ""
    if kind == "MedicationStatement":
        return _stated(resource, now)
    return _dispensed(resource, now) if kind == "MedicationDispense" else ""


def is_real(order: JsonObject) -> bool:
    """An order, or a plan that is told as taken; not one that is not to be done."""
    meant = text(order, "intent") in _REAL_INTENTS or (text(order, "intent") == "plan" and _is_reported(order))
    return text(order, "status") in _TAKEN and meant and order.get("doNotPerform") is not True


def is_hearsay(resource: JsonObject) -> bool:
    """Told or handed over, and so no sign that anything runs into a vein now."""
    kind = text(resource, "resourceType")
    return kind in ("MedicationStatement", "MedicationDispense") or (kind in ORDER_TYPES and _is_reported(resource))


def _is_reported(order: JsonObject) -> bool:
    told = (order.get("reportedBoolean"), order.get("reported"))
    return True in told or bool(child(order, "reportedReference"))


def _stated(statement: JsonObject, now: datetime) -> str:
    adherence = child(child(statement, "adherence"), "code")
    refused = statement.get("wasNotTaken") is True or text(statement, "taken") == "n"
    refused = refused or any(code in _NOT_TAKING for _, code in codings(adherence))
    status = "" if refused else _STATED.get(text(statement, "status"), "")
    end = end_of(text(child(statement, "effectivePeriod"), "end"), UTC)
    return "completed" if status == "active" and end and end < now else status


def _dispensed(dispense: JsonObject, now: datetime) -> str:
    """Taken as long as the supply lasts."""
    if text(dispense, "status") not in _GIVEN_OUT:
        return ""
    end = supply_end(dispense)
    return "active" if end and now <= end else "completed"


def supply_end(dispense: JsonObject) -> datetime | None:
    """When what was handed over is used up; None where nobody says since when."""
    since = first_moment(dispense, *HANDED_OVER)
    days = min(number(child(dispense, "daysSupply"), "value") or 0.0, _LONGEST_SUPPLY)
    return since + timedelta(days=days) if since else None
