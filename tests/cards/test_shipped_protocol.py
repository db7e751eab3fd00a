"""The shipped doses are a protocol in the language of a hospital's own; a site can say all that it says."""

from importlib.resources import files
from pathlib import Path

import pytest

from cards import KnowledgeError, load_knowledge
from cards.loading.shipped_protocol import key_of, read_shipped
from cards.model import Band, RenalGate
from cards.plan.protocol_facts import JUDGED, LEVELS
from cards.protocol.beside import beside
from cards.protocol.check import check
from cards.protocol.trial import read, try_cases
from tests.cards.chart import Json, decide, knowledge, snapshot
from tests.cards.test_order_templates import MEDICATIONS

PATH = files("cards.knowledge") / "protocol.yaml"
TEXT = PATH.read_text(encoding="utf-8")
HEAD = "protocol: ours\nunit: mg/dL\n"
BY_KIDNEYS = (
    HEAD
    + """rows:
  - row: severe
    level: severe
    give:
      R0: ["sulfate 4 g IV over 4 h"]
      R2: ["sulfate 1 g IV over 4 h"]
  - row: moderate and at risk
    level: moderate
    when: [in hospital, high risk]
    give: as severe
"""
)


def _row(chart: Json) -> str:
    """The row that a site's protocol answers with, as the card names it."""
    known = load_knowledge(files("cards.knowledge"), "protocol: ours.yaml\n", files={"ours.yaml": BY_KIDNEYS})
    told = "\n".join(str(card.body["detail"]) for card in decide(snapshot(chart), known=known).cards)
    return next((row.name for row in known.protocols[0].rows if f'row "{row.name}"' in told), "")


def test_every_row_is_read_with_its_doses() -> None:
    doses, keys = knowledge().doses, {key_of(row) for row in knowledge().shipped.rows}
    assert keys == (doses.iv.keys() - {"emergency", "digoxin_toxicity", "low_normal"}) | doses.oral.keys()
    assert all(f"iv-{key}-R0" in MEDICATIONS for key in keys & doses.iv.keys())


@pytest.mark.parametrize("gate", [RenalGate.R0, RenalGate.R1])
@pytest.mark.parametrize("band", LEVELS)
def test_a_row_without_conditions_but_the_kidneys_ends_every_level(band: Band, gate: RenalGate) -> None:
    rows = [r for r in knowledge().shipped.rows if r.level.band == LEVELS[band] and r.at_kidneys == gate.name]
    assert len(rows[-1].when) == 1


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("when: [pregnancy]", "when: [egfr < 30]", "'egfr < 30' is not read for this protocol"),
        ("when: [pregnancy]", "when: [calcium low]", "'calcium low' is not read for this protocol"),
        ("give: as moderate\n", 'give: ["sulfate 2 g IV over 2 h"]\n', "orders by kidneys are needed"),
        ('R2: ["sulfate 1 g IV over 2 h"]', 'R2: ["sulfate 3 g IV over 2 h"]', "iv_3g: is not in products.yaml"),
        ("give: as moderate\n", "give: as modest\n", "no row is called 'modest'; did you mean moderate"),
        ("give: as moderate\n", "give: as severe_pregnancy\n", "has no orders of its own"),
        ("      R2: ", "      R9: ", "unknown key 'R9'"),
    ],
)
def test_a_fault_in_it_is_told_with_its_line(tmp_path: Path, old: str, new: str, reason: str) -> None:
    path, known = tmp_path / "protocol.yaml", knowledge()
    assert old in TEXT
    path.write_text(TEXT.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(KnowledgeError, match=r"protocol\.yaml:\d+: ") as fault:
        read_shipped(path, known.protocol_words, known.units, known.products)
    assert reason in str(fault.value)


def test_every_judged_word_has_its_judgement() -> None:
    assert set(knowledge().protocol_words.judged.values()) == JUDGED.keys()


@pytest.mark.parametrize(
    ("chart", "row"),
    [
        ({"magnesium": 1.1, "labs": {"egfr": 80}}, "severe (R0)"),
        ({"magnesium": 1.1, "labs": {"egfr": 22}}, "severe (R2)"),
        ({"magnesium": 1.1, "labs": {"egfr": 45}}, ""),
        ({"magnesium": 0.9, "labs": {"egfr": 80}}, ""),
        ({"magnesium": 1.3, "labs": {"egfr": 80}, "medications": [{"rxcui": "3407"}]}, "moderate and at risk (R0)"),
        ({"magnesium": 1.3, "labs": {"egfr": 80}}, ""),
    ],
)
def test_a_site_says_levels_kidneys_and_judgements_too(chart: Json, row: str) -> None:
    assert _row({"setting": "inpatient", **chart}) == row


def test_cases_tell_the_kidneys_by_the_egfr() -> None:
    cases = (
        "cases:\n"
        "  - {n: 1, mg: 1.1 mg/dL, egfr: 80, expect: {orders: [{route: iv, salt: sulfate, dose: 4 g, over: 4 h}]}}\n"
        "  - {n: 2, mg: 1.1 mg/dL, egfr: 22, expect: {orders: [{route: iv, salt: sulfate, dose: 1 g, over: 4 h}]}}\n"
        "  - {n: 3, mg: 1.1 mg/dL, egfr: 80, expect: {orders: [{route: iv, salt: sulfate, dose: 1 g, over: 4 h}]}}\n"
    )
    tried = try_cases(read(BY_KIDNEYS, "ours.yaml", knowledge()), cases, "cases.yaml", knowledge())
    assert (tried.passed, len(tried.failed)) == (2, 1)


def test_a_check_tells_the_kidneys_that_no_row_is_for() -> None:
    told = [remark.text for remark in check(read(BY_KIDNEYS, "ours.yaml", knowledge()), knowledge())]
    assert any(text.startswith("gap: ") and "kidneys R5" in text for text in told)
    assert not any(text.startswith(("word: ", "normal: ")) for text in told)


@pytest.mark.parametrize(("condition", "means"), [("cystic fibrosis", "never holds"), ("no cystic fibrosis", "nobody")])
def test_a_check_tells_what_cannot_be_known(condition: str, means: str) -> None:
    text = HEAD + f'for: [{condition}]\nrows:\n  - {{row: low, level: "< 1.2", give: ["sulfate 2 g IV over 2 h"]}}\n'
    (told,) = (r for r in check(read(text, "ours.yaml", knowledge()), knowledge()) if r.text.startswith("word: "))
    assert told.line == 3 and "cannot be known by the service" in told.text and means in told.text


def test_beside_itself_the_shipped_protocol_gives_the_same() -> None:
    """At every level and state of the kidneys of a row; in hospital `severe_oral` answers nobody."""
    known = knowledge()
    told = [b for b in beside(known.shipped, known) if not b.row.startswith("severe_oral")]
    assert (
        len({b.row for b in told})
        == len({r.name for r in known.shipped.rows if not r.name.startswith("severe_oral")}) - 1
    )
    assert all(b.own.replace(" and ", ", then ") == b.shipped for b in told)


def test_beside_another_it_is_asked_about_the_same_patient() -> None:
    text = (
        HEAD
        + 'rows:\n  - {row: low, level: 1.1 .. 1.7, when: [symptoms, egfr > 50], give: ["sulfate 1 g IV over 1 h"]}\n'
    )
    told = {(b.level, b.kidneys): b.shipped for b in beside(read(text, "ours.yaml", knowledge()), knowledge())}
    assert told == {
        ("1.1 .. 1.2", "eGFR 51 or more"): "sulfate 2 g IV over 2 h, 1 dose, then sulfate 2 g IV over 4 h, 1 dose",
        ("1.3 .. 1.4", "eGFR 51 or more"): "sulfate 2 g IV over 2 h, 1 dose",
        ("1.5 .. 1.6", "eGFR 51 or more"): "magnesium 200 mg elemental per 24 h by mouth",
        ("1.7", "eGFR 51 or more"): "nothing: the level is not low",
    }


@pytest.mark.parametrize(
    ("unit", "shipped"), [("", "sulfate 4 g IV"), ("unit outpatient", "magnesium 400 mg elemental")]
)
def test_an_outpatient_protocol_is_beside_what_is_shipped_for_outpatients(unit: str, shipped: str) -> None:
    text = HEAD + f'for: [{unit}]\nrows:\n  - {{row: low, level: 1.1, give: ["sulfate 1 g IV over 1 h"]}}\n'
    first, *_ = beside(read(text, "ours.yaml", knowledge()), knowledge())
    assert first.shipped.startswith(shipped)


def test_a_check_parts_the_kidneys_where_the_protocol_does() -> None:
    text = HEAD + 'for: [egfr > 50]\nrows:\n  - {row: low, level: "< 1.2", give: ["sulfate 6 g IV over 6 h"]}\n'
    told = [remark.text for remark in check(read(text, "ours.yaml", knowledge()), knowledge())]
    assert 'stop: row "low": eGFR 51 to below 60: not drafted, 6 g in 24 h is above 4 g' in told
