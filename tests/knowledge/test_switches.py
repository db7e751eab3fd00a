"""A site's switches by rule and place: what they do, where they fit, and that no stop or critical card gives way."""

import json
from collections.abc import Mapping
from dataclasses import replace
from itertools import count

import pytest

from cards import SERVICES, Decision, Indicator, KnowledgeError, Snapshot, decide
from cards.loading.reading import read_yaml
from tests.cards import chart
from tests.knowledge.asking import FOLDER, MAGNESIUM, NOW, ask, knowledge, result

KEPT = read_yaml(FOLDER / "never_on_trial_alone.yaml")
CRITICAL, STOPS = KEPT["critical"]["rules"], [r for n in ("stops", "unknown") for r in KEPT[n]["rules"]]
LOW, VERY_LOW = result(MAGNESIUM, 1.5, "mg/dL"), result(MAGNESIUM, 0.5, "mg/dL")
MILD = "magnesium_is_mildly_low"
UNIT = {"location": {"reference": "Location/icu-2", "display": "Intensive Care 2"}}
SURGERY = {"coding": [{"system": "https://example.org/services", "code": "SURG", "display": "Surgery"}]}


def asked(
    switch: str, *, user: str = "Practitioner/x", client: str = "", low: object = LOW, **stay: object
) -> Decision:
    """The low magnesium of an inpatient, at a site with one switch."""
    shot = ask(None, low, inpatient=True).trace.chart.snapshot  # type: ignore[arg-type]
    encounter: Mapping[str, object] = {**shot.resources["encounters"][0], **stay}
    told = replace(shot, resources={**shot.resources, "encounters": [encounter]}, user=user, client=client)
    return decided(told, f"switches:\n  - {switch}\n" if switch else None)


def decided(shot: Snapshot, site: str | None) -> Decision:
    numbers = count(1)
    return decide(shot, knowledge(site), NOW, lambda: f"00000000-0000-4000-8000-{next(numbers):012d}")


def shown(decision: Decision) -> set[str]:
    return {rule for card in decision.cards for rule in card.rules}


def why(decision: Decision, rule: str) -> str:
    return next(told.why for told in decision.trace.rules if told.rule == rule)


@pytest.mark.parametrize(
    ("scope", "fits", "elsewhere"),
    [
        ("unit: icu-2", {"location": [UNIT]}, {"location": [{"location": {"reference": "Location/icu-3"}}]}),
        ("unit: [ward 4, intensive care 2]", {"location": [UNIT]}, {"location": [{**UNIT, "status": "completed"}]}),
        ("unit: icu-2", {"location": [UNIT]}, {"location": [{**UNIT, "period": {"end": "2026-11-22T09:00:00Z"}}]}),
        ("specialty: surg", {"serviceType": SURGERY}, {"serviceType": {"text": "Medicine"}}),
        ("specialty: Surgery", {"serviceType": [{"concept": SURGERY}]}, {}),
        ("role: Practitioner", {}, {"user": "PractitionerRole/n"}),
        ("role: PractitionerRole/nurse", {"user": "PractitionerRole/nurse"}, {"user": "PractitionerRole/other"}),
        ("client: clinic", {"client": "Clinic"}, {"client": "General Hospital"}),
        ("hook: patient-view", {}, None),
        ("{unit: icu-2, client: clinic}", {"location": [UNIT], "client": "Clinic"}, {"location": [UNIT]}),
    ],
)
def test_a_rule_is_off_where_every_scope_fits_and_nowhere_else(scope: str, fits: dict, elsewhere: dict | None) -> None:
    switch = f"{{rules: [{MILD}], off: true, {scope.strip('{}')}}}"
    there = asked(switch, **fits)
    assert MILD not in shown(there) and why(there, MILD) == "switched off by the site file"
    if elsewhere is not None:
        assert MILD in shown(asked(switch, **elsewhere)) == shown(asked("", **elsewhere))


def test_without_a_place_on_record_a_switch_of_a_unit_fits_nobody() -> None:
    assert MILD in shown(asked(f"{{rules: [{MILD}], off: true, unit: icu-2}}"))


def test_an_indicator_is_at_most_what_the_switch_says() -> None:
    shot = chart.snapshot({
        "patient": {"age": 60}, "setting": "inpatient", "magnesium": 1.5, "labs": {"egfr": 90},
        "drafts": ["omeprazole"],
    })  # fmt: skip
    (loud, _), rule = chart.decide(shot).cards, "draft_lowers_magnesium"
    assert (loud.rules[0], loud.indicator) == (rule, Indicator.WARNING)
    (low,) = chart.decide(shot, known=knowledge(f"switches: [{{rules: {rule}, indicator: info}}]\n")).cards
    assert (low.rules, low.indicator, low.body["indicator"]) == (loud.rules, Indicator.INFO, "info")


def test_the_whole_service_goes_off_for_a_unit_or_client_also_what_is_critical() -> None:
    off = asked("{off: true, unit: icu-2}", low=VERY_LOW, location=[UNIT])
    assert not off.cards and not off.cannot_tell
    assert asked("{off: true, unit: icu-2}", low=VERY_LOW).cards[0].indicator is Indicator.CRITICAL
    assert not asked("{off: true, client: Clinic}", low=VERY_LOW, client="Clinic").cards


@pytest.mark.parametrize("rule", CRITICAL)
def test_of_what_can_be_critical_only_the_rest_can_be_silenced(rule: str) -> None:
    for text in (f"rules: {{off: [{rule}]}}\n", f"switches: [{{rules: [{rule}], off: true, unit: a}}]\n"):
        with pytest.raises(KnowledgeError, match=f"site.yaml:1: .*{rule} cannot be switched .*off: unless critical"):
            knowledge(text)
    with pytest.raises(KnowledgeError, match=f"{rule} cannot be switched off or lowered"):
        knowledge(f"switches: [{{rules: {rule}, indicator: info}}]\n")
    assert knowledge(f"switches: [{{rules: [{rule}], off: unless critical}}]\n").site.switches[0].only_quiet


@pytest.mark.parametrize("rule", STOPS)
def test_a_stop_can_be_neither_off_nor_lowered_nor_silenced_in_part(rule: str) -> None:
    for switch in ("off: true, client: a", "off: unless critical", "indicator: info"):
        with pytest.raises(KnowledgeError, match=f"{rule} cannot be switched"):
            knowledge(f"switches: [{{rules: [{rule}], {switch}}}]\n")


def test_what_is_critical_is_said_whatever_is_silenced() -> None:
    severe = "magnesium_is_severely_low"
    switch = f"{{rules: [{severe}, magnesium_is_critically_low], off: unless critical}}"
    assert "magnesium_is_critically_low" in shown(asked(switch, low=VERY_LOW))
    low = result(MAGNESIUM, 1.3, "mg/dL")
    moderate = "magnesium_is_moderately_low"
    silenced = asked(f"{{rules: [{moderate}], off: unless critical}}", low=low)
    assert moderate in shown(asked("", low=low)) and moderate not in shown(silenced)


def test_cards_at_most_never_drop_a_critical_one() -> None:
    shot = chart.snapshot({
        "patient": {"age": 60}, "setting": "inpatient", "magnesium": 0.8, "labs": {"egfr": 90},
        "drafts": ["sotalol", "omeprazole"],
    })  # fmt: skip
    free, bound = chart.decide(shot), chart.decide(shot, known=knowledge("switches: [{cards: 1}]\n"))
    critical = [c for c in free.cards if c.indicator is Indicator.CRITICAL]
    assert (len(free.cards), len(bound.cards), len(critical)) == (3, 2, 2)
    assert [c.problem for c in free.cards[: len(bound.cards)]] == [c.problem for c in bound.cards]


@pytest.mark.parametrize("user", ["Patient/p1", "RelatedPerson/r1", "https://ehr.example/fhir/Patient/p1"])
def test_a_patient_is_told_no_dose(user: str) -> None:
    decision = asked("", user=user, low=VERY_LOW)
    assert not decision.cards and not decision.cannot_tell
    assert why(decision, MILD) == "the user is no clinician: cards name doses"
    assert asked("", user="Practitioner/p1", low=VERY_LOW).cards


@pytest.mark.parametrize(
    ("switch", "reason"),
    [
        ("{rules: [albumin_is_lo], off: true}", "did you mean albumin_is_low"),
        ("{rules: [albumin_is_low]}", "each needs exactly one of off, indicator, cards"),
        ("{rules: [albumin_is_low], off: true, indicator: info}", "exactly one of"),
        ("{rules: [albumin_is_low], off: yes}", "off is true or `unless critical`"),
        ("{rules: [albumin_is_low], off: true, units: icu}", "unknown key 'units'; did you mean unit?"),
        ("{rules: [], off: true}", "rules needs a text"),
        ("{off: true}", "the whole service goes off with a unit or client only"),
        ("{off: true, hook: order-sign}", "the whole service goes off with a unit or client only"),
        ("{indicator: info}", "indicator needs rules"),
        ("{rules: [albumin_is_low], indicator: critical}", "allowed: info, warning"),
        ("{cards: 0}", "cards is 0; allowed: 1 to 3"),
        ("{cards: 2, rules: [albumin_is_low]}", "take rules out"),
        ("{cards: 2, hook: order-sing}", "did you mean order-sign"),
        ("{cards: 2, role: Nurse}", "unknown role 'Nurse'; did you mean"),
        ("{cards: 2, unit: {a: b}}", "unit needs a text"),
        ("7", "each needs exactly one of"),
    ],
)
def test_a_wrong_switch_stops_the_start_with_line_and_reason(switch: str, reason: str) -> None:
    with pytest.raises(KnowledgeError) as told:
        knowledge(f"site: {{name: A}}\nswitches:\n  - {switch}\n")
    assert str(told.value).startswith("site.yaml:3: ") and reason in str(told.value)


def test_every_hook_can_be_a_scope() -> None:
    assert read_yaml(FOLDER / "switch_scopes.yaml")["hook"] == sorted({service.hook for service in SERVICES})


def test_a_card_tells_nothing_of_the_switches() -> None:
    plain, switched = asked(""), asked("{rules: [albumin_is_low], off: true, client: A}", client="A")
    bodies = [json.dumps([c.body for c in d.cards]) for d in (plain, switched)]
    versions = [d.trace.knowledge_version for d in (plain, switched)]
    assert bodies[0].replace(versions[0], versions[1]) == bodies[1]
