"""What is measured without a server: a decision by itself, and the check of a token. Processor time of this process."""

import gc
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path

import orjson

from bench.bodies import SHAPES, WITH_CARDS, shaped
from cards import SERVICES, Knowledge, Snapshot, decide, load_knowledge, prefetch_templates
from cds_service.call.envelope import read_call
from cds_service.call.gather import gather
from cds_service.trust.clients import Client, Clients
from cds_service.trust.jwks import KeyStore
from cds_service.trust.tokens import TokenCheck
from cds_service.trust.used_tokens import MemorySeen
from cds_service.web.runtime import random_id
from tests.trust.ehr import BASE, ISSUER, PATH, Ehr

_BATCH_S = 0.01


def body_us(shape: str, repetitions: int) -> dict[str, float]:
    """Microseconds to parse a body and of `cards.decide` on it."""
    knowledge, now = load_knowledge(resources.files("cards.knowledge")), datetime.now(UTC)
    raw = orjson.dumps(shaped(shape, now))
    snapshot = snapshot_of(raw, SHAPES[shape], knowledge)
    assert bool(decide(snapshot, knowledge, now, random_id).cards) == (shape in WITH_CARDS)
    return {
        "orjson_us": cpu_us(lambda: orjson.loads(raw), repetitions),
        "decide_us": cpu_us(lambda: decide(snapshot, knowledge, now, random_id), repetitions),
    }


def snapshot_of(raw: bytes, hook: str, knowledge: Knowledge) -> Snapshot:
    """What the service hands to the core for this body."""
    service = next(service for service in SERVICES if service.hook == hook)
    return gather(read_call(orjson.loads(raw)), service, tuple(prefetch_templates(knowledge))).snapshot


def token_us(repetitions: int) -> dict[str, float]:
    """Algorithm to the time of checking a token in microseconds."""
    return {algorithm: round(_token(algorithm, repetitions)) for algorithm in ("ES384", "RS384")}


def _token(algorithm: str, repetitions: int) -> float:
    ehr = Ehr(algorithm=algorithm)
    with tempfile.TemporaryDirectory() as folder:
        keys = Path(folder) / "jwks.json"
        keys.write_bytes(orjson.dumps(ehr.jwks()))
        clients = Clients({ISSUER: Client("ehr", ISSUER, jwks_file=keys)})
        check = TokenCheck(clients, KeyStore(), MemorySeen(), BASE, 3600)
        header = ehr.bearer()["Authorization"]
        return cpu_us(lambda: check.verify(header, PATH), repetitions)


def cpu_us(call: Callable[[], object], repetitions: int) -> float:
    """Processor time of one call: the median of batches of a hundredth of a second, the collector as in the service."""
    began = time.process_time()
    call()
    calls = max(1, int(_BATCH_S / max(time.process_time() - began, 1e-6)))
    gc.collect()
    gc.freeze()
    times = []
    for _ in range(repetitions):
        began = time.process_time()
        for _ in range(calls):
            call()
        times.append((time.process_time() - began) / calls)
    gc.unfreeze()
    return statistics.median(times) * 1e6
