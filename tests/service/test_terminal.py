"""What files and other servers say reaches a terminal as words: nothing in it moves, clears or renames the screen."""

import json
import os
import re
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from cds_service.run.cli import main
from cds_service.run.cli.common import plain

STEERS = "\x1b]0;title\x07\x1b[2J\x9b31m\u202e"
STEERING = re.compile(r"[^\S\n\t ]|[^\w\s\x20-\x7e\u00a0-\u2027\u2030-\u2065\u206a-\ud7ff]")
IN_YAML = json.dumps(STEERS)  # JSON is YAML
PROTOCOL = f"""protocol: {IN_YAML}
unit: mg/dL
rows:
- {{row: {IN_YAML}, when: magnesium < 1.2, give: magnesium sulfate 4 g over 4 h IV}}
"""
SITE = f"protocol: [{IN_YAML}]\n"
MESSAGE = {"hook": STEERS, STEERS: {}, "prefetch": {STEERS: None}, "cards": [{STEERS: []}], "context": {STEERS: 1}}


@pytest.mark.parametrize(
    ("command", "file", "text"),
    [
        ("protocol check", "p.yaml", PROTOCOL),
        ("protocol show", "p.yaml", PROTOCOL),
        ("knowledge check --site", "s.yaml", SITE),
        ("knowledge diff shipped", "s.yaml", SITE),
        ("validate request", "m.json", json.dumps(MESSAGE)),
        ("validate response", "m.json", json.dumps(MESSAGE)),
        ("validate response --dialect epic", "m.json", json.dumps(MESSAGE)),
        ("explain", "m.json", json.dumps(MESSAGE)),
    ],
)
def test_no_word_of_a_file_steers_the_terminal(tmp_path, command, file, text):
    path = tmp_path / file
    path.write_text(text, encoding="utf-8")
    told = CliRunner().invoke(main, [*command.split(), str(path)], env={"MAGNESIUM_CDS_AUTH": "off"}).output
    assert told and not STEERING.findall(told)


def test_no_name_of_a_file_does_and_the_page_is_written_all_the_same(tmp_path):
    export = tmp_path / "export"
    export.mkdir()
    (export / f"Patient{STEERS}.ndjson").write_text("{broken\n", encoding="utf-8")
    (export / f"rest{STEERS}.txt").write_text('{"resourceType":"Patient"}', encoding="utf-8")
    out = tmp_path / "out"
    asked = ["backtest", str(export), "--out", str(out), "--workers", "1"]
    told = CliRunner().invoke(main, asked, env={"MAGNESIUM_CDS_AUTH": "off"}).output
    assert "\\u001b]0;title" in told and not STEERING.findall(told) and (out / "report.html").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="names of files are bytes there")
def test_bytes_in_the_name_of_a_file_that_are_no_text_are_written_out(tmp_path):
    odd = os.fsdecode(b"\xff\xfe")
    export, out, site = tmp_path / "export", tmp_path / "out", tmp_path / f"{odd}.yaml"
    export.mkdir()
    (export / f"Patient{odd}.ndjson").write_text("{broken\n", encoding="utf-8")
    (export / f"rest{odd}.txt").write_text('{"resourceType":"Patient"}', encoding="utf-8")
    site.write_text("rules: {off: [albumin_is_low]}\n", encoding="utf-8")
    asked = ["backtest", str(export), "--out", str(out), "--workers", "1", "--site", str(site), "--compare", "shipped"]
    told = CliRunner().invoke(main, asked, env={"MAGNESIUM_CDS_AUTH": "off"})
    assert told.exit_code == 0 and not STEERING.findall(told.output), told.output
    summary = (out / "summary.json").read_text(encoding="utf-8")
    assert all(f"{begin}\\\\xff\\\\xfe" in summary for begin in ("Patient", "rest", '"'))


@pytest.mark.parametrize("command", ["validate request", "validate response", "explain", "backtest"])
def test_no_name_of_a_file_that_is_not_there_steers_the_terminal(tmp_path, command):
    more = ["--out", str(tmp_path / "out")] if command == "backtest" else []
    told = CliRunner().invoke(main, [*command.split(), str(tmp_path / STEERS), *more])
    assert told.exit_code and "\\u001b]0;title" in told.output and not STEERING.findall(told.output)


def test_what_is_written_out_is_still_json_and_words_of_all_languages_stay():
    told = json.dumps({"a": STEERS, "b": "Ärztin 検査 µg ≥ 2\t\n"}, ensure_ascii=False)
    assert json.loads(plain(told)) == json.loads(told)
    assert not STEERING.findall(plain(told)) and "Ärztin 検査 µg ≥ 2" in plain(told)
    assert plain("name of a file \udcff") == "name of a file \\udcff"


def test_commands_print_in_no_other_way():
    folder = Path(main.callback.__code__.co_filename).parent
    source = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.py") if path.name != "common.py"}
    assert [name for name, text in source.items() if re.search(r"click\.echo|ClickException|\bprint\(", text)] == []
