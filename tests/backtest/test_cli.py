"""The command as its user meets it: help, messages, exit codes."""

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from cds_service.backtest.progress import BarProgress, LineProgress, duration
from cds_service.run.cli import main
from tests.backtest.exports import at, order, patient, result, write

LOW = [patient(), result("mg", 1.2, at("09:00")), order("o", "7646", "2024-01-01T00:00:00Z")]
SITES = Path(__file__).parents[2] / "docs" / "site"


@pytest.fixture
def export(tmp_path, monkeypatch):
    """A small export; no setting of the environment has a say."""
    for name in [name for name in os.environ if name.startswith("MAGNESIUM_CDS_")]:
        monkeypatch.delenv(name)
    return write(tmp_path / "export", LOW)


def call(*arguments):
    """The command, which decides in this process: starting others takes as long as all of a test."""
    return as_typed("--workers", 1, *arguments)


def as_typed(*arguments):
    """The command with nothing added: it starts a process a core."""
    return CliRunner().invoke(main, ["backtest", *map(str, arguments)])


def test_a_run_says_what_it_found_how_fast_and_where(export, tmp_path):
    done = as_typed(export, "--out", tmp_path / "report")
    assert done.exit_code == 0, done.output
    assert "1 patients, 1 calls, 1 cards in " in done.stdout and "patients/s, " in done.stdout
    assert str(tmp_path / "report" / "report.html") in done.stdout
    assert "shipped, no site file: 1,000.0 cards per 1,000 calls, \u2013 per 1,000 orders." in done.stdout
    assert "low magnesium 100 %; no magnesium given" in done.stdout and "repeats 0 %." in done.stdout
    assert "Reading: 100 %" in done.stderr and "Deciding: 100 %" in done.stderr
    assert "skipped" not in done.output


def test_skipped_lines_and_a_missing_pyarrow_are_said(export, tmp_path, monkeypatch):
    with (export / "Observation.ndjson").open("a", encoding="utf-8") as opened:
        opened.write("broken\n")
    monkeypatch.setattr("cds_service.backtest.outputs.can_write_parquet", lambda: False)
    done = call(export, "--out", tmp_path / "report")
    assert done.exit_code == 0
    assert "1 lines could not be read and were skipped" in done.stdout
    assert "pip install pyarrow" in done.stdout


def test_a_site_file_is_tried_and_compared(export, tmp_path):
    export = write(tmp_path / "mild", [patient(), result("mg", 1.6, at("09:00"))])
    site = tmp_path / "mine.yaml"
    site.write_text("rules:\n  off: [magnesium_is_mildly_low]\n", encoding="utf-8")
    done = call(export, "--out", tmp_path / "a", "--site", site, "--compare", "shipped")
    assert done.exit_code == 0, done.output
    told = json.loads((tmp_path / "a" / "summary.json").read_bytes())
    assert done.stdout.count("cards per 1,000 calls") == 2 and "\nshipped, no site file: 1,000.0" in done.stdout
    assert told["compare"]["gone"]["magnesium_is_mildly_low"]["cards"] == 1
    assert told["knowledge"]["site_file"] == "mine.yaml"
    by_folder = call(
        export, "--out", tmp_path / "b", "--site", site, "--compare", SITES.parents[1] / "cards" / "knowledge"
    )
    assert by_folder.exit_code == 0, by_folder.output
    other = json.loads((tmp_path / "b" / "summary.json").read_bytes())
    assert other["compare"]["gone"] == told["compare"]["gone"]


def test_the_hooks_that_are_replayed_can_be_chosen(export, tmp_path):
    done = call(export, "--out", tmp_path / "a", "--hook", "order-select", "--hook", "medication-refill")
    assert done.exit_code == 0, done.output
    told = json.loads((tmp_path / "a" / "summary.json").read_bytes())
    assert list(told["by_hook"]) == ["order-select", "medication-refill"]
    wrong = call(export, "--out", tmp_path / "b", "--hook", "order-dispatch")
    assert wrong.exit_code == 2 and "order-dispatch" in wrong.output


def test_the_site_file_of_the_environment_is_tried(export, tmp_path, monkeypatch):
    monkeypatch.setenv("MAGNESIUM_CDS_SITE", str(SITES / "us-hospital.yaml"))
    assert call(export, "--out", tmp_path / "report").exit_code == 0
    told = json.loads((tmp_path / "report" / "summary.json").read_bytes())
    assert told["knowledge"]["site_file"] == "us-hospital.yaml"


@pytest.mark.parametrize(("given", "calls"), [("2025-03-09", 0), ("2025-03-10", 1), ("2025-03-10T09:00:00Z", 0)])
def test_the_last_day_is_counted_in(given, calls, export, tmp_path):
    assert call(export, "--out", tmp_path / "report", "--until", given).exit_code == 0
    assert json.loads((tmp_path / "report" / "summary.json").read_bytes())["calls"] == calls


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["{export}"], 2, "Missing option '--out'"),
        (["{tmp}/nowhere", "--out", "{tmp}/r"], 2, "does not exist. Give the folder of a FHIR Bulk Data export."),
        (["{export}/Patient.ndjson", "--out", "{tmp}/r"], 2, "is a file, not a folder"),
        (["{tmp}/empty", "--out", "{tmp}/r"], 1, "No NDJSON in"),
        (["{export}", "--out", "{export}/Patient.ndjson"], 1, "is a file. Give a new or empty folder."),
        (["{export}", "--out", "{export}"], 1, "is not empty"),
        (["{export}", "--out", "{tmp}/r", "--since", "March"], 2, "write it like 2025-01-31"),
        (["{export}", "--out", "{tmp}/r", "--until", "20250410"], 2, "write it like 2025-01-31"),
        (["{export}", "--out", "{tmp}/r", "--since", "2025-02-01", "--until", "2025-01-01"], 2, "must lie before"),
        (["{export}", "--out", "{tmp}/r", "--engine", "dask"], 2, "--engine dask needs --scheduler"),
        (["{export}", "--out", "{tmp}/r", "--scheduler", "tcp://127.0.0.1:9"], 2, "--engine dask needs --scheduler"),
        (["{export}", "--out", "{tmp}/r", "--site", "{tmp}/no.yaml"], 1, "not readable"),
        (["{export}", "--out", "{tmp}/r", "--compare", "{tmp}/no.yaml"], 1, "not readable"),
        (["{export}", "--out", "{tmp}/r", "--compare", "{tmp}/empty"], 2, "not a folder of knowledge"),
        (["{export}", "--out", "{tmp}/r", "--workers", "0"], 2, "0 is not in the range"),
    ],
)
def test_what_its_user_can_mend_is_said_in_a_line(arguments, code, said, export, tmp_path):
    (tmp_path / "empty").mkdir()
    done = call(*(argument.format(export=export, tmp=tmp_path) for argument in arguments))
    assert done.exit_code == code and said in done.stderr, done.output
    assert "Traceback" not in done.output and not isinstance(done.exception, OSError)
    assert not (tmp_path / "r").exists()


def test_a_folder_that_cannot_be_read_is_named(export, tmp_path, monkeypatch):
    monkeypatch.setattr("os.access", lambda *_, **__: False)
    done = call(export, "--out", tmp_path / "r")
    assert done.exit_code == 2 and "is not readable" in done.stderr


def test_a_failing_disk_is_told_and_loses_nothing(export, tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device", "alerts.csv")

    monkeypatch.setattr("cds_service.backtest.outputs.write_csv", full)
    done = call(export, "--out", tmp_path / "report")
    assert done.exit_code == 1
    assert "alerts.csv: No space left on device. Nothing done so far is lost." in done.stderr
    monkeypatch.undo()
    again = call(export, "--out", tmp_path / "report")
    assert again.exit_code == 0 and "Going on from where the last run stopped." in again.stderr


def test_a_run_that_is_stopped_while_it_tidies_up_says_that_the_report_is_done(export, tmp_path, monkeypatch):
    def stopped(folder, **_):
        if Path(folder).exists():
            raise KeyboardInterrupt

    monkeypatch.setattr("cds_service.backtest.state.shutil.rmtree", stopped)
    done = call(export, "--out", tmp_path / "report")
    assert done.exit_code == 130 and "The report is done." in done.stderr
    assert "unfinished.removed holds patient data: delete it." in done.stderr
    assert (tmp_path / "report" / "report.html").exists()


def test_help_names_what_goes_in_and_comes_out():
    said = call("--help").stdout
    for told in ("EXPORT_DIR", "report.html", "--compare", "--since", "--scheduler", "Ctrl-C", "docs/backtest.md"):
        assert told in said


class Terminal:
    """A stream that is a terminal."""

    encoding = "utf-8"

    def __init__(self):
        self.said = ""

    def write(self, text):
        self.said += text
        return len(text)

    def flush(self):
        pass

    def isatty(self):
        return True


def test_a_terminal_shows_a_bar_with_rate_and_time_left(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    stream = Terminal()
    with BarProgress(stream).phase("Deciding", 4, "patients") as advance:
        for _ in range(4):
            advance(1, 25)
    assert "Deciding" in stream.said and "100 %" in stream.said
    assert "patients/s" in stream.said and "left" in stream.said


def test_elsewhere_each_tenth_and_each_half_minute_is_a_line():
    stream, clock = Terminal(), iter([0.0, *(float(n) for n in range(1, 101))])
    with LineProgress(stream, lambda: next(clock)).phase("Deciding", 1000, "patients") as advance:
        for _ in range(99):
            advance(1, 10)
    assert stream.said.splitlines()[:2] == [
        "Deciding: 3 %, 10 patients/s, 16 min 10 s left",
        "Deciding: 6 %, 10 patients/s, 15 min 40 s left",
    ]
    assert len(stream.said.splitlines()) == 3


@pytest.mark.parametrize(("seconds", "said"), [(0.4, "0 s"), (59.6, "1 min 0 s"), (3725, "1 h 2 min")])
def test_durations_are_said_as_people_do(seconds, said):
    assert duration(seconds) == said
