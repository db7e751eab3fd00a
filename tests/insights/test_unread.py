"""What was not understood: what the records keep of it, what is shown, and the lines that map it."""

import json
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from sqlalchemy import Engine, select

from cards import SERVICES, Decision, Knowledge, KnowledgeError, load_knowledge
from cards.chart import Chart
from cards.chart.sorting import Kind, What, Why
from cds_service.insights.period import Period
from cds_service.insights.unread import read_not_understood, read_shares, site_lines
from cds_service.records.entries import answer_entry
from cds_service.records.schema import UNREAD
from cds_service.run.cli import main
from tests.cards.chart import LOCAL, NOW, decide, knowledge, snapshot
from tests.insights.made import load

AT = datetime.now(UTC)
DAY = AT.date()
LONG = "k" * 65
SECRETS = ("Mrs Smith has block", "smith jane", LONG, "tab\there")
CHART = {
    "setting": "inpatient",
    "magnesium": {"value": 1.2},
    "medications": [{"local": "0040967", "days": 2}, "lisinopril 10 mg"],
    "conditions": [{"local": "KARD-0417", "days": 9}, "I10"],
}


def entry(ident: int, decision: Decision) -> dict[str, Any]:
    """The record of an answer, as it comes out of the spool."""
    made = answer_entry(f"{ident:036}", AT, SERVICES[0].id, 200, 1.0, {}, decision, [])
    found: dict[str, Any] = json.loads(json.dumps(made))
    return found


def kept(engine: Engine) -> set[tuple[Any, ...]]:
    """What the database keeps of it."""
    with engine.connect() as connection:
        return {
            tuple(row) for row in connection.execute(select(UNREAD.c["what", "why", "system", "code", "count"])).all()
        }


def shown(engine: Engine) -> list[tuple[str, str, int]]:
    """Kind, code and count of what is shown."""
    with engine.connect() as connection:
        return [(t.what, t.code, t.count) for t in read_not_understood(connection, Period(DAY, DAY)).codes]


def test_the_records_keep_codes_and_of_how_much(engine: Engine) -> None:
    load(engine, [entry(1, decide(snapshot(CHART)))])
    assert kept(engine) == {
        ("medicine", "code", LOCAL, "0040967", 1),
        ("problem", "code", LOCAL, "KARD-0417", 1),
    }
    with engine.connect() as connection:
        found = read_shares(connection, Period(DAY, DAY))
    told = {what: (share.part, share.whole) for what, share in found.items()}
    assert told == {
        "medicine": (1, 2), "problem": (1, 2), "result": (1, 1), "magnesium result": (1, 1), "stay": (1, 1),
    }  # fmt: skip


def test_an_unknown_unit_is_kept_with_what_was_measured(engine: Engine) -> None:
    load(engine, [entry(1, decide(snapshot({"magnesium": {"value": 1.2, "unit": "furlong"}})))])
    assert kept(engine) == {("result", "unit", "magnesium", "furlong", 1)}


@pytest.mark.parametrize("code", SECRETS)
@pytest.mark.parametrize("key", ["medications", "conditions"])
def test_what_has_not_the_form_of_a_code_is_only_counted(engine: Engine, code: str, key: str) -> None:
    load(engine, [entry(1, decide(snapshot({key: [{"local": code, "days": 3}]})))])
    assert [(system, told, n) for _, _, system, told, n in kept(engine)] == [("", "", 1)]


def test_a_unit_in_words_is_only_counted(engine: Engine) -> None:
    for number, unit in enumerate(("see the comment", "u" * 17)):
        load(engine, [entry(number, decide(snapshot({"magnesium": {"value": 1.2, "unit": unit}})))])
    assert kept(engine) == {("result", "unit", "", "", 1)}


def test_no_id_and_no_text_of_the_chart_is_in_the_record() -> None:
    told = json.dumps(entry(1, decide(snapshot({**CHART, "medications": [{"text": "x", "days": 1}]}))))
    assert "lisinopril" not in told and "m1" not in told and '"p1"' not in told


@pytest.mark.parametrize(("times", "is_shown"), [(4, False), (5, True)])
def test_a_code_is_shown_from_five_occurrences_on(engine: Engine, times: int, is_shown: bool) -> None:
    load(engine, [entry(n, decide(snapshot(CHART))) for n in range(times)])
    assert shown(engine) == ([("medicine", "0040967", 5), ("problem", "KARD-0417", 5)] if is_shown else [])
    with engine.connect() as connection:
        others = read_not_understood(connection, Period(DAY, DAY)).others
    assert others == ({} if is_shown else {"medicine": 4, "problem": 4})


def test_a_record_that_came_twice_counts_once(engine: Engine) -> None:
    for _ in range(6):
        load(engine, [entry(1, decide(snapshot(CHART)))])
    assert not shown(engine)


MEANINGS = {"ingredient": "furosemide", "category": "av_block", "analyte": "magnesium", "setting": "inpatient"}


def filled(lines: str) -> str:
    """The lines with a meaning in each."""
    for key, meaning in MEANINGS.items():
        lines = lines.replace(f"{key}: '?'", f"{key}: {meaning}")
    return lines


def test_the_lines_map_what_was_not_understood_once_somebody_says_what_it_is(engine: Engine, tmp_path: Path) -> None:
    load(engine, [entry(n, decide(snapshot(CHART))) for n in range(7)])
    with engine.connect() as connection:
        lines = "\n".join(site_lines(read_not_understood(connection, Period(DAY, DAY))))
    assert set(yaml.safe_load(lines)["codes"]) == {"drugs", "conditions"}
    mapped = load_knowledge_with(filled(lines))
    found = Chart(snapshot(CHART), mapped, NOW)
    assert not found.not_understood and "av_block" in found.conditions
    assert any(m.name == "furosemide" for m in found.active)


def load_knowledge_with(site: str) -> Knowledge:
    """The shipped knowledge with a site file."""
    return load_knowledge(files("cards.knowledge"), site, "site.yaml")


SECTIONS = [("labs", "analyte"), ("drugs", "ingredient"), ("conditions", "category")]


@pytest.mark.parametrize(("section", "meaning"), SECTIONS)
def test_a_site_may_say_that_a_code_is_none_of_ours_and_not_what_nobody_knows(section: str, meaning: str) -> None:
    line = f"codes: {{{section}: [{{system: '{LOCAL}', code: KARD-0417, {meaning}: other}}]}}"
    found = Chart(snapshot({"conditions": [{"local": "KARD-0417"}]}), load_knowledge_with(line), NOW)
    assert not found.not_understood and not found.conditions
    with pytest.raises(KnowledgeError, match="unknown"):
        load_knowledge_with(line.replace("other", "'?'"))


@pytest.mark.parametrize("form", ["table", "yaml"])
def test_the_command_shows_it(engine: Engine, url: str, form: str) -> None:
    load(engine, [entry(n, decide(snapshot(CHART))) for n in range(7)])
    done = CliRunner().invoke(
        main,
        ["unread", "--since", str(DAY), "--format", form],
        env={"MAGNESIUM_CDS_DATABASE_URL": url, "COLUMNS": "120", "MAGNESIUM_CDS_AUTH": "off"},
    )
    assert done.exit_code == 0, done.output
    assert "KARD-0417" in done.output and "0040967" in done.output and "7" in done.output
    assert ("50% understood: medicine, 14 sent" in done.output) is (form == "table")


def test_without_records_the_command_says_so(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["unread"], env={"MAGNESIUM_CDS_DATABASE_URL": f"sqlite:///{tmp_path}/none"})
    assert done.exit_code and "no records yet" in done.output and "Traceback" not in done.output


def test_kinds_have_short_names_for_the_tables() -> None:
    assert max(len(what.value) for what in What) <= 32 and max(len(why.value) for why in Why) <= 16
    assert Kind(What.PROBLEM, Why.CODE) in Chart(snapshot(CHART), knowledge(), datetime.now(UTC)).not_understood
