"""The bootstrap must work on a bare Python; here its decisions are tested, not the installation."""

import importlib.util
import os
import sys
from pathlib import Path

import pytest

from tests import services

ROOT = Path(__file__).parents[2]


@pytest.fixture
def run(tmp_path, monkeypatch):
    """run.py as a module, looking at a folder of its own and running nothing."""
    spec = importlib.util.spec_from_file_location("run_under_test", ROOT / "run.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name in ("requirements.lock", "requirements-dev.lock", "pyproject.toml"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    monkeypatch.setattr(module, "HERE", tmp_path)
    monkeypatch.setattr(module, "RUNNING", tmp_path / "requirements.lock")
    monkeypatch.setattr(module, "TESTING", tmp_path / "requirements-dev.lock")
    monkeypatch.setattr(module, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(module, "STAMP", tmp_path / ".venv" / "installed")
    return module


def test_it_uses_the_standard_library_only():
    imported = {
        line.split()[1].split(".")[0] for line in (ROOT / "run.py").read_text().splitlines() if "import " in line[:7]
    }
    assert imported <= set(sys.stdlib_module_names)


def test_an_old_python_is_told_so(run, monkeypatch, capsys):
    monkeypatch.setattr(run, "OLDEST", (99, 0))
    assert run.main(["demo"]) == 1
    assert "Python 99.0 or newer is needed" in capsys.readouterr().err


def test_no_word_shows_the_help(run, capsys):
    assert run.main([]) == 0
    assert "run.py demo" in capsys.readouterr().out


def test_a_missing_venv_module_is_told_with_what_to_do(run, monkeypatch):
    monkeypatch.setattr(run, "run", lambda *command: 1)
    assert "apt install python3-venv" in run.install(run.RUNNING)


def test_a_failed_installation_leaves_no_stamp(run, monkeypatch):
    monkeypatch.setattr(run, "run", lambda *command: 0)
    monkeypatch.setattr(run, "fetch", lambda lock: 1)
    assert "installation failed" in run.install(run.RUNNING)
    assert not run.STAMP.exists()


def stamped(run, lock):
    """An environment that was made from a lock."""
    run.python().parent.mkdir(parents=True)
    run.python().touch()
    run.STAMP.write_text(run.wanted(lock), encoding="utf-8")


@pytest.mark.parametrize("lock", ["RUNNING", "TESTING"])
def test_a_current_environment_is_not_installed_again(run, monkeypatch, lock):
    monkeypatch.setattr(run, "run", lambda *command: pytest.fail("it was installed again"))
    monkeypatch.setattr(run, "fetch", lambda lock: pytest.fail("it was installed again"))
    stamped(run, getattr(run, lock))
    assert run.install(run.RUNNING) is None


def test_what_tests_need_is_installed_on_top_of_what_runs(run, monkeypatch):
    made, fetched = [], []
    monkeypatch.setattr(run, "run", lambda *command: made.append(command) or 0)
    monkeypatch.setattr(run, "fetch", lambda lock: fetched.append(lock) or 0)
    stamped(run, run.RUNNING)
    assert run.install(run.TESTING) is None
    assert fetched == [run.TESTING] and not [command for command in made if "venv" in command]
    assert run.STAMP.read_text(encoding="utf-8") == run.wanted(run.TESTING)


def test_only_tests_and_the_bench_ask_for_their_tools(run, monkeypatch):
    asked = []
    monkeypatch.setattr(run, "install", lambda lock: asked.append(lock) or "stop here")
    for word in ("demo", "serve", "doctor", "test", "bench", "docs"):
        run.main([word])
    assert asked == [run.RUNNING] * 3 + [run.TESTING] * 3


@pytest.mark.parametrize("prefix", [None, "elsewhere"])
@pytest.mark.parametrize("told", [None, "", "1"])
def test_what_tests_start_is_compiled_once_and_never_beside_the_code(run, monkeypatch, told, prefix):
    for name, value in (("PYTHONDONTWRITEBYTECODE", told), ("PYTHONPYCACHEPREFIX", prefix)):
        monkeypatch.setenv(name, value or "")
        if value is None:
            monkeypatch.delenv(name)
    run.keep_compiled()
    assert not os.environ.get("PYTHONDONTWRITEBYTECODE")
    assert os.environ.get("PYTHONPYCACHEPREFIX") == (prefix or (str(run.VENV / "compiled") if told else None))


def test_what_is_left_out_is_said_with_the_line_that_installs_it(monkeypatch):
    assert services.left_out() == [] or not os.environ.get("CI")
    for name, value in (("browser_path", None), ("postgres_binaries", None), ("node_problem", "none")):
        monkeypatch.setattr(services, name, lambda value=value: value)
    *left, line = services.left_out()
    assert len(left) == 3 and line.endswith(" chromium postgresql nodejs npm")


@pytest.mark.parametrize("name", ["requirements-dev.lock", "pyproject.toml"])
def test_a_changed_lock_or_package_is_installed_again(run, name):
    before = run.wanted(run.TESTING)
    (run.HERE / name).write_text("y", encoding="utf-8")
    assert run.wanted(run.TESTING) != before
