"""What a service runs with, made from its settings."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

from cards import KEYS, Knowledge
from cds_service.call.fhir_access import Gateway
from cds_service.curate.site_knowledge import Loaded, candidate_of, loaded_of
from cds_service.metrics.events import Metrics
from cds_service.records.answered import AnsweredFile
from cds_service.records.log import record_trouble
from cds_service.records.memory import AdviceMemory
from cds_service.records.shown import ShownFile
from cds_service.records.spool import Spool
from cds_service.records.state import ANSWERED, SHOWN, hash_key, new_key, state_folder
from cds_service.records.state_disk import StateDisk
from cds_service.run.settings import Settings
from cds_service.trust.clients import read_clients
from cds_service.trust.used_tokens import SharedSeen, shared_tokens
from cds_service.web.runtime import Runtime


def runtime_of(settings: Settings) -> Runtime:
    """The runtime of these settings."""
    home = settings.pages_base
    clients = read_clients(settings.clients)
    sites = {iss: loaded_of(client.site, home) for iss, client in clients.by_issuer.items() if client.site}
    loaded = {"": loaded_of(settings.site, home), **sites}
    counted = Metrics()
    return Runtime(
        settings,
        loaded[""][1],
        KEYS,
        clients,
        {iss: known for iss, (_, known) in sites.items()},
        SharedSeen(shared_tokens(settings), fell_back=counted.look_up_fell_back),
        fhir=Gateway(settings.fhir_deadline_ms / 1000, settings.fhir_timeout_ms / 1000, len(clients.by_issuer) > 1),
        metrics=counted,
        candidates=dict(_candidates(loaded, home)),
    )


def _candidates(loaded: Mapping[str, Loaded], home: str) -> Iterator[tuple[str, Knowledge]]:
    """What is tried beside the service's knowledge, and beside that of clients with a site file, by issuer."""
    for iss, decides in loaded.items():
        if candidate := candidate_of(decides, home):
            yield iss, candidate


def with_records(runtime: Runtime) -> Runtime:
    """The runtime, now keeping records and remembering what was answered.

    Where the state folder cannot be used records wait in memory, and it is tried again until it can be.
    """
    settings, counted = runtime.settings, runtime.metrics
    folder = state_folder(settings)
    books = Spool(folder, counted.records_held, counted.record_lost)
    memory, disk = _memory(settings, folder), StateDisk(folder)
    disk.look()
    return replace(runtime, books=books, memory=memory, disk=disk)


def _memory(settings: Settings, folder: Path) -> AdviceMemory:
    """The memory by the key that is kept; by one of its own, which its workers share, until that can be had."""
    answers, own = AnsweredFile(folder / ANSWERED), new_key()
    shown = ShownFile(folder / SHOWN) if settings.quiet_once_shown else None
    kept = partial(hash_key, settings, folder, own)
    try:
        return AdviceMemory(kept(), answers, shown=shown)
    except OSError as problem:
        what = "state folder unusable: records wait in memory, it is tried again"
        record_trouble(what, folder=str(folder), problem=repr(problem))
    return AdviceMemory(own, answers, shown=shown, kept=kept)
