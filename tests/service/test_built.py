"""What is handed out, built and tried: the wheel works on its own, the sdist has all that run.py needs."""

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.machine import LONG_S

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The folder with wheel and sdist, built by the backend of the package, without the network."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=LONG_S)
    assert done.returncode == 0, done.stderr
    return folder


def test_the_wheel_holds_all_that_is_needed_and_works_from_elsewhere(built, tmp_path):
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    kinds = (".py", ".js", ".css", ".html", ".yaml", ".json", ".csv")
    packages = [path for name in ("cards", "cds_service") for path in (ROOT / name).rglob("*") if path.suffix in kinds]
    kept = {path.relative_to(ROOT) for path in packages if "__pycache__" not in path.parts}
    assert kept and not [path for path in kept if not (tmp_path / path).is_file()]
    assert (tmp_path / "cds_service/web/templates/safety.md").read_bytes() == (ROOT / "docs/safety.md").read_bytes()
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    where = "import cards, cds_service; print(cards.__file__, cds_service.__file__)"
    found = [
        subprocess.run([sys.executable, *words], cwd=tmp_path, env=environment, capture_output=True, text=True)
        for words in (("-c", where), ("-m", "cds_service", "knowledge", "check"))
    ]
    assert found[0].stdout.count(str(tmp_path)) == 2
    assert found[1].returncode == 0 and "0 errors" in found[1].stdout, found[1].stderr


def test_the_sdist_can_be_run_and_tested(built):
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    wanted = {"run.py", "pyproject.toml", "requirements.lock", "requirements-dev.lock", "README.md", "LICENSE"}
    assert wanted <= names and "tests/conftest.py" in names and "docs/images/chart.jpg" in names
