"""A signature binds to content: what is changed is unsigned, and nothing else; cards and pages say so."""

import json
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner

from cards import Decision, Knowledge, Signed, load_knowledge
from cards.loading.site import Site
from cds_service.curate import code_state, rule_pages, signature_report
from cds_service.curate.code_state import SHARED
from cds_service.curate.contents import contents
from cds_service.curate.signatures import Signature, read_signatures, sign, signed_state, states, written
from cds_service.curate.site_knowledge import knowledge_of
from cds_service.run.cli import main
from cds_service.run.settings import SettingsError
from tests.cards.chart import decide, snapshot
from tests.knowledge.asking import FOLDER, change, copy_of_knowledge

SITE = "approval: {signatures: signed.yaml}\n"
DAY = date(2027, 1, 15)
Spoil = Callable[[Path], object]


def with_protocol(text: str) -> Knowledge:
    return load_knowledge(FOLDER, f"{SITE}protocol: ours.yaml\n", "site.yaml", files={"ours.yaml": text})


@cache
def shipped(site: str = SITE) -> Knowledge:
    return load_knowledge(FOLDER, site)


def by(name: str, known: Knowledge, before: tuple[Signature, ...] = ()) -> Signature:
    return sign(contents(known).values(), before, (name, "PharmD"), DAY, {})


def added(file: str, line: str) -> Spoil:
    return lambda folder: change(folder / file, whole := (folder / file).read_text(encoding="utf-8"), whole + line)


def replaced(file: str, old: str, new: str) -> Spoil:
    return lambda folder: change(folder / file, old, new)


MILD = "advice/emergency_and_low/magnesium_is_mildly_low.yaml"
NUMBER = {"number:band.severe"}
MILD_RULE = {"rule:magnesium_is_mildly_low"}
R3 = "R3: [{grams: 1, minutes: 15}]"
DIGITALIS = replaced("words/en/phrases.yaml", "digoxin: digoxin", "digoxin: digitalis")
AFTER_PPI = replaced("monitoring.yaml", "{text: 1-2 weeks after stopping", "{text: 2 weeks after stopping")

IN_FILES: dict[str, tuple[Spoil, set[str]]] = {
    "words of a rule": (replaced(MILD, "question: ", "question: Really "), MILD_RULE),
    "a line of a rule": (replaced(MILD, "lines:\n", "lines:\n  more: {why: More}\n"), MILD_RULE),
    "a number": (replaced("thresholds.yaml", "band.severe: {value: 0.50,", "band.severe: {value: 0.49,"), NUMBER),
    "a dose": (replaced("doses.yaml", R3, R3.replace("15", "20")), {"dose:iv.emergency.R3"}),
    "a stop": (replaced("hard_stops.yaml", "unless: pacemaker, yields_in", "yields_in"), {"stop:heart_block"}),
    "a product": (replaced("products.yaml", "Magnesium sulfate 1 g in", "Magnesium 1 g in"), {"product:iv_1g"}),
    "a phrase": (DIGITALIS, {"text:phrase.dangers.digoxin"}),
    "a recheck": (AFTER_PPI, {"text:recheck.after_ppi"}),
    "a table": (added("codes/brands.csv", "examplium,5487\n"), {"table:codes/brands.csv"}),
    "a comment": (added("doses.yaml", "# only a remark\n"), set()),
    "a source": (replaced("doses.yaml", 'source: "35;54;2"', 'source: "35;54"'), set()),
    "a review": (replaced(MILD, "next_review: ", "next_review: 2028-01-01 # "), set()),
}


@pytest.mark.parametrize("kind", IN_FILES)
def test_what_is_changed_in_the_files_is_unsigned_and_nothing_else(kind: str, tmp_path: Path) -> None:
    spoil, expected = IN_FILES[kind]
    folder = copy_of_knowledge(tmp_path)
    spoil(folder)
    assert signed_state(load_knowledge(folder, SITE), [by("A", shipped())], folder).unsigned == expected


IN_SITE: dict[str, tuple[str, set[str]]] = {
    "a number": ("thresholds: {potassium.low: {value: 3.6, unit: mmol/L}}", {"number:potassium.low"}),
    "a product": ("formulary: {products: {oxide: {display: Ours}}}", {"product:oxide"}),
    "a salt": ("formulary: {salts: {oxide: {elemental_per_unit: 250}}}", {"dose:salts.oxide"}),
    "a test": ('orderables: {tests: {bmp: {system: "urn:oid:2.999", code: "1", display: B}}}', {"test:bmp"}),
    "a code": ("codes: {labs: [{system: s, code: c, analyte: magnesium}]}", {"site:lab_codes"}),
    "a rule off": ("rules: {off: [albumin_is_low]}", {"site:rules_off"}),
    "a switch": ("switches: [{rules: [albumin_is_low], off: true, unit: icu-2}]", {"site:switches"}),
    "a unit of care": ("codes: {units: [{system: s, code: c, unit: icu}]}", {"site:unit_codes"}),
    "a unit of measure": ("units: {calcium: mmol/L}", {"site:units"}),
    "what is offered": ("override_reasons: [need-more-info]", {"site:override_reasons"}),
    "a trial": ("trial: all", set()),
    "a name": ("site: {name: Other}", set()),
}


@pytest.mark.parametrize("kind", IN_SITE)
def test_what_a_site_changes_is_unsigned_and_nothing_else(kind: str) -> None:
    more, expected = IN_SITE[kind]
    whole = by("A", shipped())
    assert signed_state(load_knowledge(FOLDER, f"{SITE}{more}\n"), [whole]).unsigned == expected


OF_OTHER_PIECES = {"thresholds", "products", "salts", "orderable_tests", "orderable_products", "protocols", "words"}
OF_ITS_LANGUAGE = {"language", "date_form"}
NO_CONTENT = {"name", "approved_by", "approved_on", "signatures", "trial", "candidate", "forecast", "places"}


def test_all_that_a_site_can_say_is_signed_or_is_no_content() -> None:
    own = {piece.name for piece in contents(shipped()).values() if piece.kind == "site"}
    assert own | OF_OTHER_PIECES | OF_ITS_LANGUAGE | NO_CONTENT == {field.name for field in fields(Site)}


OURS = """protocol: ours
unit: mmol/L
rows:
  - {row: very low, level: below 0.5, give: magnesium sulfate 4 g iv over 4 h}
  - {row: low, level: 0.5 to 0.7, give: magnesium sulfate 2 g iv over 2 h}
"""


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("2 g iv over 2 h", "2 g iv over 3 h", {"protocol:ours.yaml/low"}),
        ("unit: mmol/L", "unit: mmol/L\nneeds: [creatinine]", {"protocol:ours.yaml"}),
        ("protocol: ours", "# a remark\nprotocol: ours", set()),
    ],
)
def test_a_row_of_the_protocol_is_unsigned_alone(old: str, new: str, expected: set[str]) -> None:
    assert old in OURS
    whole = by("A", with_protocol(OURS))
    assert signed_state(with_protocol(OURS.replace(old, new)), [whole]).unsigned == expected


def test_another_case_unsigns_its_rule_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    known = shipped()
    whole, told = by("A", known), json.loads(json.dumps(dict(rule_pages._tried())))
    told["albumin_is_low"]["behaviour"] = "another"
    monkeypatch.setattr(rule_pages, "_tried", lambda: told)
    assert signed_state(known, [whole]).unsigned == {"rule:albumin_is_low"}


def test_a_rule_that_is_only_written_anew_stays_signed_and_is_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    known, code = shipped(), code_state.code_state()
    assert set(code) == {SHARED, *known.advice}
    whole = sign(contents(known).values(), (), ("A", "PharmD"), DAY, {**code, "albumin_is_low": "before"})
    lines = list(signature_report.signature_lines(known, written([whole])))
    assert [line for line in lines if "written anew" in line and "rule albumin_is_low" in line]
    assert not [line for line in lines if line.startswith("draft")] and len(lines) == 2
    monkeypatch.setattr(code_state, "code_state", lambda: {**code, SHARED: "now"})
    assert "all rules share" in "".join(signature_report.signature_lines(known, written([whole])))


def test_two_people_must_sign_where_the_site_asks_for_two() -> None:
    known = shipped("approval: {signatures: signed.yaml, signers: 2}\n")
    one = by("Jane  Example", known)
    assert signed_state(known, [one]).unsigned == set(contents(known))
    again = sign(contents(known).values(), (), ("jane example", "MD"), DAY, {})
    assert signed_state(known, [one, again]).unsigned == set(contents(known))
    assert not by("JANE EXAMPLE", known, (one,)).pieces
    assert {s.why for s in states(contents(known).values(), [one], 2)} == {
        "waits for another signature: 1 of 2, Jane  Example"
    }
    both = signed_state(known, [one, by("John Example", known, (one,))])
    assert both.is_complete and len(both.by) == 2


def test_a_file_of_signatures_is_read_as_it_is_written() -> None:
    whole = by("Zoë: 'x'", shipped())
    assert read_signatures(written([whole]), "signed.yaml") == (whole,)


LOW = {"magnesium": 1.5, "labs": {"egfr": 90, "potassium": 4.2}, "setting": "ambulatory"}


def said_by(signed: Signed) -> Decision:
    return decide(snapshot(LOW), known=replace(shipped(), signed=signed))


def status(signed: Signed) -> str:
    source = said_by(signed).cards[0].body["source"]
    assert isinstance(source, dict)
    return str(source["label"]).partition("(")[2].rstrip(")")


def test_a_card_is_draft_for_what_it_rests_on_and_for_nothing_else() -> None:
    def unsigned(*pieces: str, rules: tuple[str, ...] = (), shared: bool = False) -> Signed:
        return Signed(("A",), frozenset(pieces), frozenset(rules), shared)

    (card, *_), draft = said_by(unsigned()).cards, "draft, not clinically approved"
    assert status(unsigned()) == "approved"
    assert status(unsigned("rule:x", rules=("heart_block_forbids_iv",))) == "approved"
    assert [status(unsigned("rule:x", rules=(rule,))) for rule in card.rules] == [draft] * len(card.rules)
    assert status(unsigned("dose:oral.mild.R0")) == draft and status(unsigned("dose:oral.mild.R2")) == "approved"
    assert status(unsigned("dose:salts.glycinate")) == draft and status(unsigned("dose:salts.oxide")) == "approved"
    assert status(unsigned("product:glycinate")) == draft and status(unsigned("product:iv_1g")) == "approved"
    assert status(unsigned("test:magnesium")) == draft and status(unsigned("test:ecg")) == "approved"
    assert status(unsigned("text:x", shared=True)) == draft


def test_a_number_makes_the_cards_draft_that_rest_on_it() -> None:
    whole = by("A", shipped())

    def state(number: str, value: float, unit: str) -> Signed:
        site = f"{SITE}thresholds: {{{number}: {{value: {value}, unit: {unit}}}}}\n"
        return signed_state(load_knowledge(FOLDER, site), [whole])

    potassium = state("potassium.low", 3.6, "mmol/L")
    assert "potassium_is_low_too" in potassium.rules and "albumin_is_low" not in potassium.rules
    assert not potassium.shared and potassium.unsigned == {"number:potassium.low"}
    assert state("ckd_epi.age", 0.99, "1").shared  # how the kidneys are worked out is behind every card


def test_the_commands_sign_and_tell_what_changed_since(tmp_path: Path) -> None:
    site = tmp_path / "site.yaml"
    site.write_text("site: {name: Example}\n", encoding="utf-8")

    def run(*told: str) -> str:
        return CliRunner().invoke(main, ["knowledge", *told, "--site", str(site)]).output

    jane = ("sign", "--name", "Jane Example", "--role", "PharmD", "--now", "2027-01-15")
    assert "approval: {signatures: site.signatures.yaml}" in run(*jane)
    site.write_text("approval: {signatures: signed.yaml}\n", encoding="utf-8")
    assert "draft: rule: " in run("check") and knowledge_of(site).approval == "Status: draft, not clinically approved."
    assert "Approved by Jane Example (PharmD), 2027-01-15." in run(*jane)
    assert "draft: " not in run("check") and "nothing to add" in run(*jane)
    site.write_text(
        "approval: {signatures: signed.yaml}\nthresholds: {potassium.low: {value: 3.6, unit: mmol/L}}\n",
        encoding="utf-8",
    )
    assert "draft: number potassium.low: changed since Jane Example (PharmD), 2027-01-15 signed" in run("check")
    assert knowledge_of(site).approval.endswith("; draft, not clinically approved: number potassium.low.")
    assert "did you mean number:potassium.low" in run(*jane, "--only", "number:potassium.lo")
    assert "signed 1 pieces" in run(*jane, "--only", "number:potassium.low")
    assert knowledge_of(site).is_approved


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a: 1\n", "is a list"),
        ("- {name: A}\n", "needs name, role, date"),
        ("- {name: A, role: B, date: 2027-01-15}\n", "needs signed"),
        ("- [\n", "not valid YAML"),
    ],
)
def test_a_wrong_file_of_signatures_stops_the_start(text: str, reason: str, tmp_path: Path) -> None:
    site = tmp_path / "site.yaml"
    site.write_text(SITE, encoding="utf-8")
    (tmp_path / "signed.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as told:
        knowledge_of(site)
    assert "signed.yaml:" in str(told.value) and reason in str(told.value)


@pytest.mark.parametrize(
    "approval",
    [
        "{signatures: a, approved_by: B, date: 2027-01-15}",
        "{signatures: a, signers: 0}",
        "{signers: two}",
        "{signers: true}",
    ],
)
def test_a_wrong_approval_is_told(approval: str) -> None:
    with pytest.raises(ValueError, match="site file:1: "):
        load_knowledge(FOLDER, f"approval: {approval}\n")


def test_the_words_of_a_language_and_of_a_site_are_part_of_what_is_signed(tmp_path: Path) -> None:
    german, folder = f"{SITE}language: de\n", copy_of_knowledge(tmp_path)
    change(folder / "words/de/low_high_other.yaml", "Knapp unter normal (ab", "Unter normal (ab")
    change(folder / "words/de/terms.yaml", "  then: dann", "  then: danach")
    before = by("A", load_knowledge(FOLDER, german))
    assert signed_state(load_knowledge(FOLDER, german), [before]).unsigned == set()
    assert signed_state(load_knowledge(folder, german), [before], folder).unsigned == {*MILD_RULE, "text:term.then"}
    assert signed_state(load_knowledge(folder, SITE), [by("A", shipped())], folder).unsigned == set()
    own, words = f"{SITE}words: ours.yaml\n", "advice: {magnesium_is_mildly_low: {lines: {found: Below normal.}}}\n"
    said = load_knowledge(FOLDER, own, "site.yaml", files={"ours.yaml": words})
    assert signed_state(said, [by("A", shipped())]).unsigned == MILD_RULE
