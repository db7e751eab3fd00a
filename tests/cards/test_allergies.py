"""The allergy list: every spelling of an entry is read, and no answer suggests what it forbids."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards.chart import Chart
from cards.chart.allergies import allergies
from cards.chart.inputs import prefetch_templates
from cards.chart.sorting import Kind, What, Why
from cards.judgements import assess
from cards.model import About, Allergy
from cards.model.protocol_answer import Facts
from cards.protocol.bounds import bounds_of
from tests.cards import answer
from tests.cards.chart import ATC, NOW, RXNORM, SNOMED, Json, decide, knowledge, knowledge_of, snapshot
from tests.cards.each_case import ask_each, of_every_rule
from tests.cards.patients import charts, treatable
from tests.cards.test_properties import examples


def entry(concept: Any = None, **more: Any) -> Json:
    """An AllergyIntolerance; words alone stand for its code."""
    code = {"text": concept} if isinstance(concept, str) else concept or {}
    return {"resourceType": "AllergyIntolerance", "code": code, **more}


def coded(system: str, code: str) -> Json:
    """A concept of one code."""
    return {"coding": [{"system": system, "code": code}]}


def read(*entries: Json) -> tuple[Allergy, ...]:
    """What the entries say."""
    return allergies(entries, knowledge())


def against(found: tuple[Allergy, ...]) -> set[str]:
    """The substances with their salts."""
    return {f"{a.substance} {a.salt}".strip() for a in found}


@pytest.mark.parametrize(
    ("concept", "expected"),
    [
        ("Magnesium sulfate", ["magnesium sulfate"]),
        ("MAGNESIUM SULPHATE 50 % injection", ["magnesium sulfate"]),
        ("Magnesiumsulfat", ["magnesium sulfate"]),
        ("sulfate de magnésium", ["magnesium sulfate"]),
        ("MgSO4", ["magnesium sulfate"]),
        ("Epsom salts", ["magnesium sulfate"]),
        ("Sulphates", ["magnesium sulfate"]),
        ("Milk of magnesia", ["magnesium hydroxide"]),
        ("Mag-Ox", ["magnesium oxide"]),
        ("Magnesium bisglycinate", ["magnesium glycinate"]),
        ("Magnesium", ["magnesium"]),
        ("magnesium-containing antacids", ["magnesium"]),
        (coded(RXNORM, "6585"), ["magnesium sulfate"]),
        (coded(RXNORM, "198741"), ["magnesium oxide"]),
        (coded("urn:oid:2.16.840.1.113883.6.88", "6582"), ["magnesium oxide"]),
        (coded(ATC, "A12CC02"), ["magnesium sulfate"]),
        (coded(ATC, "A12CC"), ["magnesium"]),
        ("Famotidine", ["h2_blocker"]),
        ("Ranitidina", ["h2_blocker"]),
        ("Histamine H2 receptor antagonists", ["h2_blocker"]),
        ("H2-blockers", ["h2_blocker"]),
        (coded(RXNORM, "4278"), ["h2_blocker"]),
        (coded(ATC, "A02BA"), ["h2_blocker"]),
        (coded(ATC, "A02BA01"), ["h2_blocker"]),
        ("Amiloride", ["amiloride"]),
        ("Moduretic", ["amiloride"]),
        ("Aldactone 25 mg", ["spironolactone"]),
        (coded(ATC, "C03DA01"), ["spironolactone"]),
        (coded(ATC, "C03D"), ["amiloride", "spironolactone"]),
        ("Potassium-sparing diuretics", ["amiloride", "spironolactone"]),
        # none of ours
        ("Sulfa", []),
        ("Sulfonamide", []),
        ("sulfamethoxazole", []),
        ("Sulfites", []),
        ("Morphine sulfate", []),
        ("Esomeprazole magnesium", []),
        ("Magnesium stearate", []),
        ("Plasma-Lyte", []),
        ("Histamine", []),
        ("No known drug allergies", []),
        ("Penicillin", []),
        (coded(ATC, "A02BC01"), []),
    ],
    ids=str,
)
def test_an_entry_is_read_by_code_and_words(concept: Any, expected: list[str]) -> None:
    assert sorted(against(read(entry(concept)))) == expected


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"clinicalStatus": {"coding": [{"code": "active"}]}},
        {"clinicalStatus": "active", "verificationStatus": "confirmed"},
        {"clinicalStatus": {"coding": [{"code": "active"}]}, "verificationStatus": {"coding": [{"code": "presumed"}]}},
        {"status": "unconfirmed"},
        {"status": "active"},
    ],
)
def test_an_entry_counts_that_is_active_or_says_nothing(told: Json) -> None:
    assert read(entry("Magnesium sulfate", **told))


@pytest.mark.parametrize(
    "told",
    [
        {"clinicalStatus": {"coding": [{"code": "inactive"}]}},
        {"clinicalStatus": "resolved"},
        {"clinicalStatus": "active", "verificationStatus": {"coding": [{"code": "refuted"}]}},
        {"verificationStatus": "entered-in-error"},
        {"status": "entered-in-error"},
        {"status": "refuted"},
    ],
)
def test_an_entry_that_is_over_or_denied_does_not_count(told: Json) -> None:
    assert not read(entry("Magnesium sulfate", **told))


@pytest.mark.parametrize(
    "made",
    [
        entry(substance={"text": "Magnesium sulfate"}),
        entry("Mineral supplements", reaction=[{"substance": {"text": "Magnesium sulfate"}}]),
        entry(coded(SNOMED, "387202002") | {"text": "Magnesium sulfate"}),
    ],
)
def test_every_place_of_the_substance_is_read(made: Json) -> None:
    assert against(read(made)) == {"magnesium sulfate"}


@pytest.mark.parametrize(
    ("reaction", "names"),
    [
        ({"manifestation": [{"text": "Hives"}]}, ("hives",)),
        (
            {"manifestation": [{"coding": [{"system": SNOMED, "code": "126485001", "display": "Urticaria"}]}]},
            ("urticaria",),
        ),
        ({"manifestation": [{"concept": {"text": "Anaphylactic shock"}}]}, ("anaphylaxis", "low blood pressure")),
        ({"manifestation": [{"text": "Itching"}, {"text": "Angioedema"}]}, ("angioedema", "itching")),
        ({"description": "swelling of the lips"}, ("angioedema",)),
        ({"manifestation": [{"text": "<b>Call 555</b>"}]}, ()),
        ({}, ()),
    ],
)
def test_a_reaction_is_told_in_our_own_words(reaction: Json, names: tuple[str, ...]) -> None:
    [found] = read(entry("Magnesium sulfate", reaction=[reaction]))
    assert found.reactions == names


@pytest.mark.parametrize(
    ("kind", "seen", "only_gut"),
    [
        ("intolerance", ["Diarrhea"], True),
        ("intolerance", ["Loose stools", "diarrhoea"], True),
        (None, ["Diarrhoea"], True),
        ("allergy", ["Diarrhoea"], False),
        ("intolerance", ["Diarrhoea", "Rash"], False),
        ("intolerance", ["Diarrhoea", "something else"], False),
        ("intolerance", [], False),
    ],
)
def test_only_diarrhoea_as_an_intolerance_asks_for_no_more_than_another_salt(
    kind: str | None, seen: list[str], only_gut: bool
) -> None:
    reactions = [{"manifestation": [{"text": text}]} for text in seen]
    [found] = read(entry("Magnesium oxide", reaction=reactions, **({"type": kind} if kind else {})))
    assert found.only_gut is only_gut


def unread(*entries: Json) -> dict[Kind, int]:
    """What nobody understands of an allergy list."""
    shot = snapshot({"magnesium": 2.0})
    shot.resources["allergies"].extend(entries)  # type: ignore[attr-defined]
    return dict(Chart(shot, knowledge(), NOW).not_understood)


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (entry(coded("urn:oid:2.999.9", "ALG-1")), Why.CODE),
        (entry(coded(SNOMED, "387202002")), Why.CODE),
        (entry(coded(RXNORM, "99999999")), Why.CODE),
        (entry(), Why.SHAPE),
        (entry("unknown", category=["medication"]), Why.SHAPE),
        (entry("Penicillin"), None),
        (entry(coded(ATC, "J01CA04")), None),
        (entry(coded("urn:oid:2.999.9", "F-1"), category=["food"]), None),
        (entry(coded("urn:oid:2.999.9", "ALG-1"), clinicalStatus="resolved"), None),
    ],
)
def test_an_entry_that_nobody_can_name_is_counted(made: Json, why: Why | None) -> None:
    assert unread(made) == ({Kind(What.ALLERGY, why): 1} if why else {})


def test_the_list_is_read_under_any_key() -> None:
    shot = snapshot({"magnesium": 1.1, "setting": "inpatient", "labs": {"egfr": 80}, "missing": ["allergies"]})
    shot.resources["theirs"] = [entry("Magnesium sulfate")]  # type: ignore[index]
    chart = Chart(shot, knowledge(), NOW)
    assert against(chart.allergies) == {"magnesium sulfate"} and "allergies" not in chart.not_known
    assert "iv" not in answer.offers(decide(shot).cards)


def test_the_list_is_declared_by_every_service() -> None:
    for about in About:
        asked = prefetch_templates(knowledge(), about)
        assert re.fullmatch(r"AllergyIntolerance\?patient=\{\{context\.patientId\}\}&_count=\d+", asked["allergies"])


@pytest.mark.parametrize(
    ("word", "iv", "salts"),
    [("sulfate_allergy", True, {"sulfate"}), ("magnesium_allergy", True, {""}), ("heart_failure", False, set())],
)
def test_a_case_of_a_protocol_meets_the_same_stop(word: str, iv: bool, salts: set[str]) -> None:
    told = Facts(0.5, {"egfr": 80.0}, {}, "ward", frozenset({word}), frozenset({"iv", "oral"}))
    bounds = bounds_of(told, knowledge())
    assert ("iv" in bounds.against, set(bounds.against_salts)) == (iv, salts)


# -- no answer suggests what the list forbids -------------------------------------------------------------------------
LISTS: tuple[list[Any], ...] = (
    [{"text": "Magnesium", "reaction": "Hives"}, "Famotidine", "Amiloride", "Spironolactone"],
    ["Magnesium sulfate", "Magnesium glycinate", "Cimetidine", "Aldactone"],
    [{"text": "Magnesium oxide", "type": "intolerance", "reaction": "Diarrhoea"}, {"atc": "A02BA02"}],
)


def wrongly_offered(chart: Json) -> Iterator[str]:
    """What an answer suggests although its chart's allergy list forbids it, judged anew from orders and facts."""
    shot, known = snapshot(chart), knowledge_of(chart)
    decision = decide(shot, known=known)
    facts, cards = decision.trace.chart, decision.cards
    stopped = against(tuple(a for a in facts.allergies if not a.only_gut))
    listed = against(facts.allergies) - ({"magnesium"} - stopped)
    yields = assess.emergency(facts) == "torsades"
    iv = answer.magnesium_orders(cards, iv=True)
    if iv and stopped & {"magnesium", "magnesium sulfate"} and not yields and not _is_for_eclampsia(chart):
        yield "magnesium sulfate IV"
    for order in answer.magnesium_orders(cards, iv=False):
        told = str(order["medicationCodeableConcept"]["text"]).lower()
        yield from (name for name in listed if name.startswith("magnesium") and (name == "magnesium" or name in told))
    offered = answer.offers(cards)
    if "h2_blocker" in listed and "drug:famotidine" in offered:
        yield "famotidine"
    if "spironolactone" in listed and "drug:spironolactone" in offered:
        yield "spironolactone"


def _is_for_eclampsia(chart: Json) -> bool:
    """The reason of a draft, or a condition, to which the stop yields."""
    return "O15" in str(chart) or "torsades" in str(chart).lower() or "I47.21" in str(chart) or "clampsi" in str(chart)


@of_every_rule
def test_no_answer_of_a_case_suggests_what_the_list_forbids(rule: str) -> None:
    ask_each(rule, lambda case: assert_nothing_forbidden(case.chart))


def assert_nothing_forbidden(chart: Json) -> None:
    """With its own allergy list and with each of the others."""
    own = [chart["allergies"]] if chart.get("allergies") else []
    for listed in (*own, *LISTS):
        told = {key: [k for k in chart.get(key, ()) if k != "allergies"] for key in ("missing", "failed", "partial")}
        assert list(wrongly_offered({**chart, **told, "allergies": listed})) == []


@examples
@given(st.one_of(charts(), treatable(), treatable()), st.sampled_from(LISTS))
def test_no_answer_suggests_what_the_list_forbids(chart: Json, listed: list[Any]) -> None:
    assert list(wrongly_offered({**chart, "allergies": listed})) == []


def test_the_property_can_fail() -> None:
    chart = {"setting": "inpatient", "magnesium": 1.1, "labs": {"egfr": 80}, "patient": {"age": 66}}
    assert answer.magnesium_orders(decide(snapshot(chart)).cards, iv=True)
    assert not answer.magnesium_orders(decide(snapshot({**chart, "allergies": LISTS[1]})).cards, iv=True)
