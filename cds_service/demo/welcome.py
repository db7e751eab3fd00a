"""What the demo says when it starts: where to look. The last line is the address of the page."""

from urllib.parse import urlencode

_SANDBOX = "https://sandbox.cds-hooks.org/"
_FIRST_PATIENT = "heart-failure"
_CURLS = {
    "1-patient-view.json": "patient-view",
    "2-order-select.json": "order-select",
    "3-order-sign.json": "order-sign",
}


def sandbox_link(base: str, patient: str = _FIRST_PATIENT, **screen: str) -> str:
    """The CDS Hooks Sandbox started on the demo; `screen` names its hook and screen when it is not Patient View."""
    query = {"fhirServiceUrl": f"{base}/fhir", "patientId": patient, "serviceDiscoveryURL": f"{base}/cds-services"}
    return f"{_SANDBOX}?{urlencode({**query, **screen})}"


def welcome(base: str) -> str:
    """The lines of the start."""
    curls = [
        f"  curl -s {base}/demo/requests/{name} | "
        f"curl -s -H 'Content-Type: application/json' --data @- {base}/cds-services/magnesium-{hook}"
        for name, hook in _CURLS.items()
    ]
    return "\n".join(
        [
            f"magnesium-cds demo on {base}, with invented patients. Ctrl-C stops it.",
            f"  services       {base}/cds-services",
            f"  patients       {base}/fhir (FHIR R4, read only)",
            f"  CDS Hooks Sandbox, started on both (docs/sandbox.md):\n  {sandbox_link(base)}",
            "From a command line, each of these answers with cards:",
            *curls,
            "The chart to try it with:",
            f"{base}/demo",
        ]
    )
