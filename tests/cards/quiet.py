"""Well patients: normal or no magnesium, ordinary medicines and diagnoses, in shorthand, the same on every run."""

from collections.abc import Iterator
from random import Random
from typing import Any

Json = dict[str, Any]

HOOKS = ("patient-view", "order-select", "order-sign", "encounter-discharge", "medication-refill")
COUNT = 300
# (text, RxCUI): one proton pump inhibitor at most, and no diuretic, digoxin or torsades-risk drug beside it
MEDICINES = (
    *(("amlodipine 5 MG oral tablet", 17767), ("metformin 500 MG oral tablet", 6809), ("lisinopril 10 MG", 29046)),
    *(("atorvastatin 20 MG oral tablet", 83367), ("levothyroxine 100 MCG oral tablet", 10582)),
    *(("paracetamol 500 MG oral tablet", 161), ("omeprazole 20 MG oral capsule", 7646)),
    *(("sertraline 50 MG oral tablet", 36437), ("insulin glargine 100 UNT/ML", 253182), ("aspirin 81 MG", 1191)),
    *(("bisoprolol 5 MG oral tablet", 19484), ("empagliflozin 10 MG oral tablet", 1545653)),
    *(("timolol ophthalmic solution", 10600), ("salbutamol inhaler", 435), ("folic acid 1 MG oral tablet", 4511)),
)
# medicines for which magnesium is watched: with a normal recent value there is still nothing to say
WATCHED = (
    *(("furosemide 40 MG oral tablet", 4603), ("hydrochlorothiazide 25 MG oral tablet", 5487)),
    *(("digoxin 0.125 MG oral tablet", 3407), ("citalopram 20 MG oral tablet", 2556), ("omeprazole 20 MG", 7646)),
)
WATCHED_DRAFTS = ("omeprazole 20 MG oral capsule", "citalopram 20 MG oral tablet", "furosemide 40 MG oral tablet")
WATCHED_SHARE = 0.3
DRAFTS = ("paracetamol 500 MG oral tablet", "amoxicillin 500 MG oral capsule", "influenza vaccine", "amlodipine 5 MG")
DIAGNOSES = (
    *("I10", "E78.5", "E11.9", "M17.9", "J45.909", "F32.9", "K21.9", "E03.9", "N40.0", "M54.50", "H40.9"),
    *("Osteoarthritis", "Seasonal allergic rhinitis", "No history of seizures", "Family history of long QT syndrome"),
    *("Non-alcoholic fatty liver disease", "Gestational diabetes, resolved", "Heartburn", "Vitamin D deficiency"),
)


def patients(seed: int = 20261123, count: int = COUNT) -> Iterator[Json]:
    """Charts in shorthand."""
    random = Random(seed)
    for _ in range(count):
        yield _patient(random)


def _patient(random: Random) -> Json:
    if random.random() < WATCHED_SHARE:
        return _watched(random)
    inpatient = random.random() < 0.3
    hours = random.uniform(1, 20 if inpatient else 1500)
    chart: Json = {
        "patient": {"age": random.randint(18, 92), "sex": random.choice(("female", "male"))},
        "setting": "inpatient" if inpatient else "ambulatory",
        "labs": _labs(random, hours),
        "medications": [
            {"text": text, "rxcui": code, "days": random.randint(1, 3000)}
            for text, code in random.sample(MEDICINES, random.randint(0, 7))
        ],
        "conditions": [
            {"code": code, "days": random.randint(1, 5000)} for code in random.sample(DIAGNOSES, random.randint(0, 5))
        ],
    }
    if random.random() < 0.7:
        chart["magnesium"] = _magnesium(random, hours)
    return chart


def _watched(random: Random) -> Json:
    """Someone on medicines that lower magnesium or need it, measured and normal within a month, in hospital or not."""
    inpatient = random.random() < 0.5
    hours = random.uniform(1, 700)
    return {
        "patient": {"age": random.randint(40, 92), "sex": random.choice(("female", "male"))},
        "setting": "inpatient" if inpatient else "ambulatory",
        "labs": _labs(random, hours),
        "medications": [
            {"text": text, "rxcui": code, "days": random.randint(1, 3000)}
            for text, code in random.sample(WATCHED, random.randint(1, 3))
        ],
        "conditions": ["I10"],
        "magnesium": _magnesium(random, hours, lowest=0.86),
        "watched": True,
    }


def _magnesium(random: Random, hours: float, lowest: float = 0.75) -> Json:
    x = random.uniform(lowest, 1.05)
    unit, factor, digits = random.choice((("mmol/L", 1, 2), ("mg/dL", 2.4305, 1), ("mEq/L", 2, 2)))
    return {"value": max(round(x * factor, digits), lowest * factor), "unit": unit, "hours_ago": hours}


def _labs(random: Random, hours: float) -> Json:
    labs = {
        "egfr": (random.randint(50, 110), None),
        "potassium": (round(random.uniform(3.6, 5.0), 1), None),
        "calcium": (round(random.uniform(8.8, 10.2), 1), None),
        "albumin": (random.randint(36, 48), None),
        "qtc": (random.randint(380, 455), None),
    }
    return {name: [*told, hours] for name, told in labs.items() if random.random() < 0.7}


def on_hook(chart: Json, hook: str, number: int) -> Json:
    """The chart as this hook sees it: an ordinary order is drafted, all goes home, or all is renewed."""
    if hook == "encounter-discharge":
        return {**chart, "hook": hook, "medications": [{**m, "category": "discharge"} for m in chart["medications"]]}
    if hook == "medication-refill":
        drafts = [{key: m[key] for key in ("text", "rxcui")} for m in chart["medications"]]
        return {**chart, "hook": hook, "drafts": drafts}
    ordinary = WATCHED_DRAFTS if chart.get("watched") else DRAFTS
    drafts = [] if hook == "patient-view" else [{"text": ordinary[number % len(ordinary)]}]
    return {**chart, "hook": hook, "drafts": drafts}
