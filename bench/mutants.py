"""Whether the case files of the rules find a small fault in the decision code.

    python -m bench.mutants [--count N] [--seed N] [--more] [--among FOLDER ...] [--json FILE]

A random sample of faults (`bench.mutate`); one counts as found when a case that runs its function, or a worked case of
fixtures/vignettes, is no longer answered as its file says, or in words that no card may have. Cases that do not run the
function cannot tell, and are not asked.
"""

import argparse
import gc
import json
import random
import signal
import sys
from collections import defaultdict
from collections.abc import Iterator
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
LONGEST_S = 20
Case = tuple[str, Json]
Place = tuple[str, int]


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


def cases_by_function(every: list[Case]) -> dict[Place, list[Case]]:
    """Which cases run a function: by its file and first line."""
    found: dict[Place, list[Case]] = defaultdict(list)
    for case in every:
        forget()
        for place in _functions_run(case):
            found[place].append(case)
    return found


def _functions_run(case: Case) -> set[Place]:
    ran: set[Place] = set()
    here = str(ROOT)

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code.co_filename.startswith(here):
            ran.add((frame.f_code.co_filename, frame.f_code.co_firstlineno))

    sys.setprofile(note)
    try:
        is_wrong(case)
    finally:
        sys.setprofile(None)
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
    """Whether a case is answered otherwise with the fault in place."""
    forget()
    try:
        with in_place(mutant), _at_most(LONGEST_S):
            return any(map(is_wrong, _own_first(mutant, asked)))
    except _TooLong:
        return True
    finally:
        forget()


def _own_first(mutant: Mutant, asked: list[Case]) -> list[Case]:
    """The cases of the rule itself before those of others."""
    own = Path(mutant.file).stem
    return sorted(asked, key=lambda case: case[0] != own)


@contextmanager
def _at_most(seconds: int) -> Iterator[None]:
    def stop(*_: object) -> None:
        raise _TooLong

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def survivors(sample: list[Mutant]) -> Iterator[Mutant]:
    """Those of a sample that no case finds; told one by one, since each takes up to a few seconds."""
    every = all_cases()
    assert not any(map(is_wrong, every)), "the case files must be right first"
    running = cases_by_function(every)
    for mutant in sample:
        if not is_found(mutant, running.get((str(ROOT / mutant.file), mutant.first_line), [])):
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
