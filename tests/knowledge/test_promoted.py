"""A candidate that decides (`live: true`): commands are about it, its signatures count, and no trial ends unseen."""

from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from cards import Knowledge
from cds_service.backtest.job import knowledge_from
from cds_service.curate.code_lock import write_lock
from cds_service.curate.knowledge_check import check
from cds_service.curate.site_knowledge import candidate_of, knowledge_of, loaded_of
from cds_service.run.cli import main
from cds_service.run.cli.sources import source_of
from cds_service.run.settings import SettingsError
from cds_service.run.start import runtime_of
from tests.conftest import settings_with
from tests.knowledge.asking import FOLDER, copy_of_knowledge

DAY = date(2027, 1, 15)
SIGNED = "approval: {signatures: signed.yaml}\n"
OTHER = "thresholds: {fresh.ambulatory.actionable: {value: 48, unit: h}}\n"
PROTOCOL = (Path(__file__).parents[2] / "docs" / "site" / "protocols" / "us-musc.yaml").read_text(encoding="utf-8")
BRANDS = "codes/brands.csv"
FILES = {"site file": "new/site.yaml", "protocol": "protocol.yaml", "folder": "folder"}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site file that asks for signatures, beside what can be its candidate: one of each kind."""
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "site.yaml").write_text(SIGNED + OTHER, encoding="utf-8")
    (tmp_path / "protocol.yaml").write_text(PROTOCOL, encoding="utf-8")
    copy_of_knowledge(tmp_path).rename(tmp_path / "folder")
    with (tmp_path / "folder" / BRANDS).open("a", encoding="utf-8") as brands:
        brands.write("examplium,5487\n")
    write_lock(tmp_path / "folder" / "codes", str(DAY))
    return tell(tmp_path / "my-hospital.yaml", SIGNED)


def tell(site: Path, text: str) -> Path:
    site.write_text(text, encoding="utf-8")
    return site


def naming(site: Path, kind: str, more: str = ", live: true", also: str = "") -> Path:
    return tell(site, f"{SIGNED}candidate: {{file: {FILES[kind]}{more}}}\n{also}")


def run(*words: object) -> str:
    done = CliRunner().invoke(main, ["knowledge", *map(str, words)])
    assert done.exit_code == 0, done.output
    return done.output


def sign(site: Path, *more: str) -> str:
    return run("sign", "--name", "Jane Example", "--role", "PharmD", "--site", site, *more)


def of_every_way(site: Path) -> list[Knowledge | None]:
    """What decides for a site, as each part of the product finds it."""
    checked = check(FOLDER, DAY, site).knowledge
    runs = runtime_of(settings_with(site=site)).knowledge
    return [knowledge_of(site), checked, knowledge_from(source_of(str(site))), runs]


@pytest.mark.parametrize("kind", FILES)
def test_every_part_of_the_product_is_about_the_candidate_that_decides(site: Path, kind: str) -> None:
    before = knowledge_of(site).version
    told = [(known.version, known.approval, known.signed) for known in of_every_way(naming(site, kind)) if known]
    assert len(told) == 4 and all(one == told[0] for one in told) and told[0][0] != before


@pytest.mark.parametrize("kind", FILES)
def test_a_candidate_is_signed_ahead_and_stays_so_to_its_last_step(site: Path, kind: str) -> None:
    sign(site)
    naming(site, kind, more="")
    assert "draft, not clinically approved" not in run("check", "--site", site).splitlines()[0]
    assert "draft, not clinically approved" in run("check", "--candidate", "--site", site)
    sign(site, "--candidate")
    assert "draft, not" not in run("check", "--candidate", "--site", site)
    assert "draft, not" not in knowledge_of(naming(site, kind)).approval
    last = {"site file": site.parent / FILES[kind], "protocol": tell(site, f"{SIGNED}protocol: protocol.yaml\n")}
    if kind in last:
        assert "draft, not" not in knowledge_of(last[kind]).approval


def test_a_table_of_a_folder_that_decides_is_signed_as_it_stands_there(site: Path) -> None:
    sign(site)
    signed = knowledge_of(naming(site, "folder")).signed
    assert signed and signed.unsigned == {f"table:{BRANDS}"}
    assert f"draft: table {BRANDS}: changed since" in run("check", "--site", site)


@pytest.mark.parametrize("kind", ["protocol", "folder"])
@pytest.mark.parametrize("trial", ["all", "{units: [icu]}", "{rules: [albumin_is_low]}"])
def test_a_trial_goes_on_when_a_protocol_or_folder_is_promoted(site: Path, kind: str, trial: str) -> None:
    _, known = loaded_of(naming(site, kind, also=f"trial: {trial}\n"))
    assert known.site.trial.sentence and not known.site.candidate.file


@pytest.mark.parametrize("theirs", ["", "trial: {units: [ward]}\n"])
def test_a_site_file_that_decides_cannot_end_a_trial_unseen(site: Path, theirs: str) -> None:
    tell(site.parent / FILES["site file"], SIGNED + theirs)
    naming(site, "site file", also="trial: {units: [icu]}\n")
    with pytest.raises(SettingsError, match=r"--candidate\), and its trial is another .* the same `trial` into both"):
        knowledge_of(site)
    tell(site.parent / FILES["site file"], f"{SIGNED}trial: {{units: [icu]}}\n")
    assert knowledge_of(site).site.trial.units == {"icu"}


def test_a_candidate_that_lets_another_decide_is_refused(site: Path) -> None:
    tell(site.parent / FILES["site file"], "candidate: {file: other.yaml, live: true}\n")
    naming(site, "site file")
    with pytest.raises(SettingsError, match=r"itself lets a candidate decide \(other.yaml\): name that one"):
        knowledge_of(site)


def test_a_candidate_of_what_decides_lies_beside_that(site: Path) -> None:
    tell(site.parent / FILES["site file"], "candidate: next.yaml\n")
    tell(site.parent / "new" / "next.yaml", OTHER)
    tried = candidate_of(loaded_of(naming(site, "site file")))
    assert tried and tried.thresholds == knowledge_of(site.parent / "new" / "next.yaml").thresholds


NO_HOURS = "thresholds: {band.severe: {value: 0, unit: h}}\n"
WRONG = {"missing.yaml": None, "words.yaml": "hello\n", "number.yaml": NO_HOURS}


@pytest.mark.parametrize("name", WRONG)
def test_a_check_says_what_is_wrong_with_a_candidate(site: Path, name: str) -> None:
    if (text := WRONG[name]) is not None:
        tell(site.parent / name, text)
    tell(site, f"candidate: {name}\n")
    checked = check(FOLDER, DAY, site)
    assert checked.failed and any(name in str(remark) for remark in checked.remarks), checked.remarks


@pytest.mark.parametrize("command", ["check", "sign --name A --role B"])
def test_without_a_candidate_there_is_none_to_check_or_sign(site: Path, command: str) -> None:
    done = CliRunner().invoke(main, ["knowledge", *command.split(), "--candidate", "--site", str(site)])
    assert done.exit_code == 1 and f"{site}: names no candidate" in done.output.replace("\n", "")
