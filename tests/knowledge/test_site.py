"""What a site file changes, shown by decisions; and that a wrong one names file, line and reason."""

import copy
from typing import Any

import pytest
import yaml

from cards import KnowledgeError, Problem, prefetch_templates
from tests.knowledge.asking import MAGNESIUM, RXNORM, Json, ask, drafted, example, first, knowledge, order, result
from tests.spec.checks import violations

LOW = result(MAGNESIUM, 1.5, "mg/dL")
HIGH = result(MAGNESIUM, 5.5, "mg/dL")
LOCAL = "https://lab.example.org/tests"


def test_the_us_example_shows_mass_first_and_offers_oxide() -> None:
    said = ask(example("us-hospital.yaml"), LOW)
    assert "1.5 mg/dL (0.62 mmol/L)" in first(said)["summary"]
    assert drafted(said)["medicationCodeableConcept"]["coding"][0]["code"] == "198741"


def test_the_uk_example_shows_moles_first_and_offers_aspartate_by_its_own_code() -> None:
    said = ask(example("uk-hospital.yaml"), LOW)
    assert "0.62 mmol/L (1.5 mg/dL)" in first(said)["summary"]
    (coding,) = drafted(said)["medicationCodeableConcept"]["coding"]
    assert coding["system"].startswith("https://example.org/") and "sachet" in coding["display"]
    assert drafted(said)["intent"] == "proposal"


def test_a_local_laboratory_code_is_asked_for_and_read() -> None:
    site, local = example("us-hospital.yaml"), result((LOCAL, "MG-SER"), 1.5, "mg/dL")
    assert f"{LOCAL}|MG-SER" in prefetch_templates(knowledge(site))["magnesium"]
    assert "1.5 mg/dL" in first(ask(site, local))["summary"]
    assert not ask(None, local).cards


def test_a_local_drug_code_is_recognised() -> None:
    site = example("us-hospital.yaml")
    local = order("https://pharmacy.example.org/formulary", "000417")
    named = ["furosemide" in str([card.body for card in ask(s, LOW, local).cards]) for s in (site, None)]
    assert named == [True, False]


def test_a_threshold_of_the_site_decides_and_is_told_as_the_sites() -> None:
    ten_days = result(MAGNESIUM, 1.5, "mg/dL", hours=240)
    fired = {
        site: [r.rule for r in ask(site, ten_days).trace.rules if r.outcome == "fired"]
        for site in (None, example("us-hospital.yaml"))
    }
    assert ["magnesium_is_mildly_low" in rules for rules in fired.values()] == [True, False]
    assert knowledge(example("us-hospital.yaml")).thresholds["fresh.ambulatory.actionable"].source == "site"


def test_intent_order_maximum_links_and_override_reasons() -> None:
    site = """
orders: {intent: order}
cards: {maximum: 1}
override_reasons: [need-more-info, limited-time]
links: [{label: Ours, url: "https://example.org/ours"}]
"""
    said = ask(site, LOW)
    assert drafted(said)["intent"] == "order" and drafted(said)["status"] == "draft"
    assert len(said.cards) == 1
    assert [r["code"] for r in first(said)["overrideReasons"]] == ["need-more-info", "limited-time"]
    assert first(said)["links"][0] == {"label": "Ours", "url": "https://example.org/ours", "type": "absolute"}


APP = "https://apps.example.org/launch?x=1"
LINKS = f"""
links:
  - {{label: Everywhere, url: "https://example.org/all"}}
  - {{label: App, url: "{APP}", type: smart, app_context: '{{"a": 1}}', problems: [low_magnesium, high_magnesium]}}
  - {{label: Without context, url: "{APP}", type: smart, problems: [look_for_low]}}
"""


def test_a_link_stands_on_the_cards_that_it_concerns_and_a_smart_one_tells_its_app_what_the_site_wrote() -> None:
    app = {"label": "App", "url": APP, "type": "smart", "appContext": '{"a": 1}'}
    cards = {card.problem: card.body for chart in ((LOW,), (HIGH,)) for card in ask(LINKS, *chart).cards}
    assert {Problem.LOW_MAGNESIUM, Problem.HIGH_MAGNESIUM} <= cards.keys()
    for problem, body in cards.items():
        links = body["links"]
        assert links[0] == {"label": "Everywhere", "url": "https://example.org/all", "type": "absolute"}
        assert (app in links) is (problem in (Problem.LOW_MAGNESIUM, Problem.HIGH_MAGNESIUM))
        assert not [link for link in links if "appContext" in link and link["type"] != "smart"]
        assert list(violations({"cards": [body]})) == []
    other = next(link for link in knowledge(LINKS).site.links if link.label == "Without context")
    assert other.as_told() == {"label": "Without context", "url": APP, "type": "smart"}
    assert other.problems == {Problem.LOOK_FOR_LOW}


def test_a_link_that_concerns_no_such_card_stays_away() -> None:
    only = f'links: [{{label: App, url: "{APP}", type: smart, problems: [refill]}}]'
    assert all(link["label"] != "App" for card in ask(only, LOW).cards for link in card.body.get("links", []))


def test_a_reason_that_hl7_has_no_code_for_is_of_our_own_code_system() -> None:
    offered = {r["code"]: r["system"] for r in first(ask("", LOW))["overrideReasons"]}
    own = {code for code, system in offered.items() if system.startswith("urn:uuid:")}
    assert own == {"comfort-care", "known-chronic-wasting", "laboratory-error"}
    hl7 = "http://terminology.hl7.org/CodeSystem/non-adherence-reason-codes"
    assert {offered[code] for code in offered.keys() - own} == {hl7}
    assert "action-completed" in offered  # already treated
    chosen = ask("override_reasons: [laboratory-error, action-completed]", LOW)
    assert [r["system"] for r in first(chosen)["overrideReasons"]] == [offered["laboratory-error"], hl7]


def test_a_rule_that_is_off_stays_silent_and_says_why() -> None:
    said = ask("rules:\n  off:\n    - magnesium_is_mildly_low\n", LOW)
    rule = next(r for r in said.trace.rules if r.rule == "magnesium_is_mildly_low")
    assert (rule.outcome, rule.why) == ("silent", "switched off by the site file")


def test_an_approval_replaces_the_draft_notice() -> None:
    signed = "approval: {approved_by: Dr Example, date: 2027-01-15}"
    assert knowledge(signed).approval == "Approved by Dr Example, 2027-01-15."
    assert "draft" in first(ask(None, LOW))["source"]["label"]
    assert "draft" not in first(ask(signed, LOW))["source"]["label"]


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("# a comment\nno_such_part: 1\n", 2, "unknown key 'no_such_part'"),
        ("units:\n  frist: mg/dL\n", 2, "unknown key 'frist'"),
        ("units:\n  first: mg\n", 2, "allowed: as reported, mg/dL, mmol/L, mEq/L"),
        ("thresholds:\n  band.severe: {value: 1.2, unit: mg/dL}\n", 2, "is in mmol/L, not mg/dL"),
        ("thresholds:\n  egfr.r1: {value: 61, unit: mL/min/1.73 m2}\n", 2, "egfr.r1 (61) must be below egfr.r0 (60)"),
        ("thresholds:\n  band.sever: {value: 1, unit: mmol/L}\n", 2, "did you mean band.severe"),
        ("thresholds:\n  band.severe:\n    value: low\n    unit: mmol/L\n", 3, "value is not a number"),
        ("thresholds:\n  band.severe: {value: .nan, unit: mmol/L}\n", 2, "value is not a number"),
        ("thresholds:\n  fresh.qtc: {value: 0, unit: h}\n", 2, "not above 0"),
        ("thresholds:\n  band.severe: 0.5\n", 2, "needs exactly value and unit"),
        ("site:\n  name: [a\n", 3, "not valid YAML"),
        ("- a list\n", 1, "a site file is a mapping"),
        ("site: Here\n", 1, "site needs a mapping of name"),
        ("formulary:\n  preferred: oxide\n", 2, "formulary.preferred needs a list"),
        ("formulary:\n  preferred:\n    - oxyde\n", 3, "unknown salt 'oxyde'; did you mean oxide?"),
        ("formulary:\n  products:\n    pill: {display: A pill}\n", 3, "unknown product 'pill'"),
        ("formulary:\n  products:\n    oxide:\n      route: rectal\n", 4, "route is one of"),
        ("formulary:\n  salts:\n    oxide:\n      elemental_per_unit: none\n", 4, "is not a number above 0"),
        ("formulary:\n  salts:\n    oxide:\n      elemental_per_unit: 60\n", 3, "200 mg a day come to 60 mg"),
        ("formulary:\n  salts:\n    citrate:\n      unit: tablet\n", 3, "is not shipped and lacks elemental_per_unit"),
        ("formulary:\n  salts:\n    oxide:\n      max_gate: R3\n", 4, "max_gate is one of R0, R1, R2"),
        ("formulary:\n  salts:\n    oxide:\n      daily:\n        200: [1]\n", 5, "quantity and per_day"),
        ("orders:\n  intent: plan\n", 2, "allowed: proposal, order"),
        ("rules:\n  off:\n    - albumin_is_lo\n", 3, "unknown rule 'albumin_is_lo'; did you mean albumin_is_low"),
        ("rules:\n  off: albumin_is_low\n", 2, "rules.off needs a list"),
        ("rules:\n  off:\n    - heart_block_forbids_iv\n", 3, "cannot be switched off: it tells of a stop"),
        ("rules:\n  off: [check_is_incomplete]\n", 2, "cannot be switched off: without it"),
        ("cards:\n  maximum: 4\n", 2, "allowed: 1 to 3"),
        ("codes:\n  labs:\n    - {system: s, code: c, analyte: magnesum}\n", 3, "did you mean magnesium"),
        ("codes:\n  drugs:\n    - {system: s, code: c, ingredient: furosemid}\n", 3, "did you mean furosemide"),
        ("codes:\n  drugs:\n    - {system: s, code: c}\n", 3, "exactly code, ingredient, system"),
        ("override_reasons:\n  - none-of-these\n", 2, "unknown override reason"),
        ("links:\n  - {label: l, url: /relative}\n", 2, "must be absolute"),
        ("links:\n  - {label: l, url: 'https://'}\n", 2, "must be absolute"),
        ("links:\n  - {label: l}\n", 2, "each needs label and url"),
        ("links:\n  - label: ' '\n    url: https://example.org\n", 2, "label needs a text"),
        ("links:\n  - label: l\n    url: https://a.org\n    kind: smart\n", 4, "unknown key 'kind'"),
        ("links:\n  - label: l\n    url: https://a.org\n    type: smrt\n", 4, "allowed: absolute, smart"),
        ("links:\n  - label: l\n    url: https://a.org\n    app_context: x\n", 4, "for type: smart only"),
        ("links:\n  - label: l\n    url: https://a.org\n    problems: []\n", 4, "problems needs a list"),
        (
            "links:\n  - label: l\n    url: https://a.org\n    problems:\n      - refill\n      - low_magnesum\n",
            6,
            "unknown problem 'low_magnesum'; did you mean low_magnesium",
        ),
        ("approval:\n  approved_by: Dr Example\n", 1, "needs approved_by and date"),
        ("cards:\n  maximum: 2\ncards:\n  maximum: 3\n", 3, "'cards' is given twice, first on line 1"),
    ],
)
def test_a_wrong_site_file_is_told_by_file_line_and_reason(text: str, line: int, reason: str) -> None:
    with pytest.raises(KnowledgeError) as told:
        knowledge(text)
    assert str(told.value).startswith(f"site.yaml:{line}: ") and reason in str(told.value)


EVERYTHING: Json = {
    "site": {"name": "Example"},
    "approval": {"approved_by": "A", "date": "2027-01-01"},
    "thresholds": {"target.stable": {"value": 0.7, "unit": "mmol/L"}},
    "formulary": {
        "preferred": ["oxide"],
        "salts": {
            "oxide": {"elemental_per_unit": 100, "daily": {200: [{"quantity": 1, "per_day": 2}]}, "gentle": False},
        },
        "products": {"oxide": {"display": "d", "coding": [{"system": "s", "code": "c", "display": "d"}]}},
    },
    "units": {"first": "mg/dL"},
    "orders": {"intent": "order"},
    "rules": {"off": ["albumin_is_low"]},
    "cards": {"maximum": 2},
    "codes": {
        "labs": [{"system": "s", "code": "c", "analyte": "magnesium"}],
        "drugs": [{"system": "s", "code": "c", "ingredient": "omeprazole"}],
    },
    "override_reasons": ["limited-time"],
    "links": [
        {"label": "l", "url": "https://example.org"},
        {"label": "a", "url": "https://example.org", "type": "smart", "app_context": "c", "problems": ["causes"]},
    ],
}
WRONG = ("zz", 7, None, [1], {1: 2}, [[1]], float("nan"))


def _paths(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [path, *(found for key, value in items for found in _paths(value, (*path, key)))]


@pytest.mark.parametrize("path", _paths(EVERYTHING), ids=str)
def test_nothing_of_a_wrong_type_gets_past_the_reader(path: tuple[Any, ...]) -> None:
    for wrong in WRONG:
        site = {"": copy.deepcopy(EVERYTHING)}
        node: Any = site
        for step in ("", *path)[:-1]:
            node = node[step]
        node[("", *path)[-1]] = wrong
        try:
            knowledge(yaml.safe_dump(site[""]))
        except KnowledgeError as problem:
            assert str(problem).startswith("site.yaml:")


@pytest.mark.parametrize("text", ["", "# only a comment\n", "rules:\n", "thresholds:\nlinks:\n", "\ufeff"[1:]])
def test_an_empty_file_or_section_changes_nothing(text: str) -> None:
    assert knowledge(text).numbers == knowledge().numbers


def test_a_salt_of_the_site_is_offered_with_its_own_elemental_content() -> None:
    site = """
formulary:
  preferred: [own_citrate]
  salts:
    own_citrate:
      {unit: tablet, elemental_per_unit: 100, max_gate: R1, gentle: true, daily: {200: [{quantity: 1, per_day: 2}]}}
  products:
    own_citrate: {display: Magnesium citrate 100 mg elemental tablet, salt: citrate}
"""
    said = drafted(ask(site, LOW))
    assert said["medicationCodeableConcept"] == {"text": "Magnesium citrate 100 mg elemental tablet"}
    assert "1 tablet by mouth twice a day" in said["dosageInstruction"][0]["text"]
    assert "200 mg ELEMENTAL" in said["dosageInstruction"][0]["text"]


def test_a_shipped_salt_keeps_what_the_site_does_not_say() -> None:
    site = "formulary: {salts: {oxide: {elemental_per_unit: 250}}}"
    assert knowledge(site).doses.salts["oxide"].elemental_per_unit == 250
    assert knowledge(site).doses.salts["oxide"].daily == knowledge().doses.salts["oxide"].daily


def test_codes_are_taken_as_written() -> None:
    site = "codes:\n  labs:\n    - {system: s, code: 0123, analyte: magnesium}\n"
    assert knowledge(site).terminology.analyte_of([("s", "0123")]) == "magnesium"


def test_a_product_keeps_what_the_site_does_not_say() -> None:
    product = knowledge(example("uk-hospital.yaml")).products["aspartate_sachet"]
    assert (product.route, product.salt) == ("oral", "aspartate")
    assert knowledge().products["oxide"].codings[0][0] == RXNORM
