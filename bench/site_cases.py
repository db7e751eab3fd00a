"""Whether the cases of the complete site files of docs/site notice that a line of them is left out.

    python -m bench.site_cases

A line goes with what stands further in below it. A file that can then no longer be read is not counted.
"""

from collections.abc import Iterator
from typing import Any

from cards import Knowledge, KnowledgeError
from tests.knowledge.test_site_examples import READ, SITES, asked, knowledge_from, wrong


def left_out(text: str) -> Iterator[tuple[str, str]]:
    """Each line that says something, and the file without it."""
    lines = text.splitlines(keepends=True)
    for at, line in enumerate(lines):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        end = next((n for n, after in enumerate(lines[at + 1 :], at + 1) if _depth(after) <= _depth(line)), len(lines))
        yield line.strip(), "".join((*lines[:at], *lines[end:]))


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip()) if line.strip() else 1000


def unnoticed(name: str, cases: list[dict[str, Any]]) -> tuple[list[str], int]:
    """The lines of a site file that no case misses, and how many were left out."""
    missed, count = [], 0
    for line, text in left_out((SITES / name).read_text(encoding="utf-8")):
        try:
            known = knowledge_from(text, name)
        except KnowledgeError:
            continue
        count += 1
        if not _is_noticed(known, cases):
            missed.append(line)
    return missed, count


def _is_noticed(known: Knowledge, cases: list[dict[str, Any]]) -> bool:
    return any(wrong(case["expect"], asked(case, known)) for case in cases)


def main() -> None:
    """Print what is not noticed, and the share that is, of each file."""
    for read in READ.values():
        missed, count = unnoticed(read["site"], read["cases"])
        lines = (f"  {line}" for line in missed)
        print(f"{read['site']}: {count - len(missed)} of {count}", *lines, sep="\n", flush=True)


if __name__ == "__main__":
    main()
