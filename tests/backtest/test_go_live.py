"""The way from forecast to live, walked by what its page says: each command runs, each line of a site file is read."""

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy.engine import make_url

from cds_service.curate.site_knowledge import candidate_of, loaded_of
from cds_service.records.engine import open_engine
from cds_service.records.migrate import migrate
from cds_service.run.cli import main
from fixtures.synthetic.generate import Written, patient
from tests.backtest.exports import write

PAGE = (Path(__file__).parents[2] / "docs" / "go-live.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^magnesium-cds (.+?)(?:  +#.*)?$|`magnesium-cds ([^`]+)`", PAGE, re.MULTILINE)
BLOCKS = re.findall(r"^ *```yaml\n(.*?)```", PAGE, re.DOTALL | re.MULTILINE)
INLINE = re.findall(r"`((?:candidate|trial|forecast): \{[^`]*\})`", PAGE)
OTHER = "units: {first: mmol/L}\n"
LINES = [*BLOCKS, *INLINE]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Where an operator works: an export, two site files, a database without records."""
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "EXPORT_DIR", (entry for number in range(4) for entry in patient(number, 7, 0.9, Written())))
    (approval,) = (block for block in BLOCKS if block.startswith("approval"))
    beside = f"{approval}candidate: my-hospital-2.yaml\n"
    for name, text in {"my-hospital": beside, "my-hospital-2": OTHER, "OLD": approval, "NEW": OTHER}.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    engine = open_engine(make_url(f"sqlite:///{tmp_path}/records.sqlite"))
    migrate(engine)
    engine.dispose()
    monkeypatch.setattr("os.cpu_count", lambda: 1)  # four patients are decided sooner than other processes start
    monkeypatch.setenv("MAGNESIUM_CDS_DATABASE_URL", f"sqlite:///{tmp_path}/records.sqlite")
    return tmp_path


def test_every_command_of_the_page_runs_in_its_order(folder):
    assert len(COMMANDS) == 7
    for number, (alone, within) in enumerate(COMMANDS):
        told = (alone or within).replace("REPORT_DIR", f"report-{number}").replace("OLD NEW", "OLD.yaml NEW.yaml")
        done = CliRunner().invoke(main, shlex.split(told))
        assert done.exit_code == 0, (told, done.output)
    assert {path.name for path in folder.glob("report-*")} == {"report-0", "report-5"}
    assert (folder / "diff.html").is_file() and "1 of 2, Jane Example" in CliRunner().invoke(main, CHECK).output


CHECK = ["knowledge", "check", "--site", "my-hospital.yaml"]


@pytest.mark.parametrize("text", LINES, ids=str)
def test_every_line_of_a_site_file_on_the_page_is_read(text, folder):
    site = folder / "site.yaml"
    site.write_text(text, encoding="utf-8")
    beside = candidate_of(loaded_of(site))
    assert bool(beside) == (text.startswith("candidate") and "live: true" not in text)


def test_the_page_names_each_kind_of_trial():
    assert {text.split(":")[0] for text in LINES} == {"trial", "candidate", "forecast", "approval"}
