"""`knowledge diff` sets side by side what two versions say, counts the cards of both, and makes a page to print."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from cards import load_knowledge
from cds_service.curate.contents import contents
from cds_service.curate.diff_page import rates
from cds_service.curate.differences import Difference, differences
from cds_service.curate.quiet_cohort import cards_by_rule, size
from cds_service.run.cli import main
from fixtures.synthetic.generate import write_export
from tests.knowledge.asking import FOLDER, change, copy_of_knowledge, knowledge

MILD = "magnesium_is_mildly_low"


def of_site(text: str) -> list[Difference]:
    return list(differences(contents(knowledge()), contents(load_knowledge(FOLDER, text))))


@pytest.mark.parametrize(
    ("site", "expected"),
    [
        ("trial: all\n", []),
        (
            "thresholds: {band.severe: {value: 0.52, unit: mmol/L}}\n",
            [Difference("number", "band.severe", "magnesium", "0.5 mmol/L", "0.52 mmol/L")],
        ),
        ("rules: {off: [albumin_is_low]}\n", [Difference("site", "rules_off", "value", "", "albumin_is_low")]),
        (
            "codes: {labs: [{system: s, code: c, analyte: magnesium}]}\n",
            [Difference("site", "lab_codes", "value", "", "s, c, magnesium")],
        ),
    ],
)
def test_what_a_site_changes_stands_side_by_side(site: str, expected: list[Difference]) -> None:
    assert of_site(site) == expected


def test_words_and_codes_of_another_folder_stand_side_by_side(tmp_path: Path) -> None:
    folder = copy_of_knowledge(tmp_path)
    change(folder / "advice" / "emergency_and_low" / f"{MILD}.yaml", "Is magnesium mildly low?", "Is it <b>low</b>?")
    change(folder / "codes" / "brands.csv", "accuretic,5487\n", "examplium,5487\n")
    assert list(differences(contents(knowledge()), contents(load_knowledge(folder), folder))) == [
        Difference("rule", MILD, "question", "Is magnesium mildly low?", "Is it <b>low</b>?"),
        Difference("table", "codes/brands.csv", "row", "accuretic, 5487", "examplium, 5487"),
    ]
    page = tmp_path / "diff.html"
    done = CliRunner().invoke(main, ["knowledge", "diff", "shipped", str(folder), "--out", str(page)])
    assert done.exit_code == 0 and "  + examplium, 5487" in done.output and "Well patients: all cards" in done.output
    text = page.read_text(encoding="utf-8")
    assert "Is it &lt;b&gt;low&lt;/b&gt;?" in text and "<b>low" not in text and str(tmp_path) not in text
    assert "No export was given" in text and "<script" not in text and "://" not in text.replace("http://loinc", "")


def test_well_patients_are_counted_by_the_rule_that_speaks() -> None:
    assert size() == 600
    loud = load_knowledge(FOLDER, "thresholds: {limit.lower.default: {value: 0.84, unit: mmol/L}}\n")
    shipped, more = cards_by_rule(knowledge()), cards_by_rule(loud)
    assert sum(more.values()) > sum(shipped.values()) and more[MILD] > shipped[MILD]


def test_rates_are_told_with_their_change() -> None:
    told = rates("A", "b", {"x": 1, "y": 4}, {"x": 3}, (1000, 500))
    assert [(row.name, row.old, row.new, row.change) for row in told.rows] == [
        ("y", "4", "0", "-4"),
        ("x", "1", "3", "+2"),
        ("All cards", "5", "3", "-2"),
        ("Per 1,000 calls", "5.0", "6.0", "+1.0"),
    ]


def test_the_cards_of_an_export_are_those_of_its_back_test(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 1)  # so few are decided sooner than other processes start
    write_export(tmp_path / "export", 60, seed=3, low_share=0.5)
    site, page = tmp_path / "new.yaml", tmp_path / "diff.html"
    site.write_text("rules: {off: [magnesium_is_mildly_low]}\n", encoding="utf-8")
    asked = ["diff", "shipped", str(site), "--export", str(tmp_path / "export"), "--out", str(page)]
    done = CliRunner().invoke(main, ["knowledge", *asked])
    assert done.exit_code == 0, done.output
    of_run = ["backtest", str(tmp_path / "export"), "--out", str(tmp_path / "report"), "--site", str(site)]
    again = CliRunner().invoke(main, [*of_run, "--workers", "1"])
    assert again.exit_code == 0, again.output
    counted = (tmp_path / "report" / "summary.json").read_text(encoding="utf-8")
    cards = json.loads(counted)["cards"]
    assert cards and f"-> {cards:,}\n" in done.output
    assert "magnesium_is_mildly_low" in page.read_text(encoding="utf-8")


def test_what_is_no_knowledge_is_told(tmp_path: Path) -> None:
    for wrong in (str(tmp_path), str(tmp_path / "none.yaml")):
        done = CliRunner().invoke(main, ["knowledge", "diff", "shipped", wrong])
        assert done.exit_code and "Traceback" not in done.output
