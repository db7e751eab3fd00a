"""What a service runs with, made from its settings."""

from collections.abc import Iterator
from dataclasses import replace

from cards import KEYS, Knowledge
from cds_service.call.fhir_access import Gateway
from cds_service.curate.site_knowledge import candidate_of, knowledge_of
from cds_service.metrics.events import Metrics
from cds_service.records.answered import AnsweredFile
from cds_service.records.log import record_trouble
from cds_service.records.memory import AdviceMemory
from cds_service.records.shown import ShownFile
from cds_service.records.spool import Spool
from cds_service.records.state import ANSWERED, SHOWN, hash_key, state_folder
from cds_service.run.settings import Settings
from cds_service.trust.clients import Clients, read_clients
from cds_service.trust.used_tokens import SharedSeen, shared_tokens
from cds_service.web.runtime import Runtime


def runtime_of(settings: Settings) -> Runtime:
    """The runtime of these settings."""
    knowledge = knowledge_of(settings.site, settings.pages_base)
    clients = read_clients(settings.clients)
    counted = Metrics()
    return Runtime(
        settings,
        knowledge,
        KEYS,
        clients,
        {
            client.iss: knowledge_of(client.site, settings.pages_base)
            for client in clients.by_issuer.values()
            if client.site
        },
        SharedSeen(shared_tokens(settings), fell_back=counted.look_up_fell_back),
        fhir=Gateway(settings.fhir_deadline_ms / 1000, settings.fhir_timeout_ms / 1000),
        metrics=counted,
        candidates=dict(_candidates(settings, knowledge, clients)),
    )


def _candidates(settings: Settings, knowledge: Knowledge, clients: Clients) -> Iterator[tuple[str, Knowledge]]:
    """What is tried beside the service's knowledge, and beside that of clients with a site file, by issuer."""
    named = {"": settings.site, **{iss: client.site for iss, client in clients.by_issuer.items() if client.site}}
    for iss, site in named.items():
        known = knowledge if site == settings.site else knowledge_of(site)
        if candidate := candidate_of(known, site, settings.pages_base):
            yield iss, candidate


def with_records(runtime: Runtime) -> Runtime:
    """The runtime, now keeping records and remembering what was answered; without memory when there is no place."""
    folder = state_folder(runtime.settings)
    try:
        shown = ShownFile(folder / SHOWN) if runtime.settings.quiet_once_shown else None
        memory = AdviceMemory(hash_key(runtime.settings, folder), AnsweredFile(folder / ANSWERED), shown=shown)
    except OSError as problem:
        record_trouble("state folder unusable: no records, no memory", folder=str(folder), problem=repr(problem))
        return runtime
    counted = runtime.metrics
    return replace(runtime, books=Spool(folder, counted.records_held, counted.record_lost), memory=memory)
