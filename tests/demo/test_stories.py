"""Each story shows what it promises: indicators and rules, not wording."""

import json
import re
from importlib import import_module
from itertools import count

import pytest

from cards import SERVICES
from cds_service.answer_call import Means, answer_call
from cds_service.demo import stories
from cds_service.demo.story import told_stories
from cds_service.demo.story_patient import ANALYTES
from cds_service.run.settings import MissingData
from tests.demo.asking import MAGNESIUM_OXIDE, OMEPRAZOLE, call, whole_chart
from tests.demo.conftest import NOW, STORIES

PATIENT_VIEW, ORDER_SELECT, ORDER_SIGN, DISCHARGE, REFILL = SERVICES
CAUSES = "drugs_cause_low_magnesium"
PPI = "draft_lowers_magnesium"
# indicator of each card, and the rules that made it
ON_OPENING = {
    "heart-failure": [
        (
            "critical",
            "magnesium_is_severely_low",
            "potassium_is_low_too",
            "illness_raises_risk",
            "risk_raises_the_goal",
            CAUSES,
        ),
    ],
    "ckd-4": [("info", "magnesium_is_mildly_low", "kidneys_limit_magnesium", CAUSES)],
    "dialysis": [("warning", "magnesium_is_moderately_low", "kidneys_limit_magnesium")],
    "heart-block": [("critical", "magnesium_is_severely_low", "heart_block_forbids_iv", CAUSES)],
    "pre-eclampsia": [],
    "child": [("warning", "child_has_low_magnesium")],
    "corrected": [],
    "well": [],
    "torsades": [
        ("critical", "emergency_needs_magnesium", "long_qtc_raises_risk"),
    ],
    "outpatient": [("warning", "magnesium_is_moderately_low", "illness_causes_low_magnesium", CAUSES)],
    "millimoles": [("info", "magnesium_is_mildly_low", CAUSES)],
    "alcohol": [
        (
            "critical",
            "emergency_needs_magnesium",
            "potassium_is_low_too",
            "calcium_is_low_too",
            "long_qtc_raises_risk",
            "illness_causes_low_magnesium",
        ),
    ],
    "digoxin": [
        (
            "warning",
            "magnesium_is_mildly_low",
            "kidneys_limit_magnesium",
            "potassium_is_low_too",
            "digoxin_raises_risk",
            "illness_raises_risk",
            "risk_raises_the_goal",
            CAUSES,
        ),
    ],
    "being-replaced": [
        ("warning", "magnesium_is_severely_low", "iv_magnesium_is_running", "illness_causes_low_magnesium"),
    ],
    "laxative": [("critical", "magnesium_is_high")],
    "transplant": [("warning", "magnesium_is_moderately_low", "illness_causes_low_magnesium", CAUSES)],
    "goes-home": [],
    "renewal": [],
    "all-planned": [],
    "allergy": [("critical", "magnesium_is_severely_low", "salt_allergy_forbids_iv", CAUSES)],
}
# the rules that speak when the patient goes home, and when all that is taken at home is renewed
ON_LEAVING = {
    "heart-failure": ("severe_low_goes_home",),
    "laxative": ("high_level_goes_home", "kidneys_limit_home_magnesium"),
    "goes-home": ("level_is_held_by_iv", "cause_goes_home"),
    "all-planned": (),
    "pre-eclampsia": (),
}
ON_RENEWAL = {
    "heart-failure": ("renewed_drug_lowers_low_magnesium",),
    "laxative": ("renewed_magnesium_is_unsafe",),
    "renewal": ("renewed_ppi_needs_level", "renewed_diuretic_needs_level"),
    "all-planned": (),
    "corrected": (),
}
# offers of magnesium that must not be made
NO_INFUSION = {"ckd-4", "dialysis", "heart-block", "child", "being-replaced", "laxative", "outpatient", "allergy"}


def decided(runtime, service, story, drug=OMEPRAZOLE, orders=None):
    body = call(service, story, whole_chart(story, runtime.keys), drug)
    if orders is not None:
        body["context"][service.orders] = orders
    numbers = count()
    refused = MissingData.PRECONDITION_FAILED
    means = Means(runtime.knowledge, NOW, lambda: f"{next(numbers)}", runtime.keys, refused)
    answer = answer_call(body, service, means)
    assert answer.status == 200 and not answer.decision.trace.chart.set_aside
    return answer.decision.cards


def told(cards):
    return [(card.indicator.word, *card.rules) for card in cards]


def test_every_story_is_expected_and_there_are_enough():
    assert [story.id for story in STORIES] == list(ON_OPENING)
    assert len(STORIES) >= 14


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.id)
def test_the_cards_on_opening_are_what_the_story_promises(runtime, story):
    cards = decided(runtime, PATIENT_VIEW, story)
    assert told(cards) == ON_OPENING[story.id]
    offered = json.dumps([card.body.get("suggestions") for card in cards])
    assert story.id not in NO_INFUSION or "sulfate" not in offered.lower()


def story_of(ident):
    return next(story for story in STORIES if story.id == ident)


def rules_of(cards):
    return tuple(rule for card in cards for rule in card.rules)


@pytest.mark.parametrize("ident", ON_LEAVING)
def test_what_is_said_when_the_patient_goes_home(runtime, ident):
    assert rules_of(decided(runtime, DISCHARGE, story_of(ident))) == ON_LEAVING[ident]


@pytest.mark.parametrize("ident", ON_RENEWAL)
def test_what_is_said_when_all_is_renewed(runtime, ident):
    taken = [r for r in story_of(ident).resources if r["resourceType"] == "MedicationRequest"]
    renewed = [
        {**order, "id": f"{order['id']}-again", "status": "draft"} for order in taken if order["status"] == "active"
    ]
    assert renewed
    orders = {"resourceType": "Bundle", "entry": [{"resource": order} for order in renewed]}
    assert rules_of(decided(runtime, REFILL, story_of(ident), orders=orders)) == ON_RENEWAL[ident]


@pytest.mark.parametrize("ident", ["heart-failure", "digoxin", "outpatient"])
def test_omeprazole_is_warned_of_when_it_is_chosen_and_when_it_is_signed(runtime, ident):
    story = next(story for story in STORIES if story.id == ident)
    for service in (ORDER_SELECT, ORDER_SIGN):
        warned = [card.indicator.word for card in decided(runtime, service, story) if PPI in card.rules]
        assert warned in (["warning"], ["critical"])


def test_the_well_man_may_have_omeprazole(runtime):
    story = next(story for story in STORIES if story.id == "well")
    assert decided(runtime, ORDER_SELECT, story) == () == decided(runtime, ORDER_SIGN, story)


def test_magnesium_is_refused_to_the_patient_on_dialysis(runtime):
    story = next(story for story in STORIES if story.id == "dialysis")
    first = decided(runtime, ORDER_SIGN, story, MAGNESIUM_OXIDE)[0]
    assert first.rules == ("draft_magnesium_needs_kidneys", "draft_magnesium_lacks_facts")
    assert first.indicator.word == "critical"


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.id)
def test_every_resource_is_valid_fhir(story):
    for resource in story.resources:
        kind = resource["resourceType"]
        model = getattr(import_module(f"fhir.resources.R4B.{kind.lower()}"), kind)
        assert model.model_validate(resource)
        assert re.fullmatch(r"[a-z0-9\-]{1,64}", resource["id"])
        about = resource.get("patient") or resource.get("subject")
        assert kind == "Patient" or about == {"reference": f"Patient/{story.id}"}


def test_a_story_has_a_chart_worth_looking_at():
    for story in told_stories():
        dated = [result.ago for name, found in story.results.items() if "magnesium" in name for result in found]
        assert len(dated) >= 3 and max(dated).total_seconds() >= 8 * 3600
        assert story.results.keys() <= ANALYTES.keys()
        assert story.title and story.about and story.basis
    names = [story.resources[0]["name"][0] for story in STORIES]
    assert len({name["given"][0] for name in names}) == len(STORIES)
    assert {name["family"] for name in names} == {"Demo"}


def test_ids_are_used_once():
    found = [(r["resourceType"], r["id"]) for story in STORIES for r in story.resources]
    assert len(found) == len(set(found))


def test_stories_are_dated_from_the_hour():
    assert stories(NOW) is stories(NOW.replace(minute=59))
    later = stories(NOW.replace(hour=13))
    assert later[0].resources != STORIES[0].resources
    result = next(r for r in STORIES[0].resources if r["id"] == "heart-failure-magnesium-1")
    assert result["effectiveDateTime"] == "2026-11-23T10:00:00+00:00"
