"""Whether the cases of the worked and invented protocols notice a small change of their file.

    python -m bench.protocol_cases [FILE ...]

A change is one number of a row, a condition or the kidneys a step further. What changes no answer is not counted.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from importlib.resources import files
from itertools import product
from pathlib import Path

from cards import Knowledge, KnowledgeError, Protocol, load_knowledge, read_protocol, try_cases
from cards.model.protocol import Order
from cards.model.protocol_answer import Answer, Facts
from cards.protocol import engine
from cards.protocol.levels import facts_of, patients, values_to

ROOT = Path(__file__).parents[1]
FOLDERS = (ROOT / "docs" / "site" / "protocols", ROOT / "tests" / "cards" / "protocols")
_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.]*[:-])")
_TOLD = re.compile(r" *(?:level|give|one_of|then|when|recheck|for|- \"|- \{when|- (?:crcl|scr|weight))")
_REMARKS = re.compile(r", (?:in|by) [^\"]*")


def protocols() -> list[Path]:
    """The files of every protocol that has cases."""
    return sorted(path for folder in FOLDERS for path in folder.glob("*.yaml"))


def small_changes(text: str) -> Iterator[str]:
    """The file with one number of its rows, conditions or kidneys a step further; what is only told stays.

    The lower end of a range stays too: a site may choose any dose inside it, and its paper's case says so.
    """
    place = 0
    for line in text.splitlines(keepends=True):
        counted = _REMARKS.sub(lambda told: "_" * len(told.group()), line) if _TOLD.match(line) else ""
        for found in _NUMBER.finditer(counted):
            decimals = len(found.group().partition(".")[2])
            changed = f"{float(found.group()) + 10**-decimals:.{decimals}f}"
            yield text[: place + found.start()] + changed + text[place + found.end() :]
        place += len(line)


@cache
def knowledge() -> Knowledge:
    """The shipped knowledge."""
    return load_knowledge(files("cards.knowledge"))


def unnoticed(file: Path) -> tuple[list[str], int]:
    """The lines of changes that the cases of a protocol let pass, and how many changes there are."""
    text = file.read_text(encoding="utf-8")
    cases = (file.parent / "cases" / file.name).read_text(encoding="utf-8")
    told = [(changed, is_noticed(changed, cases)) for changed in small_changes(text)]
    counted = [(c, noticed) for c, noticed in told if noticed or _changes_an_answer(text, c)]
    return [_changed_line(text, c) for c, noticed in counted if not noticed], len(counted)


def is_noticed(changed: str, cases: str) -> bool:
    """Whether a case fails, or the file can no longer be read."""
    try:
        return bool(try_cases(read_protocol(changed, "p", knowledge()), cases, "c", knowledge()).failed)
    except KnowledgeError:
        return True


def _changed_line(text: str, changed: str) -> str:
    pairs = zip(text.splitlines(), changed.splitlines(), strict=True)
    return next(new.strip() for old, new in pairs if old != new)


# -- changes that change nothing --------------------------------------------------------------------------------------
def _changes_an_answer(text: str, changed: str) -> bool:
    """Whether a patient of some kind is answered otherwise; where more than rows changed, that is taken for so."""
    one, other = (read_protocol(each, "p", knowledge()) for each in (text, changed))
    kinds = patients([*one.rows, *other.rows], one)
    if not kinds or _around(one) != _around(other):
        return True
    levels = values_to(0.0, one) + values_to(0.0, other)[-1:]
    asked = (facts_of(kind, level, one.per_mmol) for kind, level in product(kinds, levels))
    return any(_said(one, facts) != _said(other, facts) for facts in asked)


def _around(protocol: Protocol) -> str:
    return repr((protocol.scope, protocol.kidneys, protocol.not_by_route, protocol.needs))


def _said(protocol: Protocol, facts: Facts) -> Answer:
    """What is answered, but for how it is written."""
    answer = engine.ask(replace(protocol, scope=(), needs=()), facts)
    give, one_of, then = (tuple(map(_bare, orders)) for orders in (answer.give, answer.one_of, answer.then))
    return replace(answer, row=None, why="", give=give, one_of=one_of, then=then)


def _bare(order: Order) -> Order:
    return replace(order, text="")


def main() -> None:
    """Print what is not noticed, and the share that is, of each file and of all."""
    total = missed = 0
    for file in [Path(name) for name in sys.argv[1:]] or protocols():
        lines, count = unnoticed(file)
        total, missed = total + count, missed + len(lines)
        print(f"{file.stem}: {count - len(lines)} of {count}", *(f"  {line}" for line in lines), sep="\n", flush=True)
    print(f"{total - missed} of {total} ({(total - missed) / total:.0%})")


if __name__ == "__main__":
    main()
