"""Each dialect over every chart: the same decisions, and only suggestions that its record system can take."""

import json
import re
from functools import cache
from itertools import count
from pathlib import Path

import pytest

from cards import Problem
from cds_service.conformance import dialect_faults
from cds_service.dialects import read_dialect, shipped, spoken, standard
from cds_service.dialects.dialect import dialect_of, dialect_words
from cds_service.dialects.order_text import order_label, short_dose
from cds_service.run.settings import SettingsError
from tests.cards.chart import decide, knowledge, snapshot
from tests.cards.each_case import every_case
from tests.knowledge.asking import knowledge as with_site
from tests.spec.checks import violations
from tests.told import told_in

VIGNETTES = [told_in(path)["chart"] for path in sorted((Path("fixtures") / "vignettes").glob("*.yaml"))]
NAMES = sorted(set(shipped()) - {"standard"})
STRICT = """
name: All of it
source: made up
date: 2026-11-28
suggestions: {actions: 1, selection: [any], draft_removal: words, stop: delete}
orders: {intent: order, category: setting, details: ignored, codes: own}
topics: per problem
links: none
text: plain
summary: 100
label: 60
"""
SALTS = {product.display for product in knowledge().products.values() if product.salt}


@cache
def decisions():
    """Every chart that brings a card, decided."""
    told = [*(case.as_shipped for case in every_case()), *(decide(snapshot(chart)) for chart in VIGNETTES)]
    return [d for d in told if d.cards]


MADE_UP = dialect_of(STRICT, "strict", "strict.yaml")  # the strictest that a file can tell
ALL = [*(shipped()[name] for name in NAMES), MADE_UP]


def each(*traits):
    """Every dialect that has the traits."""
    chosen = [dialect for dialect in ALL if all(getattr(dialect, trait) for trait in traits)]
    return pytest.mark.parametrize("dialect", chosen, ids=[dialect.key for dialect in chosen])


@cache
def answers(dialect):
    """(as decided, as spoken) of each card; the decision too."""
    numbers = count(1)

    def new_id():
        return f"00000000-0000-4000-9000-{next(numbers):012d}"

    pairs = [(d, spoken(d, dialect, new_id)) for d in decisions()]
    return [(one, *cards) for one, other in pairs for cards in zip(one.cards, other.cards, strict=True)]


def suggestions(card):
    return card.body.get("suggestions", [])


def actions(card):
    return [action for suggestion in suggestions(card) for action in suggestion["actions"]]


def created(card, kind):
    return [a["resource"] for a in actions(card) if a["type"] == "create" and a["resource"]["resourceType"] == kind]


def product(order):
    return order["medicationCodeableConcept"]["text"]


def bare(order):
    """An order without what a dialect adds."""
    return json.dumps({k: v for k, v in order.items() if k not in ("intent", "category")}, sort_keys=True)


def removed(card):
    """The orders that the actions of a card take away."""
    gone = [a for a in actions(card) if a["type"] != "create"]
    return {a.get("resourceId") or f"{a['resource']['resourceType']}/{a['resource']['id']}" for a in gone}


def test_the_standard_changes_nothing():
    for decision in decisions():
        assert spoken(decision, standard(), lambda: "x") is decision


@each()
def test_the_decision_is_the_same(dialect):
    for _, was, now in answers(dialect):
        assert (was.uuid, was.problem, was.indicator, was.rules) == (now.uuid, now.problem, now.indicator, now.rules)
        assert (
            was.body["indicator"] == now.body["indicator"]
            and was.body["source"]["label"] == now.body["source"]["label"]
        )


@each()
def test_every_suggestion_can_be_taken(dialect):
    for _, _, card in answers(dialect):
        for suggestion in suggestions(card):
            assert 0 < len(suggestion["label"]) <= dialect.label
            assert len(suggestion["actions"]) == 1 or not dialect.one_action
        labels = [suggestion["label"] for suggestion in suggestions(card)]
        assert len(set(labels)) == len(labels) or not dialect.one_action
        assert not labels or card.body["selectionBehavior"] in dialect.selection
        assert ("selectionBehavior" in card.body) == bool(labels)
        assert card.suggestion_uuids == tuple(s["uuid"] for s in suggestions(card))
        assert len(card.body["summary"]) <= dialect.summary
        assert dialect.links != "none" or "links" not in card.body


@each()
def test_answers_keep_to_the_specification_and_to_the_dialect(dialect):
    for decision in decisions():
        body = {"cards": [card.body for card in spoken(decision, dialect, _fresh()).cards]}
        assert violations(body) == []
        faults = dialect_faults(body, dialect)
        setting = decision.trace.chart.setting
        place_is_known = setting.acts_as_inpatient or setting.value == "ambulatory"
        assert not [fault for fault in faults if place_is_known or not fault.where.endswith(".category")]


def _fresh():
    numbers = count(1)
    return lambda: f"00000000-0000-4000-8000-9{next(numbers):011d}"


@each()
def test_every_order_is_a_button_or_told_in_words(dialect):
    for _, was, now in answers(dialect):
        buttons = {bare(order) for kind in ("MedicationRequest", "ServiceRequest") for order in created(now, kind)}
        for order in created(was, "ServiceRequest"):
            assert bare(order) in buttons
        for order in created(was, "MedicationRequest"):
            assert bare(order) in buttons or order_label(order, 999) in _plain(now.body["detail"])
        assert buttons <= {bare(o) for kind in ("MedicationRequest", "ServiceRequest") for o in created(was, kind)}


def _plain(detail):
    return detail.replace("**", "").replace("\\", "")


@each()
def test_every_removal_is_a_button_or_told_in_words(dialect):
    spoken_of = 0
    for decision, was, now in answers(dialect):
        chart = decision.trace.chart
        names = {m.reference: m.name for m in (*(chart.medications or ()), *chart.drafts)}
        for reference in removed(was) - removed(now):
            spoken_of += 1
            assert names[reference] in now.body["detail"] and "in the chart: " in now.body["detail"]
        for action in (a for a in actions(now) if a["type"] != "create"):
            assert action["type"] == "delete" or dialect.stop == "as decided"
    assert spoken_of


@each()
def test_magnesium_in_place_of_magnesium_never_comes_on_top(dialect):
    """Accepted alone it would be a further dose: it is no button until what it replaces is gone."""
    replacing = 0
    for _, was, now in answers(dialect):
        for suggestion in suggestions(was):
            new = [a["resource"] for a in suggestion["actions"] if a["type"] == "create"]
            salts = [o for o in new if o["resourceType"] == "MedicationRequest" and product(o) in SALTS]
            if salts and any(a["type"] != "create" for a in suggestion["actions"]):
                replacing += 1
                whole = [s for s in suggestions(now) if len(s["actions"]) == len(suggestion["actions"])]
                assert whole or not {bare(o) for o in salts} & {bare(o) for o in created(now, "MedicationRequest")}
    assert replacing


@each("one_action")
def test_with_one_action_the_dose_comes_first_and_tests_once(dialect):
    for _, was, now in answers(dialect):
        kinds = [action.get("resource", {}).get("resourceType") for action in actions(now)]
        tests = [n for n, kind in enumerate(kinds) if kind == "ServiceRequest"]
        assert tests == list(range(len(kinds) - len(tests), len(kinds)))
        made = [bare(order) for order in created(now, "ServiceRequest")]
        assert len(set(made)) == len(made)
        recommended = [s for s in suggestions(now) if s.get("isRecommended")]
        assert len(recommended) <= sum(bool(s.get("isRecommended")) for s in suggestions(was))


@each("details_ignored")
def test_a_dose_that_may_be_lost_stands_in_summary_and_label(dialect):
    seen = 0
    for _, _, card in answers(dialect):
        doses = [order for order in created(card, "MedicationRequest") if product(order) in SALTS]
        for order in doses:
            (label,) = [s["label"] for s in suggestions(card) for a in s["actions"] if a.get("resource") is order]
            rate = re.findall(r"\([\d.]+ g/h\)", short_dose(order))
            seen += bool(rate)
            assert all(part in label for part in rate) and short_dose(order).split(" with ")[0][:40] in label
            assert short_dose(doses[0]) in card.body["summary"]
        if not doses:
            assert "; order " not in card.body["summary"]
    assert seen


@each("category")
def test_where_it_is_asked_for_orders_tell_intent_and_category(dialect):
    seen = set()
    for decision, _, card in answers(dialect):
        for order in (*created(card, "MedicationRequest"), *created(card, "ServiceRequest")):
            assert order["intent"] == dialect.intent
            told = [concept["coding"][0]["code"] for concept in order.get("category", [])]
            setting = decision.trace.chart.setting
            wanted = {"ambulatory": ["outpatient"], "unknown": []}.get(setting.value, ["inpatient"])
            assert told == wanted
            seen |= set(told)
    assert seen == {"inpatient", "outpatient"}


@each("own_topics")
def test_topics_are_letters_and_digits_one_a_problem(dialect):
    topics = {(card.problem, json.dumps(card.body["source"].get("topic"))) for _, _, card in answers(dialect)}
    assert len({problem for problem, _ in topics}) == len({topic for _, topic in topics}) == len(topics)
    codes = [topic["code"] for topic in dialect_words().topics.values()]
    assert all(code.isascii() and code.isalnum() for code in codes) and len(set(codes)) == len(codes)
    assert set(dialect_words().topics) == {problem.name.lower() for problem in Problem}


@each("plain")
def test_plain_text_has_no_marks(dialect):
    assert not [c for _, _, c in answers(dialect) if re.search(r"\*\*|^- |\\", c.body["detail"], re.MULTILINE)]


def test_listed_links_are_those_that_the_client_lists():
    oracle, (decision, *_) = shipped()["oracle"], [d for d in decisions() if d.cards[0].body.get("links")]
    url = decision.cards[0].body["links"][0]["url"]
    assert "links" not in spoken(decision, oracle, _fresh()).cards[0].body
    assert [link["url"] for link in spoken(decision, oracle, _fresh(), [url]).cards[0].body["links"]] == [url]


def test_a_smart_link_of_a_site_goes_only_where_links_go():
    app = {"label": "App", "url": "https://apps.example.org/launch", "type": "smart", "appContext": "c"}
    site = f"links: [{{label: App, url: {app['url']!r}, type: smart, app_context: c}}]"
    decision = decide(snapshot(every_case()[0].chart), known=with_site(site))
    assert app in decision.cards[0].body["links"]

    def links(dialect, listed=()):
        return spoken(decision, dialect, _fresh(), listed).cards[0].body.get("links", [])

    assert app in links(shipped()["epic"]) and app in links(standard())
    assert app not in links(shipped()["oracle"])
    assert links(shipped()["oracle"], ["https://apps.example.org/"]) == [app]
    assert links(dialect_of(HEAD + "links: none", "x", "x.yaml")) == []


def test_the_address_of_a_source_is_a_link_like_any_other():
    decision = next(d for d in decisions() if d.cards and d.cards[0].body["source"].get("url"))
    source = decision.cards[0].body["source"]
    none = dialect_of(HEAD + "links: none", "x", "x.yaml")
    kept = {key: value for key, value in source.items() if key != "url"}
    assert spoken(decision, none, _fresh()).cards[0].body["source"] == kept
    oracle = shipped()["oracle"]
    assert spoken(decision, oracle, _fresh()).cards[0].body["source"] == kept
    assert spoken(decision, oracle, _fresh(), [source["url"][:20]]).cards[0].body["source"] == source
    assert decision.cards[0].body["source"]["url"], "the decision itself is as it was"


HEAD = "name: X\nsource: Y\ndate: 2026-11-28\n"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (HEAD + "sugestions: {}", "x.yaml:4: unknown key 'sugestions'; did you mean suggestions?"),
        (HEAD + "suggestions: {acions: 1}", "x.yaml:4: unknown key 'acions'; did you mean actions?"),
        (
            HEAD + "suggestions:\n  stop: word",
            "x.yaml:5: stop is 'word'; allowed: as decided, delete, words; did you mean words?",
        ),
        (HEAD + "suggestions: {actions: true}", "x.yaml:4: actions is True"),
        (HEAD + "suggestions: {selection: [al]}", "x.yaml:4: selection is 'al'"),
        (HEAD + "suggestions: {selection: [at-most-one]}", "x.yaml:4: without `any`"),
        (HEAD + "suggestions: []", "x.yaml:4: needs a mapping of actions"),
        (HEAD + "summary: 20", "x.yaml:4: summary is 20; allowed: 100 to 139"),
        (HEAD + "label: 200", "x.yaml:4: label is 200; allowed: 60 to 100"),
        (HEAD + "override_reasons: a b", "x.yaml:4: override_reasons needs the name of a field"),
        (HEAD + "hooks: order-sign", "x.yaml:4: hooks needs a list"),
        ("name: X\nsource: Y", "date is missing"),
        ("name: X\ndate: 2026-11-28", "source is missing"),
        ("- a", "x.yaml:1: needs a mapping"),
        ("a: [", "not valid YAML"),
        (HEAD + "name: Z", "x.yaml:4: 'name' is given twice"),
    ],
)
def test_a_wrong_dialect_says_file_line_and_reason(tmp_path, text, reason):
    (tmp_path / "x.yaml").write_text(text)
    with pytest.raises(SettingsError) as refused:
        read_dialect(tmp_path / "x.yaml")
    assert reason in str(refused.value)


@pytest.mark.parametrize("name", sorted(shipped()))
def test_a_dialect_says_where_it_is_from(name):
    found = shipped()[name]
    assert found.key == name and len(found.source) > 20 and found.known_on.year >= 2026
