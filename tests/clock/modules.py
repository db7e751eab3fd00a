"""Which modules of the tests look at a clock that runs, and which dates stand in them."""

import ast
import re
from functools import cache, lru_cache
from pathlib import Path

TESTS = Path(__file__).parents[1]
MODULES = tuple(path for path in sorted(TESTS.rglob("*.py")) if path.parent.name != "clock")
# what tells the time, waits, starts a process, or makes requests dated from now
_CLOCKS = {
    *("now", "today", "utc_now", "time", "first_time", "subprocess", "psutil", "threading", "standing_clock"),
    *("free_port", "wait_for", "patient_view", "request_for", "servers", "measure", "soak", "shares"),
    *("Serving", "Service"),
}
_THIS_CENTURY = re.compile(r"20\d\d-\d\d(-\d\d.*)?", re.DOTALL)
_MADE = {"date", "datetime"}
_EPOCH_S = (1e9, 1e10)  # from 2001 on, in seconds since 1970


@lru_cache(16)  # a module is asked two or three things in a row
def _parsed(source: str) -> ast.Module:
    return ast.parse(source)


def _tree(path: Path) -> ast.Module:
    return _parsed(path.read_text(encoding="utf-8"))


def runs_with_a_clock(source: str) -> bool:
    """Whether a module names anything that tells the time as it runs."""
    return bool(_names(source) & _CLOCKS)


@cache
def _names(source: str) -> set[str]:
    found = set()
    for node in ast.walk(_parsed(source)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            found |= {alias.name.rpartition(".")[2] for alias in node.names}
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            found.add(node.func.attr)
    return found


def dates_in(source: str) -> list[int]:
    """The lines with a date of this century: a text that begins with one, one made of numbers, or in seconds."""
    return sorted({node.lineno for node in ast.walk(_parsed(source)) if _is_date(node)})


def _is_date(node: ast.AST) -> bool:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return bool(_THIS_CENTURY.fullmatch(node.value))
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return _EPOCH_S[0] <= node.value < _EPOCH_S[1]
    if not isinstance(node, ast.Call) or not node.args:
        return False
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    first = node.args[0]
    return name in _MADE and isinstance(first, ast.Constant) and 2000 <= int(first.value) < 2100


def dates_brought_by(path: Path) -> set[str]:
    """The names from other modules of the tests that stand for such a date or default to one."""
    nodes = [node for node in ast.walk(_tree(path)) if isinstance(node, ast.ImportFrom)]
    return {
        alias.name
        for node in nodes
        if (file := TESTS.parent / f"{(node.module or '').replace('.', '/')}.py").is_relative_to(TESTS)
        and file.is_file()
        for alias in node.names
        if alias.name in _dated(file)
    }


@cache
def _dated(path: Path) -> set[str]:
    """The constants of a module that hold a date, and the functions of which an argument is one by default."""
    body = _tree(path).body
    given = [node for node in body if isinstance(node, ast.Assign)]
    names = {
        name.id for node in given if _has_date(node.value, set()) for name in node.targets if isinstance(name, ast.Name)
    }
    functions = [node for node in body if isinstance(node, ast.FunctionDef)]
    return names | {
        made.name
        for made in functions
        for default in (*made.args.defaults, *made.args.kw_defaults)
        if default and _has_date(default, names)
    }


def _has_date(tree: ast.AST, names: set[str]) -> bool:
    return any(_is_date(node) or (isinstance(node, ast.Name) and node.id in names) for node in ast.walk(tree))


@cache
def looks_at_a_clock(path: Path) -> bool:
    """Whether a module, or any module of the tests that it or its fixtures come from, runs with a clock."""
    return any(map(_runs_with_a_clock, _with_what_it_needs(path, set())))


@cache
def _runs_with_a_clock(path: Path) -> bool:
    return runs_with_a_clock(path.read_text(encoding="utf-8"))


def _with_what_it_needs(path: Path, known: set[Path]) -> set[Path]:
    known.add(path)
    for needed in _needed(path) - known:
        _with_what_it_needs(needed, known)
    return known


@cache
def _needed(path: Path) -> set[Path]:
    """The modules of the tests that it imports, and the fixtures beside it; those for all are told by their names."""
    nodes = [node for node in ast.walk(_tree(path)) if isinstance(node, ast.ImportFrom)]
    names = [name for node in nodes for name in (node.module, *(f"{node.module}.{alias.name}" for alias in node.names))]
    files = [TESTS.parent / f"{name.replace('.', '/')}.py" for name in names if name and name.startswith("tests.")]
    beside = [path.parent / "conftest.py"] if path.parent != TESTS else []
    return {file for file in (*files, *beside) if file.is_file() and file != TESTS / "conftest.py"}
