"""Invented records of a hospital that never was, made from a seed: for tests, benchmarks and looking at the page.

Weekends are quiet; one day the FHIR server hardly answers; from VERSIONS[1] on a rule that annoyed fires less.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from random import Random

from sqlalchemy import Engine

from cds_service.records.rows import rows_of
from cds_service.records.ship import insert_new

VIEW, SELECT, SIGN = "magnesium-patient-view", "magnesium-order-select", "magnesium-order-sign"
VERSIONS = ("3c1f5a90be27", "a84d02e6c715")
_CHANGE, _BAD_DAY = 0.55, 0.8
_BATCH = 5000
_EXISTS, _DONE, _NOT_PRIORITY = "indication-order-exists", "action-completed", "action-not-priority"
_CONTRA, _LATER, _NO_TIME = "patient-contraindication", "need-more-info", "limited-time"
UNITS = ("icu", "ward", "ward", "oncology", "emergency", "outpatient", "")
_DAYTIME = (1, 1, 1, 1, 1, 2, 4, 8, 12, 14, 13, 11, 9, 10, 11, 10, 8, 6, 5, 4, 3, 3, 2, 1)


@dataclass(frozen=True)
class MadeRule:
    """How often a rule titles a card (per call), how often that is answered and accepted, and what overriders say."""

    name: str
    services: tuple[str, ...]
    problem: str
    indicator: str
    fires: float
    answered: float
    accepted: float
    reasons: tuple[str, ...]
    adds: tuple[str, ...] = ()


RULES = (
    MadeRule("magnesium_is_critically_low", (VIEW,), "low_magnesium", "critical", 0.003, 0.95, 0.93, (_DONE,)),
    MadeRule("magnesium_is_severely_low", (VIEW,), "low_magnesium", "critical", 0.008, 0.9, 0.86, (_DONE, _CONTRA)),
    MadeRule(
        "magnesium_is_moderately_low",
        (VIEW,),
        "low_magnesium",
        "warning",
        0.022,
        0.75,
        0.68,
        (_EXISTS, _EXISTS, _DONE, _CONTRA, _LATER),
        ("drugs_cause_low_magnesium", "potassium_is_low_too"),
    ),
    MadeRule(
        "magnesium_is_mildly_low",
        (VIEW,),
        "low_magnesium",
        "info",
        0.06,
        0.5,
        0.42,
        (_NOT_PRIORITY, _NOT_PRIORITY, _NOT_PRIORITY, _EXISTS, _NO_TIME, ""),
        ("drugs_cause_low_magnesium", "kidneys_limit_magnesium"),
    ),
    MadeRule(
        "ppi_needs_baseline_magnesium",
        (VIEW,),
        "look_for_low",
        "info",
        0.09,
        0.6,
        0.12,
        (_NOT_PRIORITY, _NOT_PRIORITY, _NOT_PRIORITY, _DONE, _NO_TIME),
    ),
    MadeRule("magnesium_is_high", (VIEW,), "high_magnesium", "warning", 0.004, 0.7, 0.6, (_DONE, _EXISTS)),
    MadeRule(
        "draft_prolongs_qt", (SELECT, SIGN), "draft_qt", "warning", 0.05, 0.8, 0.38, (_CONTRA, _EXISTS, _LATER, _DONE)
    ),
    MadeRule("draft_lowers_magnesium", (SELECT,), "draft_depletes", "info", 0.04, 0.5, 0.33, (_EXISTS, _NOT_PRIORITY)),
    MadeRule("draft_magnesium_is_unsafe", (SIGN,), "draft_magnesium", "critical", 0.006, 0.97, 0.9, (_CONTRA,)),
    MadeRule("magnesium_blocks_absorption", (SELECT, SIGN), "interaction", "info", 0.02, 0.55, 0.57, (_NO_TIME, "")),
    MadeRule("sample_is_haemolysed", (VIEW,), "data_quality", "info", 0.00005, 0.5, 0.5, (_DONE,)),
)


def made_entries(until: date, days: int, calls_a_day: int, seed: int = 7) -> Iterator[dict[str, object]]:
    """Entries as the spool holds them, of that many days up to and including `until`."""
    random = Random(seed)
    for number in range(days):
        day = until - timedelta(days=days - 1 - number)
        weight = 0.55 if day.weekday() >= 5 else 1.0
        calls = max(1, round(calls_a_day * weight * random.uniform(0.93, 1.07)))
        changed, bad = number >= days * _CHANGE, number == int(days * _BAD_DAY)
        for _ in range(calls):
            yield from _call(random, day, changed, bad)
        if number % 9 == 4:
            yield _feedback(random, made_id(random), VIEW, day, 0.5, (_DONE,))


def made_id(random: Random) -> str:
    """An id like that of an answer, a card, a suggestion."""
    digits = f"{random.getrandbits(128):032x}"
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"


def load(engine: Engine, entries: Iterable[dict[str, object]]) -> int:
    """Put entries into the tables of a migrated database; how many."""
    loaded, entries = 0, iter(entries)
    while batch := list(islice(entries, _BATCH)):
        with engine.begin() as connection:
            for table, rows in rows_of(batch).items():
                insert_new(connection, table, rows)
        loaded += len(batch)
    return loaded


def _call(random: Random, day: date, changed: bool, bad: bool) -> Iterator[dict[str, object]]:
    service = random.choices((VIEW, SELECT, SIGN), (6, 3, 2))[0]
    missing = {} if random.random() > (0.6 if bad else 0.04) else _missing(random, bad)
    status = 412 if "magnesium" in missing else 200 if random.random() > 0.0006 else 500
    hour = random.choices(range(24), _DAYTIME)[0]
    at = datetime(day.year, day.month, day.day, hour, random.randrange(60), random.randrange(60), tzinfo=UTC)
    speaking = [rule for rule in RULES if status == 200 and random.random() < _chance(rule, service, changed)][:3]
    quiet = [rule for rule in speaking if random.random() < 0.12]
    cards = [_card(random, rule) for rule in speaking if rule not in quiet]
    yield {
        "kind": "answer",
        "id": made_id(random),
        "at": at.timestamp(),
        "service": service,
        "status": status,
        "ms": round(random.lognormvariate(1.1, 0.6) + (random.uniform(20, 380) if missing and bad else 0), 2),
        "client": "north-hospital" if random.random() < 0.7 else "south-clinic",
        "unit": random.choice(UNITS),
        "tenant": "",
        "missing": missing,
        "knowledge": VERSIONS[changed] if status == 200 else "",
        "cards": cards,
        "on_trial": [],
        "trial_status": None,
        "quiet": [rule.name for rule in quiet],
        "read": {"medicine": [1, 9], "result": [0, 12]} if status == 200 else {},
        "unread": [],
    }
    for rule, card in zip([rule for rule in speaking if rule not in quiet], cards, strict=True):
        if random.random() < rule.answered:
            yield _feedback(random, str(card["id"]), service, day, rule.accepted, rule.reasons)


def _chance(rule: MadeRule, service: str, changed: bool) -> float:
    if service not in rule.services:
        return 0.0
    return rule.fires * (0.3 if changed and rule.name == "ppi_needs_baseline_magnesium" else 1.0)


def _missing(random: Random, bad: bool) -> dict[str, str]:
    keys = random.sample(("magnesium", "results", "statements", "conditions", "medications"), 2)
    why = ("timeout", "circuit-open", "no-connection") if bad else ("missing", "out-of-scope", "timeout")
    return {key: random.choice(why) for key in keys}


def _card(random: Random, rule: MadeRule) -> dict[str, object]:
    return {
        "id": made_id(random),
        "problem": rule.problem,
        "indicator": rule.indicator,
        "rules": [rule.name, *(name for name in rule.adds if random.random() < 0.6)],
        "suggestions": [made_id(random)],
    }


def _feedback(
    random: Random, card: str, service: str, day: date, accepted: float, reasons: tuple[str, ...]
) -> dict[str, object]:
    received = datetime(day.year, day.month, day.day, 23, random.randrange(60), tzinfo=UTC)
    took = random.random() < accepted
    return {
        "kind": "feedback",
        "id": f"{random.getrandbits(256):064x}",
        "card": card,
        "service": service,
        "outcome": "accepted" if took else "overridden",
        "suggestion": made_id(random) if took else "",
        "reason": "" if took else random.choice(reasons),
        "comment": "",
        "outcome_at": received.isoformat(),
        "received": received.timestamp(),
        "client": "north-hospital",
    }
