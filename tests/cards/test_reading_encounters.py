"""Where the patient is: classes, words, the site's own map, and what cannot be told (clinical rule s.0.6)."""

from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards import KnowledgeError, Snapshot, load_knowledge
from cards.chart import Chart as PatientChart
from cards.model import Freshness, Setting
from tests.cards.chart import NOW, Json, ago, knowledge, observation, snapshot
from tests.cards.test_properties import examples

V3: tuple[str, ...] = (
    "http://terminology.hl7.org/CodeSystem/v3-ActCode",
    "http://hl7.org/fhir/v3/ActCode",
    "v3-ActCode",
    "",
)
V3 += ("https://terminology.hl7.org/CodeSystem/v3-ActCode/", "urn:oid:2.16.840.1.113883.5.4", "2.16.840.1.113883.5.4")
V2 = ("http://terminology.hl7.org/CodeSystem/v2-0004", "http://hl7.org/fhir/v2/0004", "urn:oid:2.16.840.1.113883.18.5")
LOCAL = "urn:oid:2.999.1.2"


def encounter(ident: str = "e1", hours_ago: float = 48, of: Any = None, **more: Any) -> Json:
    """An encounter in progress, of a class."""
    more = {**more, "class": of} if of is not None else more
    told = {"resourceType": "Encounter", "id": ident, "status": "in-progress", "period": {"start": ago(hours_ago)}}
    return {**told, **more}


def facts(*encounters: Json, named: str | None = "e1", site: str = "", **more: list[Json]) -> PatientChart:
    """What is known of a chart with these encounters."""
    shot = snapshot({})
    known = load_knowledge(files("cards.knowledge"), site) if site else knowledge()
    resources = {**shot.resources, "encounters": list(encounters), **more}
    return PatientChart(Snapshot("patient-view", "p1", resources, encounter_id=named), known, NOW)


def setting(system: str, code: str, display: str = "", **more: Any) -> Setting:
    """The setting of an encounter of one class."""
    return facts(encounter(of={"system": system, "code": code, "display": display}, **more)).setting


@pytest.mark.parametrize("system", V3)
def test_hl7_v3_classes_in_every_spelling_of_their_system(system: str) -> None:
    told = {c: setting(system, c).value for c in ("IMP", "acute", "OBSENC", "SS", "EMER", "AMB", "VR", "FLD", "PRENC")}
    assert told == {
        **dict.fromkeys(("IMP", "acute", "OBSENC", "SS"), "inpatient"),
        "EMER": "emergency",
        "AMB": "ambulatory",
        "VR": "ambulatory",
        "FLD": "unknown",
        "PRENC": "ambulatory",
    }


@pytest.mark.parametrize("system", V2)
def test_hl7_v2_classes_in_every_spelling_of_their_system(system: str) -> None:
    told = {c: setting(system, c).value for c in "IEOPRBCNU"}
    assert told == {
        "I": "inpatient",
        "E": "emergency",
        "O": "ambulatory",
        "P": "ambulatory",
        "R": "ambulatory",
        "B": "inpatient",
        "C": "unknown",
        "N": "unknown",
        "U": "unknown",
    }


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        *(
            ("Hospital Encounter", "inpatient"),
            ("OBS", "inpatient"),
            ("Aufnahme stationär", "inpatient"),
            ("ICU", "inpatient"),
        ),
        *(("Emergency", "emergency"), ("ED", "emergency"), ("Notaufnahme", "emergency"), ("Urgences", "emergency")),
        *(("Infusion Center visit", "day unit"), ("Day Ward", "day unit"), ("Dialysis", "day unit")),
        *(("Chemotherapy, inpatient", "inpatient"), ("Dialysis on the ward", "inpatient")),
        *(("Office Visit", "ambulatory"), ("Outpatient in a hospital", "ambulatory"), ("Telehealth", "ambulatory")),
        *(("ed", "unknown"), ("Edward", "unknown"), ("Steward visit", "unknown"), ("HOV", "unknown"), ("", "unknown")),
    ],
)
def test_words_of_a_class_nobody_knows(words: str, expected: str) -> None:
    elsewhere: tuple[Json, ...] = ({"type": [{"text": words}]}, {"serviceType": {"coding": [{"display": words}]}})
    assert setting(LOCAL, "4", words).value == expected
    assert [setting(LOCAL, "4", **told).value for told in elsewhere] == [expected] * 2


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        *(("normalstationär", "inpatient"), ("vollstationaer", "inpatient"), ("Intensivstation 2", "inpatient")),
        *(("MICU", "inpatient"), ("Réanimation", "inpatient"), ("Terapia intensiva", "inpatient")),
        *(("teilstationär", "day unit"), ("Tagesklinik", "day unit"), ("Hôpital de jour", "day unit")),
        *(("vorstationär", "ambulatory"), ("Poliklinik", "ambulatory"), ("Consulta externa", "ambulatory")),
        *(("Urgencias", "emergency"), ("Pronto soccorso", "emergency"), ("Akutmottagning", "emergency")),
    ],
)
def test_words_of_a_class_in_other_languages(words: str, expected: str) -> None:
    assert setting(LOCAL, "4", words).value == expected


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        *(("inpatient", "inpatient"), ("Emergency", "emergency"), ("OUTPATIENT", "ambulatory"), ("other", "unknown")),
        *(([{"coding": [{"system": LOCAL, "code": "normalstationaer"}]}], "inpatient"), ("ED", "unknown")),
    ],
)
def test_a_code_that_is_a_word_is_read_as_one(told: Any, expected: str) -> None:
    key = "class" if isinstance(told, str) else "type"
    assert facts({**encounter(of={"code": "XYZ"}), key: told}).setting.value == expected
    if isinstance(told, str):
        assert setting(LOCAL, told).value == expected


def place(name: str, **more: Any) -> Json:
    return {"location": {"display": name}, **more}


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        *(([place("Medical ICU")], "inpatient"), ([place("Emergency Department"), place("Ward 5")], "inpatient")),
        *(([place("Mayo Clinic, room 3")], "unknown"), ([place("Home")], "unknown"), ([{}], "unknown")),
        ([place("Emergency Department", status="completed"), place("Ward 5", status="active")], "inpatient"),
        ([place("ICU", status="planned")], "unknown"),
        ([place("ICU", period={"start": "2026-11-20", "end": "2026-11-21"})], "unknown"),
    ],
)
def test_the_name_of_a_place_tells_where_somebody_lies(places: list[Json], expected: str) -> None:
    assert facts(encounter(of={"system": LOCAL, "code": "7"}, location=places)).setting.value == expected
    assert setting(V3[0], "AMB", location=places) is Setting.AMBULATORY


def test_words_make_a_recurring_visit_a_day_unit_but_no_ward_of_a_visit() -> None:
    told = [{"text": "Haemodialysis / dialysis session"}]
    assert [setting(V2[0], "R", type=told), setting(V3[0], "AMB", type=told)] == [Setting.DAY_UNIT] * 2
    assert setting(V3[0], "IMP", type=told) is Setting.INPATIENT
    assert setting(V3[0], "AMB", type=[{"text": "Ward round"}]) is Setting.AMBULATORY


def test_a_list_of_concepts_as_later_fhir_has_it() -> None:
    classes = [{"coding": [{"system": LOCAL, "code": "9"}]}, {"coding": [{"system": V3[0], "code": "EMER"}]}]
    assert facts(encounter(of=classes)).setting is Setting.EMERGENCY
    assert facts(encounter(of=[{"text": "Inpatient"}])).setting is Setting.INPATIENT


@pytest.mark.parametrize("listed", [(), (encounter(),), (encounter(of={"code": "XYZ"}),)])
def test_what_cannot_be_told_is_not_known(listed: tuple[Json, ...]) -> None:
    found = facts(*listed)
    assert found.setting is Setting.UNKNOWN and not found.inpatient


def test_the_sites_map_comes_first() -> None:
    site = "encounter_classes:\n  - {system: 'urn:oid:2.999.1.2', code: '4', setting: day unit}\n"
    shown = encounter(of={"system": LOCAL, "code": "4", "display": "Office Visit"})
    assert facts(shown, site=site).setting is Setting.DAY_UNIT
    assert facts(shown).setting is Setting.AMBULATORY


@pytest.mark.parametrize(
    ("site", "reason"),
    [
        ("encounter_classes:\n  - {system: a, code: b, setting: ward}\n", "allowed: inpatient, emergency, day unit"),
        ("encounter_classes:\n  - {system: a, code: b}\n", "needs exactly code, setting, system"),
        ("encounter_classes: {a: b}\n", "needs a list"),
        ("time_zone: Mars/Olympus\n", "time_zone is 'Mars/Olympus'"),
        ("time_zone: ../etc/passwd\n", "a name of the IANA time zones"),
        ("time_zone: [UTC]\n", "time_zone needs a text"),
    ],
)
def test_a_wrong_map_or_zone_is_refused_with_its_line(site: str, reason: str) -> None:
    with pytest.raises(KnowledgeError, match="site") as refused:
        load_knowledge(files("cards.knowledge"), site, "site.yaml")
    assert reason in str(refused.value)


WARD, CLINIC = {"code": "IMP"}, {"code": "AMB"}


def test_the_encounter_of_the_call_else_the_one_that_began_last() -> None:
    listed = [encounter("ward", 72, of=WARD), encounter("visit", 2, of=CLINIC)]
    assert facts(*listed, named="Encounter/ward").setting is Setting.INPATIENT
    assert facts(*listed, named=None).setting is Setting.AMBULATORY
    ended = encounter("old", 1, of=WARD, status="finished")
    assert facts(*listed, ended, named="gone").setting is Setting.AMBULATORY


@examples
@given(st.permutations(range(5)))
def test_the_order_of_encounters_never_matters(order: list[int]) -> None:
    listed = [encounter("a", 30, of=CLINIC), encounter("b", 5, of=CLINIC), encounter("c", 5, of=WARD)]
    listed += [encounter("d", 1, of=CLINIC, status="planned"), encounter("f", 5, of=CLINIC)]
    found = facts(*(listed[n] for n in order), named=None)
    assert found.setting is Setting.INPATIENT


def magnesium(hours_ago: float) -> list[Json]:
    """One result."""
    return [observation("o1", "magnesium", {"value": 1.1, "hours_ago": hours_ago})]


@pytest.mark.parametrize(
    ("days", "seen_days_ago", "expected"),
    [(61, 8, "unknown"), (61, 6, "inpatient"), (59, 8, "inpatient"), (400, None, "unknown")],
)
def test_a_stay_that_nobody_closed_is_not_known(days: float, seen_days_ago: float | None, expected: str) -> None:
    results = magnesium(seen_days_ago * 24) if seen_days_ago else []
    assert facts(encounter(hours_ago=days * 24, of=WARD), magnesium=results).setting.value == expected


ACT, REPEAT, OLD = Freshness.ACTIONABLE, Freshness.REPEAT_FIRST, Freshness.TOO_OLD


@pytest.mark.parametrize(
    ("told", "ages"),
    [
        ({"of": {"code": "IMP"}}, {23: ACT, 25: REPEAT, 71: REPEAT, 73: OLD}),
        ({"of": {"code": "EMER"}}, {23: ACT, 25: REPEAT, 73: OLD}),
        ({"of": {"code": "AMB"}, "type": [{"text": "Infusion clinic"}]}, {23: ACT, 25: REPEAT, 73: OLD}),
        ({"of": {"code": "AMB"}}, {330: ACT, 340: REPEAT, 2150: REPEAT, 2170: OLD}),
        ({}, {23: ACT, 25: REPEAT, 330: REPEAT, 340: OLD}),
    ],
)
def test_how_long_a_result_is_good_for(told: Json, ages: dict[float, Freshness]) -> None:
    shown = encounter(hours_ago=1, **told)
    found = {age: facts(shown, magnesium=magnesium(age)).magnesium for age in ages}
    assert {age: m and m.freshness for age, m in found.items()} == ages


@pytest.mark.parametrize(("told", "days"), [({"of": {"code": "IMP"}}, 7), ({}, 7), ({"of": {"code": "AMB"}}, 90)])
def test_how_long_the_kidneys_are_known(told: Json, days: int) -> None:
    results = [[observation("k", "egfr", {"value": 90, "hours_ago": days * 24 + more})] for more in (-1, 1)]
    assert [facts(encounter(**told), results=listed).renal.egfr for listed in results] == [90, None]


def test_in_a_day_unit_the_kidneys_are_known_for_a_month() -> None:
    shown = encounter(of={"code": "AMB"}, type=[{"text": "Dialysis"}])
    results = [[observation("k", "egfr", {"value": 90, "hours_ago": hours})] for hours in (719, 721)]
    assert [facts(shown, results=listed).renal.egfr for listed in results] == [90, None]
