"""Figures in words: what rules ask, what codes mean, shares as a reader takes them in."""

from dataclasses import dataclass
from datetime import date

from cards import IF_SENT, INPUTS, SERVICES, Knowledge
from cds_service.insights.figures import Share

_INPUTS = {key: asked for asked in (*INPUTS, *IF_SENT) for key in (asked.key, *asked.formerly, *asked.apart)}
_OUTCOMES = {
    "missing": "not sent, and no FHIR server to ask",
    "server-not-listed": "FHIR server not listed for the client",
    "out-of-scope": "token does not cover it",
    "circuit-open": "FHIR server left alone after failures",
    "timeout": "no answer in time",
    "no-connection": "no connection",
    "certificate": "certificate of the FHIR server not trusted",
    "name-not-found": "name of the FHIR server not found",
    "connection-refused": "connection refused",
    "connection-reset": "connection broken off",
    "redirect": "FHIR server redirected",
    "unauthorized": "token not accepted by the FHIR server",
    "refused": "FHIR server refused",
    "not-found": "not found",
    "busy": "FHIR server busy",
    "server-error": "fault of the FHIR server",
    "bad-request": "FHIR server did not take the query",
    "operation-outcome": "search failed",
    "unreadable": "not readable",
    "too-large": "too large",
    "another-patient": "of another patient",
}
_STATUSES = {
    "200": "answered",
    "400": "request not readable",
    "404": "no such service",
    "412": "magnesium results could not be had",
    "413": "request too large",
    "415": "not JSON",
    "500": "fault of the service",
}
_SERVICES = {service.id: service.moment for service in SERVICES}
NO_REASON = "no reason given"


@dataclass(frozen=True, slots=True)
class Words:
    """Names for codes of the records; a code that the knowledge of today does not know stays as it is."""

    knowledge: Knowledge

    def rule(self, code: str) -> str:
        """The question that a rule answers."""
        known = self.knowledge.advice.get(code)
        return known.question if known else code

    def reason(self, code: str) -> str:
        """Why a card was overridden."""
        return dict(self.knowledge.override_reasons.reasons).get(code, code) or NO_REASON

    def service(self, code: str) -> str:
        """The moment at which a service is called."""
        return _SERVICES.get(code, code)

    def key(self, code: str) -> str:
        """What a prefetch key brings."""
        asked = _INPUTS.get(code)
        return asked.named(self.knowledge.words) if asked else code

    def outcome(self, code: str) -> str:
        """Why data could not be had."""
        return _OUTCOMES.get(code, code)

    def status(self, code: str) -> str:
        """How a call was answered."""
        return _STATUSES.get(code, "not answered")


def percent(share: Share) -> str:
    """Such as 44%, or 0.3% where few are not none; of a small number the counts, such as 2 of 3."""
    if share.per_100 is None:
        return f"{share.part} of {share.whole}" if share.whole else "none"
    near_the_end = 0 < share.per_100 < 1 or 99 < share.per_100 < 100
    return f"{share.per_100:.1f}%" if near_the_end else f"{share.per_100:.0f}%"


def rate(share: Share) -> str:
    """Such as 11.2; of a small number the counts, such as 2 in 3."""
    if share.per_100 is None:
        return f"{share.part} in {share.whole}" if share.whole else "none"
    return f"{share.per_100:.1f}"


def milliseconds(value: float | None) -> str:
    """Such as 8.3 ms or 120 ms."""
    return "none" if value is None else f"{value:.1f} ms" if value < 10 else f"{value:.0f} ms"


def short_day(day: date) -> str:
    """Such as 5 Nov."""
    return f"{day.day} {day:%b}"


def long_day(day: date) -> str:
    """Such as 5 Nov 2026."""
    return f"{day.day} {day:%b %Y}"
