"""Decisions about one invented patient with a site file, and copies of the knowledge folder to spoil."""

import shutil
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import resources
from itertools import count
from pathlib import Path
from typing import Any

from cards import INPUTS, Decision, Knowledge, Snapshot, decide, load_knowledge

Json = dict[str, Any]
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ROOT = Path(__file__).parents[2]
FOLDER = resources.files("cards.knowledge")
LOINC, RXNORM = "http://loinc.org", "http://www.nlm.nih.gov/research/umls/rxnorm"
MAGNESIUM, EGFR, POTASSIUM = (LOINC, "19123-9"), (LOINC, "98979-8"), (LOINC, "2823-3")


@cache
def knowledge(site: str | None = None) -> Knowledge:
    """The shipped knowledge, changed by a site file's text."""
    return load_knowledge(FOLDER, site, "site.yaml")


def example(name: str) -> str:
    """The text of a site file of the documentation."""
    return (ROOT / "docs" / "site" / name).read_text(encoding="utf-8")


def result(code: tuple[str, str], value: float, unit: str, hours: float = 2) -> Json:
    """An Observation."""
    return {
        "resourceType": "Observation",
        "id": f"{code[1]}-{hours:g}",
        "status": "final",
        "code": {"coding": [{"system": code[0], "code": code[1]}]},
        "effectiveDateTime": (NOW - timedelta(hours=hours)).isoformat(),
        "valueQuantity": {"value": value, "unit": unit},
    }


def order(system: str, code: str, status: str = "active", **more: Any) -> Json:
    """A MedicationRequest that says no more than a code."""
    concept = {"coding": [{"system": system, "code": code}]}
    told = {"resourceType": "MedicationRequest", "id": f"rx-{code}", "status": status, "intent": "order"}
    return {**told, "medicationCodeableConcept": concept, "authoredOn": "2026-01-01", **more}


def ask(
    site: str | None, magnesium: Json | None, *medicines: Json, egfr: float = 90, inpatient: bool = False
) -> Decision:
    """What is said on opening the chart of a woman of 56."""
    stay = {"resourceType": "Encounter", "id": "e1", "status": "in-progress"}
    stay["class"] = {"code": "IMP" if inpatient else "AMB"}
    found: dict[str, list[Json]] = {
        **{asked.key: [] for asked in INPUTS},
        "patient": [{"resourceType": "Patient", "id": "p1", "birthDate": "1970-05-05", "gender": "female"}],
        "magnesium": [magnesium] if magnesium else [],
        "results": [result(EGFR, egfr, "mL/min/{1.73_m2}"), result(POTASSIUM, 4.2, "mmol/L")],
        "medications": list(medicines),
        "encounters": [stay],
    }
    numbers = count(1)
    snapshot = Snapshot("patient-view", "p1", found, encounter_id="e1" if inpatient else None)
    return decide(snapshot, knowledge(site), NOW, lambda: f"00000000-0000-4000-8000-{next(numbers):012d}")


def first(decision: Decision) -> Json:
    """The first card."""
    return decision.cards[0].body


def drafted(decision: Decision) -> Json:
    """The first medication order that the first card offers."""
    actions = (action for suggestion in first(decision)["suggestions"] for action in suggestion["actions"])
    found: Json = next(a["resource"] for a in actions if a["resource"]["resourceType"] == "MedicationRequest")
    return found


def copy_of_knowledge(folder: Path) -> Path:
    """The knowledge files in a folder of their own."""
    target = folder / "knowledge"
    shutil.copytree(Path(str(FOLDER)), target, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return target


def change(path: Path, old: str, new: str) -> None:
    """Replace a text that must be there."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
