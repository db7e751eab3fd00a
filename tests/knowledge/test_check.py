"""`knowledge check`: what ships is right, and each kind of fault is found with file and id."""

import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cds_service.curate.code_lock import LOCK, write_lock
from cds_service.curate.knowledge_check import check
from cds_service.curate.remarks import report
from cds_service.run.cli import main
from tests.knowledge.asking import FOLDER, ROOT, change, copy_of_knowledge

TODAY = date(2026, 11, 23)
POTASSIUM = "codes/analytes/potassium.yaml"
ALBUMIN = "advice/beside_low/albumin_is_low.yaml"
OWN = "thresholds: {own.low: {value: 1, unit: mmol/L, "
SEVERE = "band.severe: {value: 0.50, unit: mmol/L, of: magnesium, source: "


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["knowledge", *arguments])


def test_the_protocols_of_a_site_are_told() -> None:
    told = run("check", "--site", str(ROOT / "docs" / "site" / "uk-mmol.yaml")).output.splitlines()
    assert "Protocol uk-nhs-highland: 2 rows, a draft, nobody has signed it" in told


@pytest.mark.parametrize(("now", "told"), [("2028-01-15", []), ("2028-01-16", ["review was due on 2028-01-15"])])
def test_a_protocol_whose_review_is_due_is_told(tmp_path: Path, now: str, told: list[str]) -> None:
    text = (ROOT / "docs" / "site" / "protocols" / "us-trauma-icu.yaml").read_text(encoding="utf-8")
    signed = "approved: {by: Jane Example, date: 2027-01-15, review: 2028-01-15}\n"
    (tmp_path / "own.yaml").write_text(f"{text}{signed}", encoding="utf-8")
    (tmp_path / "site.yaml").write_text("protocol: own.yaml\n", encoding="utf-8")
    found = check(FOLDER, date.fromisoformat(now), tmp_path / "site.yaml")
    assert [remark.reason for remark in found.remarks if remark.id == "approved"] == told


def test_what_ships_is_right() -> None:
    found = check(FOLDER, TODAY)
    assert found.remarks == ()
    assert report(found).splitlines()[-1].endswith("0 errors, 0 warnings")


@pytest.mark.parametrize("name", ["us-hospital.yaml", "uk-hospital.yaml"])
def test_the_example_sites_are_right(name: str) -> None:
    done = run("check", "--site", str(ROOT / "docs" / "site" / name), "--now", "2026-11-23")
    assert done.exit_code == 0, done.output
    assert "Example" in done.output.splitlines()[0]


FAULTS = [
    ("thresholds.yaml", SEVERE + '"1;6"}', "band.severe: {value: 0.50, unit: mmol/L}", "band.severe: lacks source"),
    ("thresholds.yaml", "0.50, unit: mmol/L, ", "0.50, ", "band.severe: lacks unit"),
    ("thresholds.yaml", SEVERE + '"1;6"', SEVERE + '"1;x6"', "band.severe: unknown source x6"),
    ("thresholds.yaml", "value: 0.50", "value: 0.70", "band.severe (0.7) must be below band.moderate (0.6)"),
    ("thresholds.yaml", "next_review: 2027-11-23", "next_review: 2026-01-01", "is not before next_review"),
    ("thresholds.yaml", "next_review: 2027-11-23", "next_review: soon", "needs dates: next_review"),
    ("thresholds.yaml", SEVERE, "band.severe: [value", "not valid YAML"),
    (ALBUMIN, "author: ", "writer: ", "author: is missing"),
    (ALBUMIN, "author: ", "colour: red\nauthor: ", "colour: is not a key"),
    (ALBUMIN, "status: draft, not clinically", "status: nearly", "status: is 'nearly approved'"),
    (ALBUMIN, "status: draft, not clinically approved", "status: approved", "needs a name"),
    (ALBUMIN, "approved_by: null", "approved_by: Dr X", "names someone, but status is draft"),
    (ALBUMIN, '["47", "16"]', '["47", "99"]', "sources: unknown source 99"),
    (ALBUMIN, "{albumin}:", "{albumin:", "lines.found: cannot be filled in"),
    (ALBUMIN, "{albumin}:", "{n[albumn.low]:g}:", "names n[albumn.low], which is no"),
    (ALBUMIN, "{albumin}:", "{n[albumin.low]:%q}:", "lines.found: cannot be filled in"),
    ("doses.yaml", "product: famotidine", "product: famotidin", "famotidin: is not in products.yaml"),
    ("doses.yaml", "[glycinate, oxide,", "[glycinate, oxyde,", "unknown salt 'oxyde'"),
    ("doses.yaml", '    source: "35;54;2"\n', "", "iv.emergency: lacks source"),
    ("doses.yaml", "R3: [{grams: 1, minutes: 15}]", "R3: [{grams: 3, minutes: 15}]", "iv_3g: is not in products.yaml"),
    ("products.yaml", "source: '6'", "source: '666'", "aspartate_sachet: unknown source 666"),
    ("monitoring.yaml", "{text: now, source: design,", "{text: now, source: guess,", "now: unknown source guess"),
    ("sources.yaml", "id: '2'", "id: '1'", "1: is there twice"),
    ("override_reasons.yaml", "code: limited-time", "code: patient-refuses", "patient-refuses: is there twice"),
    (
        "override_reasons.yaml",
        "patient-refuses, limited-time]\n  incomplete",
        "patient-refusd, limited-time]\n  incomplete",
        "unknown reason",
    ),
    ("override_reasons.yaml", "own_system: urn:", "was: urn:", "needs own_system for its own reasons"),
    ("codes/drugs.csv", ",cause,", ",culprit,", "unknown role 'culprit'"),
    ("codes/drugs.csv", ",cause,weak,", ",cause,week,", "unknown evidence 'week'; did you mean weak?"),
    ("codes/drugs.csv", "bumetanide,1808,", "bumetanide,4603,", "furosemide: rxcui 4603 is that of bumetanide"),
    ("codes/brands.csv", "accuretic,5487", "accuretic,54870", "unknown ingredient '54870'"),
    ("codes/synonyms.csv", "MgO,6582", "MgO,65822", "unknown ingredient '65822'"),
    ("codes/names.csv", "acide alendronique,46041,drug", "acide alendronique,4604,drug", "unknown ingredient '4604'"),
    ("codes/names.csv", "Accusol,,dialysate", "Accusol,,dialysat", "unknown kind 'dialysat'; did you mean dialysate?"),
    ("codes/atc.csv", "A02AA01,29155,drug", "A02AA01,2915,drug", "unknown ingredient '2915'"),
    ("codes/rxnorm_products.csv", "1000000,17767,", "1000000,1776,", "unknown ingredient '1776'"),
    (POTASSIUM, "codes:", "code:", "needs codes and units"),
    (POTASSIUM, "names:", "name:", "unknown key 'name'; did you mean names?"),
    (POTASSIUM, "possible: {", "was: {", "unknown key 'was'"),
    (POTASSIUM, "possible: {low: 1.2, high: 10.0, unit: mmol/L, source: design}", "", "has no bounds: add possible"),
    (POTASSIUM, "unit: mmol/L", "unit: mol/L", "possible: unknown unit 'mol/L'"),
    (POTASSIUM, "source: design", "source: guess", "possible: unknown source guess"),
    ("codes/analytes/calcium_corrected.yaml", "units: calcium", "units: calcum", "unknown analyte 'calcum'"),
    (ALBUMIN, "sources:", f"thresholds: {{{SEVERE}design}}}}\nsources:", "thresholds: band.severe is there already"),
    (ALBUMIN, "sources:", OWN + "source: guess}}\nsources:", "own.low: unknown source guess"),
    (ALBUMIN, "sources:", OWN + "of: x}}\nsources:", "own.low: lacks source"),
    ("codes/analytes/qtc.yaml", "fresh: fresh.qtc", "fresh: fresh.qct", "unknown threshold 'fresh.qct'"),
    ("codes/brands.csv", "accuretic", "accuretik", "brands: is not the file that was locked"),
    ("codes/brands.csv", "brand,", "ATC code,", "ATC"),
    ("codes/atc.csv", "atc,ingredient,kind", "atc,ingredient,atc name", "ATC codes are not ours to redistribute"),
    ("codes/codes.lock.json", '"rows": ', '"rows": 1, "more": ', "rows, codes.lock.json says 1"),
    ("codes/codes.lock.json", '"licence": "Licence of', '"license": "Licence of', "condition_words: lacks licence"),
    ("codes/codes.lock.json", '"id": "brands"', '"id": "brandz"', "brandz: is listed, but there is no such CSV"),
    ("codes/codes.lock.json", '"id": "brands"', '"id": "brandz"', "brands: is not listed"),
]


@pytest.mark.parametrize(("file", "old", "new", "reason"), FAULTS, ids=[fault[3] for fault in FAULTS])
def test_a_fault_fails_with_file_and_id(tmp_path: Path, file: str, old: str, new: str, reason: str) -> None:
    folder = copy_of_knowledge(tmp_path)
    change(folder / file, old, new)
    found = check(folder, TODAY)
    told = report(found)
    assert found.failed and reason in told and Path(file).name in told


def test_a_code_of_an_analyte_is_locked_and_its_names_are_not(tmp_path: Path) -> None:
    folder = copy_of_knowledge(tmp_path)
    change(folder / POTASSIUM, "names: [potassium, ", "names: [potassium, invented, ")
    assert not check(folder, TODAY).failed
    change(folder / POTASSIUM, "  2823-3: ", "  2823-4: ")
    assert "analytes/*.yaml: analytes: is not the file that was locked" in report(check(folder, TODAY))


def test_a_review_that_is_due_warns_and_passes(tmp_path: Path) -> None:
    folder = copy_of_knowledge(tmp_path)
    change(folder / "thresholds.yaml", SEVERE + '"1;6"', SEVERE + '"1;6", next_review: 2026-12-01')
    change(folder / ALBUMIN, "next_review: 2027-11-23", "next_review: 2026-12-02")
    found = check(folder, date(2027, 1, 1))
    assert not found.failed
    assert [str(remark) for remark in found.remarks] == [
        "warning: thresholds.yaml: band.severe: review was due on 2026-12-01",
        "warning: advice/beside_low/albumin_is_low.yaml: review was due on 2026-12-02",
    ]


def test_reviews_that_are_due_leave_exit_code_0() -> None:
    done = run("check", "--now", "2028-01-01")
    assert done.exit_code == 0
    assert "warning: thresholds.yaml: defaults: review was due on 2027-11-23" in done.output


def test_a_checkout_with_crlf_is_the_same(tmp_path: Path) -> None:
    folder = copy_of_knowledge(tmp_path)
    brands = folder / "codes" / "brands.csv"
    brands.write_bytes(brands.read_bytes().replace(b"\n", b"\r\n"))
    assert not check(folder, TODAY).failed


def test_a_new_lock_keeps_provenance_and_takes_new_tables(tmp_path: Path) -> None:
    folder = copy_of_knowledge(tmp_path) / "codes"
    assert write_lock(folder, "2027-01-01") == []
    change(folder / "brands.csv", "accuretic", "accuretik")
    (folder / "extra.csv").write_text("code,display\n1,one\n", encoding="utf-8")
    before, changed = json.loads((folder / LOCK).read_text(encoding="utf-8")), write_lock(folder, "2027-01-01")
    after = {entry["id"]: entry for entry in json.loads((folder / LOCK).read_text(encoding="utf-8"))}
    assert changed == ["brands", "extra"] and not check(folder.parent, TODAY).failed
    brands = next(entry for entry in before if entry["id"] == "brands")
    assert after["brands"]["source"] == brands["source"] and after["brands"]["retrieved"] == brands["retrieved"]
    assert "general pharmacy knowledge" in after["extra"]["source"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"rules:\n  off: [nonsense]\n", "site.yaml:2: rules.off: unknown rule"), (b"\xff\xfe", "not readable as UTF-8")],
)
def test_a_wrong_site_file_fails(tmp_path: Path, content: bytes, reason: str) -> None:
    site = tmp_path / "site.yaml"
    site.write_bytes(content)
    done = run("check", "--site", str(site))
    assert done.exit_code == 1 and reason in done.output and "Traceback" not in done.output


_FILES = ["thresholds.yaml", "doses.yaml", "products.yaml", "sources.yaml", ALBUMIN, POTASSIUM]


@pytest.mark.parametrize("file", [*_FILES, "codes/drugs.csv", f"codes/{LOCK}"])
@pytest.mark.parametrize("content", ["", "[]", "a: 1", "a: [", "7", "thresholds: {a: 1}\ndefaults: 2"])
def test_a_file_of_another_shape_is_an_error_not_a_crash(tmp_path: Path, file: str, content: str) -> None:
    folder = copy_of_knowledge(tmp_path)
    (folder / file).write_text(content, encoding="utf-8")
    assert check(folder, TODAY).failed


def test_a_file_that_is_missing_is_an_error_not_a_crash(tmp_path: Path) -> None:
    folder = copy_of_knowledge(tmp_path)
    (folder / "units.yaml").unlink()
    found = check(folder, TODAY)
    assert "units.yaml" in report(found) and found.failed
