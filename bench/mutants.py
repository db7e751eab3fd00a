"""Whether the case files of the rules find a small fault in the decision code.

    python -m bench.mutants [--count N] [--seed N] [--more] [--among FOLDER ...] [--json FILE]

A random sample of faults (`bench.mutate`); one counts as found when a case that runs its statement, or a worked case of
fixtures/vignettes that does, is no longer answered as its file says, or in words that no card may have. Cases that do
not run the statement cannot tell, and are not asked.
"""

import argparse
import gc
import json
import random
import signal
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any

from bench.mutate import ROOT, Mutant, in_place, mutants
from tests.cards import answer
from tests.cards.chart import Json, cases, decide, knowledge_of, snapshot
from tests.cards.test_rules import wrong
from tests.cards.test_triplets import UNFINISHED
from tests.service import test_vignettes as worked

DECISION = ("cards/rules", "cards/judgements", "cards/plan", "cards/chart")
LONGEST_S = 5
Case = tuple[str, Json]
Place = tuple[str, int]
Tracer = Callable[[FrameType, str, object], Any]


class _TooLong(BaseException):
    """A case that does not end."""


def is_wrong(case: Case) -> bool:
    """Whether a case is answered otherwise than its file says, or not at all."""
    rule, told = case
    try:
        decision = decide(snapshot(told["chart"]), known=knowledge_of(told["chart"]))
        bodies = [card.body for card in decision.cards]
        answered = wrong(rule, told["expect"], decision) if rule else worked.problems(told["expect"], bodies)
        return bool(answered) or any(UNFINISHED.search(answer.text_of(card)) for card in decision.cards)
    except Exception:
        return True


def all_cases() -> list[Case]:
    """Those of the rules, and the worked ones, which are of no rule."""
    return [*cases(), *(("", case) for case in worked.CASES)]


def cases_by_line(every: list[Case], among: set[Place]) -> dict[Place, set[int]]:
    """By file and line which cases, by their number, run a line of some functions, each by its file and first line."""
    found: dict[Place, set[int]] = defaultdict(set)
    for number, case in enumerate(every):
        forget()
        for place in _lines_run(case, among):
            found[place].add(number)
    return found


def _lines_run(case: Case, among: set[Place]) -> set[Place]:
    ran: set[Place] = set()

    def note_line(frame: FrameType, _: str, __: object) -> Tracer:
        ran.add((frame.f_code.co_filename, frame.f_lineno))
        return note_line

    def note_call(frame: FrameType, _: str, __: object) -> Tracer | None:
        return note_line if (frame.f_code.co_filename, frame.f_code.co_firstlineno) in among else None

    sys.settrace(note_call)
    try:
        is_wrong(case)
    finally:
        sys.settrace(None)
    return ran


def forget() -> None:
    """What the code remembers between decisions would hide a fault, or outlive it."""
    for kept in _memories():
        kept.cache_clear()


@cache
def _memories() -> list[Any]:
    gc.unfreeze()  # what is frozen is not listed
    kept = [k for k in gc.get_objects() if type(k).__name__ == "_lru_cache_wrapper"]
    return [k for k in kept if (k.__module__ or "").startswith("cards.")]


def is_found(mutant: Mutant, asked: list[Case]) -> bool:
    """Whether a case is answered otherwise with the fault in place, or does not end."""
    forget()
    try:
        with in_place(mutant):
            return any(map(_is_wrong_or_endless, _own_first(mutant, asked)))
    finally:
        forget()


def _own_first(mutant: Mutant, asked: list[Case]) -> list[Case]:
    """The cases of the rule itself before those of others."""
    own = Path(mutant.file).stem
    return sorted(asked, key=lambda case: case[0] != own)


def _is_wrong_or_endless(case: Case) -> bool:
    try:
        with _at_most(LONGEST_S):
            return is_wrong(case)
    except _TooLong:
        return True


@contextmanager
def _at_most(seconds: int) -> Iterator[None]:
    """A limit of processor time, so that a busy machine is not taken for a case that does not end."""

    def stop(*_: object) -> None:
        raise _TooLong

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def survivors(sample: list[Mutant]) -> Iterator[Mutant]:
    """Those of a sample that no case finds; told one by one, since each takes up to a few seconds."""
    every = all_cases()
    assert not any(map(is_wrong, every)), "the case files must be right first"
    running = cases_by_line(every, {(str(ROOT / m.file), m.first_line) for m in sample})
    for mutant in sample:
        first, last = mutant.statement
        lines = ((str(ROOT / mutant.file), line) for line in range(first, last + 1))
        asked = sorted(set().union(*(running.get(line, ()) for line in lines)))
        if not is_found(mutant, [every[number] for number in asked]):
            yield mutant


def main() -> None:
    """Print the faults that no case finds, and the share that is found."""
    parser = argparse.ArgumentParser(prog="python -m bench.mutants", description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--more", action="store_true", help="kinds of faults that are harder to find, too")
    parser.add_argument("--among", nargs="+", default=DECISION, metavar="FOLDER")
    parser.add_argument("--json", type=Path, help="file for the faults that were not found")
    options = parser.parse_args()
    every = list(mutants(tuple(options.among), options.more))
    sample = random.Random(options.seed).sample(every, min(options.count, len(every)))
    lived = []
    for mutant in survivors(sample):
        lived.append(mutant)
        print(f"{mutant.file}:{mutant.line} {mutant.function}: {mutant.what}", flush=True)
    found = len(sample) - len(lived)
    print(f"{found} of {len(sample)} found ({found / len(sample):.1%}); {len(every)} faults are possible")
    if options.json:
        options.json.write_text(json.dumps([asdict(m) for m in lived], indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
