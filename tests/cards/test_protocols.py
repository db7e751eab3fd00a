"""The protocol language: the worked protocols order what their papers order, and a wrong file is told by line."""

from functools import cache
from html import escape
from importlib import resources
from pathlib import Path

import pytest
from click.testing import CliRunner

from cards import Knowledge, KnowledgeError, load_knowledge, read_protocol, try_cases
from cds_service.run.cli import main

FOLDER = Path(__file__).parents[2] / "docs" / "site" / "protocols"
PROTOCOLS = sorted(path.stem for path in FOLDER.glob("*.yaml"))
HEAD = "protocol: p\nunit: mg/dL\n"
AT = HEAD + "rows:\n  - {{row: low, level: {level}, act: admit}}\n"
ROW = HEAD + "rows:\n  - row: low\n    level: < 1.9\n    give: [{order}]\n"


@cache
def knowledge() -> Knowledge:
    return load_knowledge(resources.files("cards.knowledge"))


def text_of(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def test_six_protocols_are_worked() -> None:
    assert len(PROTOCOLS) >= 6
    assert {path.stem for path in (FOLDER / "cases").glob("*.yaml")} == set(PROTOCOLS)


@pytest.mark.parametrize("name", PROTOCOLS)
def test_the_protocol_orders_what_its_paper_orders(name: str) -> None:
    protocol = read_protocol(text_of(f"{name}.yaml"), f"{name}.yaml", knowledge())
    tried = try_cases(protocol, text_of(f"cases/{name}.yaml"), "cases", knowledge())
    assert tried.failed == ()
    assert tried.passed >= 10


def test_a_wrong_dose_is_noticed() -> None:
    text = text_of("us-trauma-icu.yaml").replace("sulfate 4 g", "sulfate 3 g")
    tried = try_cases(read_protocol(text, "p", knowledge()), text_of("cases/us-trauma-icu.yaml"), "cases", knowledge())
    assert len(tried.failed) == 3
    assert tried.failed[0].startswith("2: expected ")
    assert "3 g IV over 4 h" in tried.failed[0]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (HEAD, "p.yaml:1: a protocol needs rows"),
        ("protocol: p\nunit: mg/l2\nrows: []\n", "p.yaml:2: unit is 'mg/l2'; one of mg/dL"),
        (HEAD + "row: []\n", "p.yaml:3: unknown key 'row'; did you mean rows"),
        (HEAD + "for: [no dialysi]\nrows: []\n", "mean dialysis or day? A word of"),
        (HEAD + "for: [no flurb]\nrows: []\n", "p.yaml:3: unknown word 'flurb'; a word of the site's own"),
        (HEAD + "for: [unit icuu]\nrows: []\n", "p.yaml:3: unknown unit 'icuu'; did you mean icu"),
        (HEAD + "for: [calcium lowish]\nrows: []\n", "calcium is one of low, normal, high or unknown, not 'lowish'"),
        (ROW.format(order="sulfat 2 g IV over 2 h"), "p.yaml:6: unknown product 'sulfat'; did you mean sulfate"),
        (ROW.format(order="sulfate 2 g IW over 2 h"), "'IW' is no route after the amount"),
        (ROW.format(order="sulfate 2 gg IV over 2 h"), "names no amount"),
        (ROW.format(order="sulfate 2 g IV over 2 hrz"), "'hrz' is no unit of time"),
        (ROW.format(order="sulfate 2 g IV ovr 2 h"), '"ovr 2 h" is not read: after product, amount and route come'),
        (ROW.format(order="sulfate 2-1 g IV over 2 h"), "the range 2-1 runs downwards"),
        (AT.format(level="1.9 .. 1.4"), "p.yaml:4: level '1.9 .. 1.4' runs downwards"),
        (AT.format(level="0.5 .. 0.6 mmol/L"), "'mmol/L' is not the unit of this file"),
        (HEAD + "rows:\n  - {row: low, level: any}\n", 'p.yaml:4: row "low" says nothing'),
        (HEAD + "rows:\n  - {row: a, level: any, act: x}\n  - {row: a, level: any, act: x}\n", "p.yaml:5: two rows"),
        (AT.format(level="any, recheck: someday"), "p.yaml:4: recheck 'someday' is not read"),
        (HEAD + "approved: {by: A}\nrows: []\n", "p.yaml:3: an approval needs by and date"),
        (HEAD + "approved: {by: A, date: soon}\nrows: []\n", "p.yaml:3: date is 'soon'; write a day like 2027-01-15"),
        (HEAD + "approved: {by: A, date: 2027-01-15, review: spring}\nrows: []\n", "p.yaml:3: review is 'spring'"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_told_by_line(text: str, told: str) -> None:
    with pytest.raises(KnowledgeError) as raised:
        read_protocol(text, "p.yaml", knowledge())
    assert told in str(raised.value)
    assert str(raised.value).startswith("p.yaml:")


SIGNED = "approved: {by: Jane Example, role: PharmD, date: 2027-01-15}\n"


def stopped(name: str, change: tuple[str, str] = ("", ""), signed: bool = False) -> dict[str, str]:
    text = text_of(f"{name}.yaml").replace(*change) + (SIGNED if signed else "")
    tried = try_cases(read_protocol(text, name, knowledge()), text_of(f"cases/{name}.yaml"), "c", knowledge(), True)
    assert tried.failed == ()
    return dict(line.split(": ", 1) for line in tried.stopped)


def test_a_stop_overrules_and_says_which() -> None:
    told = stopped("uk-nhs-highland")
    assert sorted(told) == ["12", "13", "4", "5", "6", "7"]
    assert 'row "very low"' in told["4"]
    assert "9.9 g in 24 h is above 8 g" in told["4"]
    assert "2.5 g a course is above 2 g" in told["6"]


def test_a_signed_protocol_may_go_as_far_as_its_limits() -> None:
    told = stopped("uk-nhs-highland", signed=True)
    assert sorted(told) == ["5", "6", "7"]
    assert "first dose only" in told["5"]
    assert "first dose only" in told["6"]


def test_no_signature_goes_beyond_what_any_may() -> None:
    greedy = ("limits: {iv_rate: 1.7 g/h, iv_24h: 10 g}", "limits: {iv_rate: 5 g/h, iv_24h: 40 g}")
    assert sorted(stopped("uk-nhs-highland", greedy, signed=True)) == ["5", "6", "7"]
    faster = ("sulfate 20 mmol IV over 3 h", "sulfate 20 mmol IV over 2 h")
    text = text_of("uk-nhs-highland.yaml").replace(*greedy).replace(*faster) + SIGNED
    cases = text_of("cases/uk-nhs-highland.yaml").replace("over: 3 h", "over: 2 h")
    tried = try_cases(read_protocol(text, "p", knowledge()), cases, "c", knowledge(), True)
    assert "slower: 2.5 h instead of 2 h: at most 2 g/h" in tried.stopped[0]


def test_too_fast_is_slower_and_a_next_dose_waits_for_it() -> None:
    told = stopped("us-nurse-advisor-2023")
    assert sorted(told) == ["1", "13", "15", "18", "19", "2", "22", "25", "3"]
    assert all("slower: 2 h instead of 1 h: at most 1 g/h" in why for why in told.values())


def test_a_case_may_say_that_nobody_is_told() -> None:
    rows = "protocol: p\nunit: mg/dL\nrows:\n  - {row: low, level: < 1.9, act: admit, tell: physician}\n"
    cases = "cases:\n" + "".join(f"  - {{mg: {mg} mg/dL, expect: {{none: x, notify: nobody}}}}\n" for mg in (1.8, 1.9))
    tried = try_cases(read_protocol(rows, "p", knowledge()), cases, "c", knowledge())
    assert tried.passed == 1
    assert "expected nobody to be told" in tried.failed[0]


def test_a_choice_that_a_stop_takes_away_is_told() -> None:
    """Tablets and infusion are offered by the paper, the tablets alone by the service: no case passes so."""
    rows = """protocol: p
unit: mg/dL
rows:
  - row: low
    level: 1.0 .. 1.5
    one_of: [oxide 400 mg salt oral once a day, sulfate 5 g IV over 5 h]
"""
    expected = "{one_of: [{route: oral, dose: 400 mg salt, per_day: 1}, {route: iv, dose: 5 g}]}"
    patient = f"cases:\n  - {{mg: 1.4 mg/dL, egfr: 45, expect: {expected}}}\n"
    tried = try_cases(read_protocol(rows, "p", knowledge()), patient, "c", knowledge(), stops=True)
    assert (tried.passed, tried.failed) == (0, ())
    assert "not drafted: sulfate 5 g IV over 5 h, 1 dose: 5 g in 24 h is above 4 g" in tried.stopped[0]


@pytest.mark.parametrize(("options", "status", "last"), [((), 0, "15 passed"), (("--stops",), 0, "11 passed")])
def test_the_command_ends_with_the_count(options: tuple[str, ...], status: int, last: str) -> None:
    files = [str(FOLDER / "dk-nordjylland.yaml"), str(FOLDER / "cases" / "dk-nordjylland.yaml")]
    done = CliRunner().invoke(main, ["protocol", "try", *files, *options])
    assert done.exit_code == status
    assert done.output.splitlines()[-1] == f"{last}, 0 failed"


def test_check_and_show_tell_the_table() -> None:
    file = str(FOLDER / "uk-nhs-highland.yaml")
    checked, shown = (CliRunner().invoke(main, ["protocol", command, file]).output for command in ("check", "show"))
    assert "gap: at 0.50 .. 0.70 mmol/L no row fits a patient nil by mouth" in checked
    assert "9.9 g in 24 h is above 8 g" in checked
    assert "| very low | < 0.50 |" in shown


def test_show_writes_the_same_as_a_page(tmp_path: Path) -> None:
    file, out = FOLDER / "us-nurse-advisor-2023.yaml", tmp_path / "page.html"
    done = CliRunner().invoke(main, ["protocol", "show", str(file), "--out", str(out)])
    page = out.read_text(encoding="utf-8")
    assert done.exit_code == 0 and "Side by side with the shipped doses" in done.output
    cells = [
        cell for line in done.output.splitlines() if line.startswith("| ") for cell in line.strip("| ").split(" | ")
    ]
    assert len(cells) > 100
    assert all(escape(cell.strip(), quote=False) in page for cell in cells if "---" not in cell)
    assert "<script" not in page and page.count("<table") == done.output.count("## ")
