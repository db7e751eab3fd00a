"""Who is looked after already is left in peace when going home and when prescriptions are renewed."""

from random import Random

from tests.cards import answer
from tests.cards.chart import Json, decide, snapshot
from tests.cards.quiet import COUNT

_TABLETS = {"text": "Magnesium oxide 400 mg tablet", "category": "discharge"}
_LOWERING = ("Furosemide 40 mg", "Omeprazole 20 mg", "Hydrochlorothiazide 25 mg", "Tacrolimus 1 mg")


def _goes_home(random: Random) -> Json:
    """Low or corrected in the stay, on what lowers magnesium; tablets go home, and a level is ordered."""
    drugs = random.sample(_LOWERING, random.randint(1, 3))
    return {
        "hook": "encounter-discharge",
        "setting": "inpatient",
        "patient": {"age": random.randint(18, 92)},
        "magnesium": {"value": random.randint(50, 107) / 100, "unit": "mmol/L", "hours_ago": random.uniform(1, 160)},
        "labs": {"egfr": random.randint(30, 110)},
        "medications": [_TABLETS, *({"text": t, "category": "discharge", "days": 400} for t in drugs)],
        "tests": [{"analyte": "magnesium", "in_days": random.randint(1, 14)}],
    }


def _renews(random: Random) -> Json:
    """On what lowers magnesium or on magnesium itself, with level, potassium and kidneys known within the interval."""
    hours = random.uniform(1, 2100)
    labs = {name: [value, None, hours] for name, value in (("egfr", random.randint(30, 110)), ("potassium", 4.2))}
    every = (*_LOWERING, "Magnesium oxide 400 mg tablet", "Sotalol 80 mg", "Digoxin 125 mcg")
    return {
        "hook": "medication-refill",
        "patient": {"age": random.randint(18, 92)},
        "magnesium": {"value": random.randint(70, 107) / 100, "unit": "mmol/L", "hours_ago": hours},
        "labs": labs,
        "medications": [{"text": text, "days": 800} for text in every],
        "drafts": random.sample(every, random.randint(1, 4)),
    }


def test_who_goes_home_looked_after_gets_no_card() -> None:
    random = Random(21)
    spoken = [c for _ in range(COUNT) for c in decide(snapshot(_goes_home(random))).cards]
    assert not spoken, answer.text_of(spoken[0])


def test_who_is_measured_in_the_interval_renews_without_a_card() -> None:
    random = Random(21)
    spoken = [c for _ in range(COUNT) for c in decide(snapshot(_renews(random))).cards]
    assert not spoken, answer.text_of(spoken[0])
