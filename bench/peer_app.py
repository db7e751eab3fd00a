"""An empty handler in HealthChain, a CDS Hooks framework for Python; run by an interpreter that has it.

PYTHON bench/peer_app.py PORT
"""

import sys

import uvicorn
from healthchain.gateway import CDSHooksService, HealthChainAPI
from healthchain.models.responses.cdsresponse import CDSResponse

HOOKS = ("patient-view", "order-select", "order-sign")


def app() -> HealthChainAPI:
    """Services that read the request as the framework does and have nothing to say."""
    services, made = CDSHooksService(), HealthChainAPI()
    for hook in HOOKS:
        services.hook(hook, id=hook, title=hook, description="Says nothing.")(lambda _: CDSResponse(cards=[]))
    made.register_service(services, path="/cds")
    made.get("/readyz")(_ready)
    return made


def _ready() -> dict[str, str]:
    return {}


if __name__ == "__main__":
    uvicorn.run(app(), host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
