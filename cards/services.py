"""The catalogue of services: id, hook, title, data needed. Discovery and prefetch templates derive from it."""

from dataclasses import dataclass

from cards.chart.inputs import prefetch_templates
from cards.loading import Knowledge
from cards.model import About

CDS_HOOKS_VERSION = "3.0.0"


@dataclass(frozen=True, slots=True)
class Service:
    """One CDS service as clients see it.

    `about`: what it speaks of; `moment`: when it is called, in words. `needs`: what the context of its hook must hold.
    `orders`: the member of the context that holds its orders. `hook_version`: none
    where the hook is published as a trial version, whose number may change.
    """

    id: str
    hook: str
    title: str
    description: str
    about: About
    moment: str
    needs: tuple[str, ...] = ()
    orders: str = "draftOrders"
    hook_version: str = "1.0"


SERVICES: tuple[Service, ...] = (
    Service(
        "magnesium-patient-view",
        "patient-view",
        "Low magnesium",
        "Low or high magnesium when a chart is opened: how low, why, what is safe to give, what to check.",
        About.PATIENT,
        "chart opened",
    ),
    Service(
        "magnesium-order-select",
        "order-select",
        "Low magnesium: order choice",
        "Warns while an order is chosen that would lower magnesium, or is unsafe with the latest magnesium.",
        About.ORDERS,
        "order being chosen",
        needs=("draftOrders", "selections"),
    ),
    Service(
        "magnesium-order-sign",
        "order-sign",
        "Low magnesium: order signing",
        "Last check at signing: magnesium orders and orders that are unsafe with the latest magnesium.",
        About.ORDERS,
        "order being signed",
        needs=("draftOrders",),
    ),
    Service(
        "magnesium-encounter-discharge",
        "encounter-discharge",
        "Low magnesium: going home",
        "Before a patient goes home: magnesium still low or high, what goes home with it, the recheck.",
        About.DISCHARGE,
        "going home",
        needs=("userId", "encounterId"),
    ),
    Service(
        "magnesium-medication-refill",
        "medication-refill",
        "Low magnesium: renewal",
        "When a prescription is renewed: magnesium, or a drug that lowers it, without a level or with a bad one.",
        About.REFILL,
        "order being renewed",
        needs=("medications",),
        orders="medications",
        hook_version="",
    ),
)


def discovery(knowledge: Knowledge) -> list[dict[str, object]]:
    """The `services` list of the discovery answer."""
    return [_described(service, knowledge) for service in SERVICES]


def _described(service: Service, knowledge: Knowledge) -> dict[str, object]:
    return {
        "id": service.id,
        "hook": service.hook,
        "title": service.title,
        "description": f"{service.description} {knowledge.approval}",
        "version": CDS_HOOKS_VERSION,
        **({"hookVersion": service.hook_version} if service.hook_version else {}),
        "usageRequirements": "Needs laboratory results; without prefetch, a FHIR server the operator has listed.",
        "prefetch": prefetch_templates(knowledge, service.about),
    }
