"""German as the proof that cards can be said in another language: the same decisions, and no English word."""

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

import pytest

import cards
from cards import Decision, Knowledge
from cards.loading.advice import Advice
from cards.loading.reading import read_yaml, traverse
from tests.cards.chart import CASES, PROTOCOLS, Json, cases, decide, snapshot

FOLDER = files("cards.knowledge")
SITE = "units: {first: mmol/L, alone: true}\n"
FOLDERS = sorted(path.name for path in CASES.iterdir() if path.is_dir())
_WORD = re.compile(r"[^\W\d_]+")
_DATE = re.compile(r"(\d\d)\.(\d\d)\.(\d{4})")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# the name of the service, and units as a record wrote them
_NO_WORDS = {"cds", "\u03bcmol", "mol", "zma", "emgesan"}  # units, and brands as they are spelled everywhere


@cache
def english() -> Knowledge:
    return cards.load_knowledge(FOLDER, SITE, "site.yaml")


@cache
def german() -> Knowledge:
    return cards.load_knowledge(FOLDER, f"{SITE}language: de\n", "site.yaml")


@cache
def german_words() -> frozenset[str]:
    """Every word that the translation writes; the English that it stands for is none of them."""
    told: set[str] = set()
    for path in traverse(FOLDER / "words" / "de"):
        told |= _words(" ".join(_texts(read_yaml(path))))
    return frozenset(told)


def _words(text: str) -> set[str]:
    """Whole words without placeholders, in lower case."""
    return {word.casefold() for word in _WORD.findall(re.sub(r"\{[^}]*\}", " ", text))}


def _texts(told: Any, key: str = "") -> Iterator[str]:
    if isinstance(told, dict):
        for name, value in told.items():
            yield from _texts(value, name)
    elif isinstance(told, list):
        for value in told:
            yield from _texts(value[1:] if key == "patterns" else value)
    elif isinstance(told, str):
        yield told


def _seen(body: Json) -> str:
    """All that a clinician reads of a card, but the version of the knowledge."""
    found = [body["summary"], body["detail"], body["source"]["label"].replace(german().version, "")]
    found += [reason["display"] for reason in body["overrideReasons"]]
    for suggestion in body.get("suggestions", ()):
        found.append(suggestion["label"])
        for action in suggestion["actions"]:
            found.append(action["description"])
            found += _read_of(action["resource"]) if action["type"] == "create" else []
    return "\n".join(found)


def _read_of(resource: Json) -> list[str]:
    """What of a drafted order is read."""
    found = [concept["text"] for key in ("code", "medicationCodeableConcept") if (concept := resource.get(key))]
    found += [each["text"] for key in ("note", "dosageInstruction", "reasonCode") for each in resource.get(key, ())]
    return found + [dosage["route"]["text"] for dosage in resource.get("dosageInstruction", ())]


def _decided(decision: Decision) -> list[Any]:
    """What a decision is, whatever its words."""
    return [
        (c.rules, c.indicator, [[_order(a) for a in s["actions"]] for s in _suggestions(c.body)])
        for c in decision.cards
    ]


def _suggestions(body: Any) -> list[Json]:
    found: list[Json] = body.get("suggestions", [])
    return found


def _order(action: Json) -> Any:
    resource = action.get("resource", {})
    dosage = [(d.get("timing"), d.get("doseAndRate")) for d in resource.get("dosageInstruction", ())]
    coding = [resource.get(key, {}).get("coding") for key in ("code", "medicationCodeableConcept")]
    times = [resource.get(key) for key in ("occurrenceDateTime", "occurrencePeriod", "priority", "status")]
    return action["type"], coding, dosage, times


def _numbers(body: Json) -> set[str]:
    return set(re.findall(r"\d+(?:\.\d+)?", _in_english_form(f"{body['summary']}\n{body['detail']}")))


def _in_english_form(text: str) -> str:
    """Numbers and dates as English cards write them."""
    text = _DATE.sub(lambda d: f"{int(d[1])} {_MONTHS[int(d[2]) - 1]} {d[3]}", text)
    return re.sub(r"(\d),(\d)", r"\1.\2", text)


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_same_cases_are_decided_alike_and_told_in_german_words_alone(folder: str) -> None:
    """But those of a protocol, whose words are the hospital's own."""
    named, told = {path.stem for path in (CASES / folder).glob("*.yaml")}, 0
    for case in (case for rule, case in cases() if rule in named and "protocol" not in case["chart"]):
        shot = snapshot(case["chart"])
        ours, theirs = decide(shot, known=english()), decide(shot, known=german())
        assert _decided(ours) == _decided(theirs), case["name"]
        for card, german_card in zip(ours.cards, theirs.cards, strict=True):
            strange = _words(_seen(german_card.body)) - german_words() - _NO_WORDS
            assert not strange, (case["name"], strange, _seen(german_card.body))
            assert _numbers(german_card.body) == _numbers(card.body), (case["name"], card.body, german_card.body)
            assert str(german_card.body["detail"]).endswith(german().translation.note)
            assert str(german_card.body["summary"]).endswith("\u2026") <= str(card.body["summary"]).endswith("\u2026")
            told += 1
    assert told > 3


def test_an_english_word_on_a_german_card_would_be_noticed() -> None:
    """The words of the translation are not so many that English ones hide among them."""
    rules = [path for path in traverse(FOLDER / "advice") if path.name.endswith(".yaml")]
    sentences = [text for path in rules for text in _texts({**read_yaml(path), "question": "", "status": ""})]
    hidden = [text for text in sentences if len(_words(text)) > 3 and _words(text) <= german_words()]
    assert len(sentences) > 500 and not hidden


def test_german_is_complete_and_a_draft_until_somebody_signs() -> None:
    assert german().translation.missing == ()
    assert "Entwurf" in german().translation.note and german().translation.approved_by == ""


def test_a_german_text_names_the_numbers_that_the_english_one_names() -> None:
    """Else a site moves a limit and the German card goes on telling the shipped one."""
    numbers = re.compile(r"\{((?:n|span|mg|mg_min|\w+_of|magnesium_range)\[[^\]]*\])")
    texts = zip(english().advice.values(), german().advice.values(), strict=True)
    pairs = [(o, t) for ours, theirs in texts for o, t in zip(_texts(_said(ours)), _texts(_said(theirs)), strict=True)]
    assert len(pairs) > 500
    assert not [(o, t) for o, t in pairs if set(numbers.findall(o)) != set(numbers.findall(t))]


def _said(advice: Advice) -> Json:
    lines = {key: line.text for key, line in advice.lines.items()}
    return {"": advice.summary, "s": dict(advice.summaries), "l": lines, "b": dict(advice.suggestions)}


def test_a_german_card_has_one_system_of_units() -> None:
    told = {"setting": "inpatient", "magnesium": 1.1, "labs": {"egfr": 90, "potassium": 3.0, "calcium": 7.0}}
    (card, *_) = decide(snapshot(told), known=german()).cards
    detail = f"{card.body['summary']}\n{card.body['detail']}"
    assert "0,45 mmol/L" in detail and "1,75 mmol/L" in detail and "mg/dL" not in detail


def test_a_german_card_tells_why_a_protocol_orders_nothing() -> None:
    text = (PROTOCOLS / "uk-nhs-highland.yaml").read_text(encoding="utf-8")
    site = f"{SITE}language: de\nprotocol: uk-nhs-highland.yaml\n"
    known = cards.load_knowledge(FOLDER, site, "site.yaml", files={"uk-nhs-highland.yaml": text})
    (card, *_) = decide(snapshot({"magnesium": 1.1, "conditions": ["I44.2"]}), known=known).cards
    told = "Keine Dosis nach Protokoll uk-nhs-highland: i.v. ausgeschlossen: AV-Block."
    assert told in str(card.body["detail"]), card.body["detail"]
