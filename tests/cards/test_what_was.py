"""Words that tell what was, is not yet or will not be deny a condition; words of another thing do not."""

from datetime import UTC, datetime, timedelta

import pytest

from cards.chart.conditions import conditions_by_category
from cards.chart.still_counts import Stay
from tests.cards.chart import knowledge

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
STAY = Stay(NOW, "e1", NOW - timedelta(hours=30), acts_as_inpatient=True)
RECORDED = (NOW - timedelta(hours=3)).isoformat()
IS = {
    "dialysis": (
        "On dialysis since 2019",
        "PMH: dialysis MWF",
        "History: on dialysis since 2019",
        "Haemodialysis MWF",
        "Dialysis started 3 years ago",
        "Started haemodialysis in 2019",
        "Scheduled haemodialysis MWF",
        "ESRD on dialysis, declined transplant",
        "Dialysis, referred for transplant",
        "Declined transplant, on dialysis",
        "Declining renal function on dialysis",
        "AKI requiring dialysis",
        "Dialysis dependent, previous transplant",
        "Dialysis, history of diabetes",
        "Dialysis 2019",
        "Dialysis in 2026",
        "Needs dialysis",
        "Dialysis fistula in situ, dialysis via it",
    ),
    "hypotension": (
        "Septic shock",
        "Septic shock, history of diabetes",
        "Septic shock not resolved",
        "Septic shock, not yet resolved",
        "Septic shock partially resolved",
        "Septic shock not ruled out",
        "Septic shock, previous stroke",
        "Cardiogenic shock - prior MI",
        "Shock 2026",
        "72 year old septic shock",
        "Anaphylactic shock to penicillin",
        "Septic shock, mother notified",
        "Shock, pneumonia 2019",
        "Shock since this morning",
        "Hypotension (history of COPD)",
    ),
    "seizure": (
        "Seizure, history of alcohol use",
        "Seizure 3 days ago",
        "New seizure in the past 24 hours",
        "Seizure, previous stroke 2019",
        "Seizure, prior craniotomy",
        "Seizure in 2026",
        "Seizure. Past history: stroke",
    ),
    "torsades": ("Torsades, previously on sotalol",),
    "av_block": (
        "Complete heart block in 2019",
        "History of complete heart block",
        "Complete heart block, history",
    ),
    "myasthenia": (
        "Myasthenia gravis, resolved",
        "Myasthenia gravis in remission",
        "Myasthenia gravis (2003)",
        "H/o myasthenia gravis",
    ),
    "respiratory_failure": (
        "Acute respiratory failure, history of COPD",
        "Respiratory failure, intubation declined",
    ),
    "aki": (
        "AKI (KDIGO 2012)",
        "AKI, eGFR 20 (CKD-EPI 2021)",
        "AKI on CKD, previous baseline 1.0",
    ),
    "pre_eclampsia": ("Pre-eclampsia, previous caesarean",),
    "peptic_bleeding": ("GI bleed, history",),
    "crrt": (
        "On CRRT",
        "CRRT started",
    ),
    "ventilated": ("Intubated and ventilated",),
    "pacemaker": (
        "Pacemaker 2019",
        "Pacemaker in situ",
    ),
    "vomiting": ("Vomiting, history of migraine",),
    "bowel_obstruction": ("Small bowel obstruction, prior surgery",),
}
WAS = {
    "dialysis": (
        "Dialysis fistula planned",
        "Planned dialysis",
        "Dialysis booked for March",
        "Referral for dialysis access",
        "Dialysis referral made",
        "Declined dialysis",
        "Dialysis declined",
        "Dialysis refused by patient",
        "History of dialysis",
        "Dialysis, history",
        "Dialysis (history)",
        "H/o dialysis",
        "Dialysis in 2019",
        "Temporary dialysis in 2019",
        "Previous dialysis",
        "Dialysis - previous",
        "Off dialysis",
        "Dialysis access referral",
        "Haemodialysis, planned",
        "Dialysis fistula booked",
    ),
    "hypotension": (
        "Anaphylactic shock, history of",
        "Anaphylactic shock, history",
        "Anaphylactic shock (history of)",
        "Septic shock in 2019",
        "Septic shock (2019)",
        "Septic shock, 2019",
        "2019: septic shock",
        "Septic shock 3/2019",
        "Septic shock, March 2019",
        "Septic shock hx",
        "Septic shock, resolved",
        "Septic shock 2 years ago",
        "S/P septic shock",
        "Septic shock - prior",
        "Anaphylactic shock to penicillin, history",
        "Septic shock 2 months ago",
        "Septic shock as a child",
    ),
    "seizure": (
        "Seizure (2015)",
        "Seizures in childhood",
        "Childhood seizures",
        "Seizure, hx",
        "PMH: seizure",
        "Seizure h/o",
        "Seizures, mother",
        "Seizure (family history)",
    ),
    "pre_eclampsia": (
        "Pre-eclampsia in previous pregnancy",
        "Pre-eclampsia, previous",
        "Pre-eclampsia 2019",
    ),
    "respiratory_failure": (
        "Acute respiratory failure (2020)",
        "Acute respiratory failure due to COVID in 2020",
        "Acute respiratory failure, recovered",
    ),
    "aki": (
        "AKI 2021",
        "AKI (2021), resolved",
        "AKI (prerenal), resolved",
        "AKI, resolved",
        "AKI - hx",
    ),
    "ventilated": (
        "Intubation planned",
        "Mechanical ventilation, declined",
    ),
    "pacemaker": (
        "Pacemaker booked",
        "Referral for pacemaker",
        "Pacemaker declined",
        "Pacemaker planned",
    ),
    "crrt": (
        "CRRT booked",
        "CRRT, history",
    ),
    "tetany": ("Tetany, history",),
    "bowel_obstruction": ("Small bowel obstruction in 2018",),
    "pregnancy": ("Planning pregnancy",),
    "alcohol_withdrawal": ("Alcohol withdrawal 2016",),
    "vomiting": ("Vomiting, resolved",),
}


def found(text: str, **more: object) -> frozenset[str]:
    problem = {"resourceType": "Condition", "id": "c", "code": {"text": text}, "recordedDate": RECORDED, **more}
    return frozenset(conditions_by_category([problem], knowledge(), STAY))


@pytest.mark.parametrize("category", IS)
def test_it_is(category: str) -> None:
    assert [text for text in IS[category] if category not in found(text)] == []


@pytest.mark.parametrize("category", WAS)
def test_it_was_or_is_not_yet(category: str) -> None:
    assert [text for text in WAS[category] if category in found(text)] == []


@pytest.mark.parametrize(
    "text", ["Torsades in 2019", "Torsades de pointes (2019)", "2019: torsades", "Torsades, May 2019"]
)
def test_a_past_year_dates_what_nobody_else_dated(text: str) -> None:
    problem = {"resourceType": "Condition", "id": "c", "code": {"text": text}, "recordedDate": RECORDED}
    (told,) = (c for name, c in conditions_by_category([problem], knowledge(), STAY).items() if name == "torsades")
    assert told.since is not None and told.since.year == 2019


def test_an_onset_that_is_dated_stands() -> None:
    assert "hypotension" in found("Septic shock (2019)", onsetDateTime=RECORDED)


def test_words_take_the_code_away() -> None:
    coded = {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "R65.21"}]}
    assert "hypotension" in found("", code=coded | {"text": "Septic shock, previous stroke"})
    assert "hypotension" not in found("", code=coded | {"text": "Septic shock, previous"})
