"""A site's own words, reasons, links, units and dates: what stands in the card, and what stops the start."""

import json
from pathlib import Path

import pytest

from cards import Decision, Knowledge, KnowledgeError, decide, load_knowledge, site_files
from cds_service.curate.knowledge_check import check
from tests.cards.chart import NOW, snapshot
from tests.knowledge.asking import FOLDER, copy_of_knowledge

MILD = "magnesium_is_mildly_low"
LOW = {"setting": "inpatient", "magnesium": 1.5, "labs": {"egfr": 90, "potassium": 3.1, "creatinine": 1.1}}


def known(site: str, words: str = "") -> Knowledge:
    named = "words: ours.yaml\n" if words else ""
    return load_knowledge(FOLDER, f"{site}{named}", "site.yaml", files={"ours.yaml": words} if words else {})


def told(site: str, words: str = "", chart: object = None) -> str:
    return json.dumps([c.body for c in asked(site, words, chart).cards], ensure_ascii=False)


def asked(site: str, words: str = "", chart: object = None) -> Decision:
    return decide(snapshot(chart or LOW), known(site, words), NOW, lambda: "0" * 8)  # type: ignore[arg-type]


def test_any_sentence_can_be_said_otherwise_and_the_rest_stays() -> None:
    words = f"advice:\n  {MILD}:\n    lines: {{recheck: 'Labs again {{recheck}}, as our ward does.'}}\n"
    words += "phrases: {sections: {do: Please}}\nmonitoring: {oral_soon: in three to seven days}\n"
    card = told("", words)
    assert "as our ward does" in card and "**Please:**" in card and "Recheck magnesium, potassium" not in card
    assert "Mildly low magnesium" in card


def test_a_sites_words_come_after_those_of_its_language() -> None:
    card = told("language: de\n", f"advice: {{{MILD}: {{summaries: {{plain_oral: 'Mg {{magnesium}}, {{date}}'}}}}}}\n")
    assert '"summary": "Mg 1,5 mg/dL (0,62 mmol/L), 23.11.2026' in card and "Befund" in card


@pytest.mark.parametrize(
    ("words", "line", "reason"),
    [
        ("advise: {}\n", 1, "unknown section 'advise'; did you mean advice?"),
        ("advice:\n  magnesium_is_mildly_lo: {summary: a}\n", 2, f"did you mean {MILD}"),
        (f"advice:\n  {MILD}:\n    lines:\n      rechek: a\n", 4, "unknown key 'rechek'; did you mean recheck?"),
        (
            f"advice:\n  {MILD}:\n    summary: '{{magnesum}}'\n",
            3,
            "unknown placeholder {magnesum}; did you mean magnesium?",
        ),
        (f"advice:\n  {MILD}:\n    summary: '{{magnesium'\n", 3, "cannot be filled in"),
        (f"advice:\n  {MILD}:\n    summary: 7\n", 3, "needs a text"),
        ("phrases:\n  verbs:\n    lowers: senkt\n", 3, "needs 2 forms"),
        ("monitoring:\n  now: 'n[x] {n[x]}'\n", 2, "unknown placeholder {n[x]}"),
        ("terms:\n  omeprazole: 7\n", 2, "'omeprazole' needs a text"),
        ("patterns:\n  - ['(', a]\n", 2, "a list of a pattern and the text"),
        ("- a\n", 1, "a words file is a mapping"),
        ("decimal: ';'\n", 1, "decimal is . or ,"),
    ],
)
def test_a_wrong_words_file_stops_the_start_with_file_line_and_reason(words: str, line: int, reason: str) -> None:
    with pytest.raises(KnowledgeError) as problem:
        known("", words)
    assert str(problem.value).startswith(f"ours.yaml:{line}: ") and reason in str(problem.value)


@pytest.mark.parametrize(
    ("site", "reason"),
    [
        ("language: ge\n", "site.yaml:1: language: none is called 'ge'; did you mean de"),
        ("words: [a.yaml]\n", "site.yaml:1: words: the file a.yaml was not found"),
        ("dates: d.m.y\n", "site.yaml:1: dates is 'd.m.y'; allowed: d mon yyyy, dd.mm.yyyy"),
        ("units:\n  creatinine: mg\n", "site.yaml:2: units.creatinine is 'mg'; allowed: mg/dL"),
        ("units: {alone: true}\n", "site.yaml:1: units.alone needs units.first"),
        ("links:\n  - {label: a, url: 'https://a.example', rules: [x]}\n", "site.yaml:2: links: unknown rule 'x'"),
        ("links:\n  - {label: a, url: 'https://a.example', rules: x}\n", "site.yaml:2: links: rules needs a list"),
        (
            "override_reasons:\n  - {code: x, display: X}\n",
            "site.yaml:2: override_reasons: each is a code of ours, or code",
        ),
        (
            "override_reasons:\n  - {code: comfort-care, display: X, system: 'urn:x'}\n",
            "comfort-care is a code of ours",
        ),
        ("override_reasons:\n  - {code: x, display: X, system: 'urn:x', later: 1}\n", "later needs a true or false"),
    ],
)
def test_a_wrong_site_file_stops_the_start(site: str, reason: str) -> None:
    with pytest.raises(KnowledgeError) as problem:
        known(site)
    assert reason in str(problem.value)


def test_a_site_has_override_reasons_of_its_own() -> None:
    own = "{code: ward-round, display: Decided on the ward round, system: 'https://a.example/reasons', later: true}"
    site = f"override_reasons:\n  - need-more-info\n  - {own}\n"
    (card, *_) = asked(site).cards
    codes = [(r["code"], r["system"]) for r in card.body["overrideReasons"]]  # type: ignore[attr-defined]
    assert codes[1] == ("ward-round", "https://a.example/reasons") and codes[0][1].startswith(
        "http://terminology.hl7.org"
    )
    assert known(site).override_reasons.later == {"need-more-info", "limited-time", "ward-round"}


def test_a_link_of_a_rule_stands_on_cards_on_which_it_speaks() -> None:
    link = "links:\n  - {{label: Ours, url: 'https://a.example', rules: [{}]}}\n"
    assert "https://a.example" in told(link.format("potassium_is_low_too"))
    assert "https://a.example" not in told(link.format("albumin_is_low"))


@pytest.mark.parametrize(
    ("units", "shown", "hidden"),
    [
        ("first: mmol/L, alone: true", ["0.62 mmol/L", "3.1 mmol/L", "1.75 mmol/L"], ["mg/dL", "mEq/L"]),
        ("first: mEq/L, alone: true", ["1.23 mEq/L", "3.1 mEq/L", "4.0 mEq/L"], ["mg/dL", "mmol/L"]),
        ("first: mg/dL, alone: true, potassium: mEq/L", ["1.5 mg/dL", "3.1 mEq/L", "7.0 mg/dL"], ["mmol/L"]),
    ],
)
def test_a_card_has_the_units_of_its_site_and_no_others(units: str, shown: list[str], hidden: list[str]) -> None:
    chart = {**LOW, "labs": {**LOW["labs"], "calcium": 7.0}, "conditions": ["torsades"]}  # type: ignore[dict-item]
    (card, *_) = asked(f"units: {{{units}}}\n", chart=chart).cards
    text = f"{card.body['summary']}\n{card.body['detail']}"
    assert [unit for unit in shown if unit not in text] == [] and [unit for unit in hidden if unit in text] == [], text


def test_times_are_told_in_the_zone_and_dates_in_the_form_of_the_site() -> None:
    (card, *_) = asked("time_zone: America/New_York\ndates: mm/dd/yyyy\n").cards
    assert "11/23/2026, 05:00" in str(card.body["summary"])
    assert "23 Nov 2026, 10:00" in str(asked("").cards[0].body["summary"])


def test_files_beside_the_site_file_are_protocols_and_words() -> None:
    assert site_files("protocol: a.yaml\nwords: [b.yaml, c.yaml]\n") == ("a.yaml", "b.yaml", "c.yaml")


def test_the_check_lists_what_falls_back_to_english(tmp_path: Path) -> None:
    folder, site = copy_of_knowledge(tmp_path), tmp_path / "site.yaml"
    tables = folder / "words" / "de" / "tables.yaml"
    tables.write_text(tables.read_text(encoding="utf-8").replace("  daily: t\u00e4glich\n", ""), encoding="utf-8")
    site.write_text("language: de\n", encoding="utf-8")
    found = [str(remark) for remark in check(folder, NOW.date(), site).remarks]
    assert "warning: words/de: monitoring.daily: is not told; the English text stands in its place" in found
    assert any("words/de: status: is a draft" in remark for remark in found)


def test_a_signed_translation_says_so_no_more(tmp_path: Path) -> None:
    folder = copy_of_knowledge(tmp_path)
    head = folder / "words" / "de" / "language.yaml"
    text = head.read_text(encoding="utf-8").replace("status: draft", "status: approved")
    head.write_text(text.replace("approved_by: null", "approved_by: Erika Beispiel"), encoding="utf-8")
    signed = load_knowledge(folder, "language: de\n", "site.yaml").translation
    assert (signed.note, signed.approved_by) == ("", "Erika Beispiel")
