"""The codes of laboratory results that the service asks for: with the knowledge tried, and with the one beside it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from cards import Knowledge, prefetch_templates
from cds_service.backtest.job import Job, knowledge_of_job
from cds_service.backtest.windows import CodeKey, first_code, has_code, windows
from cds_service.errors import JsonDict
from cds_service.fhir_json import resource_type


@dataclass(frozen=True, slots=True)
class Asked:
    """`tried`: the codes and their analytes with the knowledge that is tried; `more`: what only the other asks for."""

    tried: Mapping[CodeKey, str]
    more: frozenset[CodeKey]

    def analyte_of(self, result: JsonDict) -> str | None:
        """What a result measures for the knowledge that is tried; None when that does not ask for it."""
        found = first_code(result.get("code"), self.tried)
        return self.tried[found] if found else None

    def is_read(self, resource: JsonDict) -> bool:
        """Whether the knowledge that is tried reads a resource; the other one has no say in its numbers."""
        return not self.more or resource_type(resource) != "Observation" or self.analyte_of(resource) is not None

    def by_the_other(self, result: JsonDict) -> bool:
        """Whether the knowledge it is compared with asks for a result by a code that is not asked for otherwise."""
        return bool(self.more) and has_code(result.get("code"), self.more)


@lru_cache(maxsize=4)
def asked_of(job: Job) -> Asked:
    """What a job asks for."""
    tried, *others = knowledge_of_job(job)
    analytes = tried.terminology.analytes
    own = {code: analytes[code] for code in sorted(_codes(tried))}
    return Asked(own, frozenset(code for other in others for code in _codes(other)) - own.keys())


def _codes(knowledge: Knowledge) -> frozenset[CodeKey]:
    return frozenset(code for window in windows(prefetch_templates(knowledge)) for code in window.codes)
