"""Site files, protocols, clients that no person wrote: refused with a line, soon, by a process that lives."""

import subprocess
import sys

import pytest

from cards import KnowledgeError, parse_yaml


def aliases(levels, each=9):
    """Each level repeats the one before it several times."""
    told = ["a0: &a0 [x, x]"]
    return "\n".join(told + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * each)}]" for n in range(1, levels)])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (aliases(20), "f:6: with what aliases repeat it holds more than"),
        (aliases(6, 60), "f:4: with what aliases repeat it holds more than"),
        ("a: &x [*x]", "f:1: [*]x repeats what it is part of"),
        ("a: &x {<<: *x}", "f:1: [*]x repeats what it is part of"),
        ("\n" + "[" * 60 + "]" * 60, "f:2: it is nested more than 50 levels deep"),
        ("- " * 60 + "x", "f:1: it is nested more than 50 levels deep"),
        ("a: " + "1:" * 20_000 + "1", "f:1: a text is longer than"),
        ("a: 2026-99-99", "f:1: not valid YAML: a date or number in it is none"),
        ("a: " + "9" * 5000, "f:1: not valid YAML: a date or number in it is none"),
        ("a: !!python/object/apply:os.system [id]", "f:1: not valid YAML: could not determine a constructor"),
        ("a: \x00", "f:1: not valid YAML"),
    ],
)
def test_it_is_refused_with_its_line(text, reason):
    with pytest.raises(KnowledgeError, match=reason):
        parse_yaml(text, "f")


def test_nesting_ends_no_process():
    """The reader in C would run out of stack: another process has to show that it lives."""
    told = "from cards import parse_yaml\ntry: parse_yaml('[' * 300_000, 'f')\nexcept ValueError as e: print(e)"
    run = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout) == (0, "f:1: it is nested more than 50 levels deep\n")


def test_a_list_that_is_told_twice_by_an_alias_is_read():
    assert parse_yaml("a: &x [1, 2]\nb: *x", "f") == {"a": [1, 2], "b": [1, 2]}
