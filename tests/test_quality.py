"""The linters are tests: one command checks everything."""

import ast
import json
import re
import shutil
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.first import FIRST, runs_first

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
SOURCES = sorted(path for package in ("cards", "cds_service") for path in (ROOT / package).rglob("*.py"))
MOST_LINES = {"cards": 250, "cds_service": 300}
LONGEST_FUNCTION = 32


def tool(name, *arguments):
    """Run a tool of this environment; its output when it complains."""
    found = shutil.which(name, path=str(BIN)) or shutil.which(name)
    assert found, f"{name} is not installed: python3 run.py test installs it"
    done = subprocess.run([found, *arguments], cwd=ROOT, capture_output=True, text=True)
    return done.stdout + done.stderr if done.returncode else ""


@pytest.mark.parametrize(
    "command",
    [("ruff", "check"), ("ruff", "format", "--check"), ("mypy",), ("lint-imports",)],
    ids=lambda command: " ".join(command),
)
def test_the_linters_have_nothing_to_say(command):
    assert not (said := tool(*command)), said


@cache
def functions_of(package):
    """(module, function) of every function of a package."""
    read = [(path, path.read_text(encoding="utf-8")) for path in SOURCES if path.is_relative_to(ROOT / package)]
    nodes = ((path.relative_to(ROOT), node) for path, text in read for node in ast.walk(ast.parse(text)))
    return [(path, n) for path, n in nodes if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]


@pytest.mark.parametrize("package", MOST_LINES)
def test_modules_and_functions_stay_short(package):
    read = [(path, path.read_text(encoding="utf-8")) for path in SOURCES if path.is_relative_to(ROOT / package)]
    assert [(path, n) for path, text in read if (n := text.count("\n")) > MOST_LINES[package]] == []
    lines = [(path, f.name, (f.end_lineno or 0) - f.lineno) for path, f in functions_of(package)]
    assert [told for told in lines if told[-1] >= LONGEST_FUNCTION] == []


@pytest.mark.parametrize("package", MOST_LINES)
def test_functions_are_short_by_and_large(package):
    """Lines of the body, without the documentation: half have five at most, nine in ten fourteen, none more than 30."""
    lines = sorted(lines_of(function) for _, function in functions_of(package))
    assert lines[len(lines) // 2] <= 5
    assert lines[len(lines) * 9 // 10] <= 14
    assert lines[-1] <= 30


def lines_of(function):
    """How many lines a function has below its documentation."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return body[-1].end_lineno - body[0].lineno + 1 if body else 0


def test_the_models_of_another_fhir_version_are_not_imported():
    wrong = ("import fhir.resources", "from fhir.resources import", "from fhir.resources.STU3")
    for path in SOURCES:
        lines = path.read_text(encoding="utf-8").splitlines()
        assert not [line for line in lines if line.strip().startswith(wrong)], path


def test_what_runs_first_is_there():
    assert [name for name in FIRST if not (ROOT / "tests" / name).is_file()] == []
    assert runs_first(Path(__file__)) and not runs_first(ROOT / "tests" / "conftest.py")


LOCKS = {"requirements.lock": ("dependencies",), "requirements-dev.lock": ("dependencies", "optional-dependencies")}


def locked(name):
    """Package -> its versions in a lock."""
    text, found = (ROOT / name).read_text(encoding="utf-8"), {}
    for package, version in re.findall(r"^([a-z0-9][\w.-]*)==([^\s;\\]+)", text, re.MULTILINE):
        found.setdefault(canonicalize_name(package), set()).add(version)
    return found


@pytest.mark.parametrize("name", LOCKS)
def test_the_lock_holds_every_declared_dependency_in_an_allowed_version(name):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"].values() if len(LOCKS[name]) > 1 else ()
    declared, found = [*project["dependencies"], *(d for extra in extras for d in extra)], locked(name)
    for wanted in map(Requirement, declared):
        versions = found.get(canonicalize_name(wanted.name))
        assert versions and all(map(wanted.specifier.contains, versions)), f"{wanted} is not in {name}: lock again"


@pytest.mark.parametrize("name", LOCKS)
def test_the_lock_names_no_index_and_hashes_everything(name):
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    assert not [line for line in lines if "://" in line or line.startswith("-")]
    pinned = [number for number, line in enumerate(lines) if "==" in line]
    assert pinned and all("--hash=sha256:" in lines[number + 1] for number in pinned)


def test_production_installs_what_runs_in_the_versions_that_were_tested():
    running, tested = locked("requirements.lock"), locked("requirements-dev.lock")
    assert all(versions <= tested.get(name, set()) for name, versions in running.items())
    only_tests = {"pytest", "playwright", "mypy", "schemathesis", "hypothesis", "ruff", "distributed", "hatchling"}
    assert only_tests <= tested.keys() and not only_tests & running.keys()


def test_the_bill_of_materials_holds_what_runs_each_with_its_licence():
    bom = json.loads((ROOT / "deploy" / "sbom.cdx.json").read_text(encoding="utf-8"))
    listed = {canonicalize_name(c["name"]): c for c in bom["components"]}
    elsewhere = set(
        re.findall(r"^([\w.-]+)==\S+ ; sys_platform == 'win32'", (ROOT / "requirements.lock").read_text(), re.M)
    )
    running, told = locked("requirements.lock"), (ROOT / "docs" / "licences.md").read_text(encoding="utf-8")
    assert bom["bomFormat"] == "CycloneDX" and listed.keys() == running.keys() - elsewhere
    for name, component in listed.items():
        assert component["version"] in running[name] and component["licenses"], name
        assert f"| {component['name']} | {component['version']} | " in told, name
