"""Whether the case files of the rules find a small fault in the decision code.

    python -m bench.mutants [--count N] [--seed N] [--more] [--among FOLDER ...] [--json FILE]

A random sample of faults (`bench.mutate`); one counts as found when a case that runs its statement is no longer
answered as its file says, or in words that no card may have: a case of a rule, a worked one of fixtures/vignettes, one
of a site of docs/site. Cases that do not run the statement cannot tell, and are not asked.
"""

import argparse
import gc
import json
import random
import signal
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any

from bench.mutate import ROOT, Mutant, in_place, mutants
from cards.by_value import ByValue
from cards.model import Decision
from tests.cards import answer
from tests.cards.chart import Json, cases, decide, knowledge_of, snapshot
from tests.cards.test_rules import wrong
from tests.cards.test_triplets import UNFINISHED
from tests.knowledge import test_site_examples as sites
from tests.service import test_vignettes as worked

DECISION = ("cards/rules", "cards/judgements", "cards/plan", "cards/chart")
# What decides nothing, by where its names begin: what is asked of a record system, and what is told of a request to
# those who ask for it or to the shell. No case runs it (`survivors` holds that); tests/cards, fhir and records do.
NOT_DECIDING = {
    "cards/chart/inputs.py": (
        "Input.query",
        "Input.types",
        "Input._code",
        "Input._sort",
        "Input._include",
        "prefetch_templates",
    ),
    "cards/chart/cut_lists.py": ("is_enough",),
    "cards/chart/medicines.py": ("is_magnesium_given", "why_nameless"),
    "cards/chart/bands.py": ("scale_of",),
    "cards/chart/asked_results.py": ("Results.__len__",),
    "cards/chart/because.py": ("Because.number",),
    "cards/chart/care.py": ("unread_care",),
    "cards/chart/gather.py": ("unread_results",),
    "cards/chart/sorting.py": ("unread_results", "counted"),
    "cards/chart/result_names.py": ("is_unsettled",),
    "cards/chart/chart.py": ("Chart.set_aside", "Chart.not_understood", "Chart.unread_entries", "Chart.reading"),
    "cards/chart/unread.py": (
        *("entries", "shares", "_of_record", "_listed_on_record", "_nameless", "_magnesium_set_aside", "_codes"),
        "_drafts",
    ),
    "cards/plan/units_of_stay.py": ("unit_of_stay", "is_for_candidate"),
    "cards/rules/listed.py": ("rules_in",),
}
LONGEST_S = 5
SITE = "a site"
Case = tuple[str, Json]
Place = tuple[str, int]
Tracer = Callable[[FrameType, str, object], Any]


class _TooLong(BaseException):
    """A case that does not end."""


def is_wrong(case: Case) -> bool:
    """Whether a case is answered otherwise than its file says, or not at all."""
    try:
        decision, found = _of_site(case[1]) if case[0] == SITE else _of_rule(*case)
        return bool(found) or any(UNFINISHED.search(answer.text_of(card)) for card in decision.cards)
    except Exception:
        return True


def _of_rule(rule: str, told: Json) -> tuple[Decision, list[str]]:
    decision = decide(snapshot(told["chart"]), known=knowledge_of(told["chart"]))
    if rule:
        return decision, wrong(rule, told["expect"], decision)
    return decision, worked.problems(told["expect"], [card.body for card in decision.cards])


def _of_site(told: Json) -> tuple[Decision, list[str]]:
    decision = sites.asked(told, told["known"])
    return decision, sites.wrong(told["expect"], decision)


def all_cases() -> list[Case]:
    """Those of the rules, the worked ones, which are of no rule, and those of the complete site files of docs/site."""
    of_sites = ({**case, "known": sites.known_by(path)} for path, read in sites.READ.items() for case in read["cases"])
    return [*cases(), *(("", case) for case in worked.CASES), *((SITE, case) for case in of_sites)]


def decides(mutant: Mutant) -> bool:
    """Whether a fault is where something is decided."""
    return not mutant.function.startswith(NOT_DECIDING.get(mutant.file, ()) or ("\n",))


def cases_by_line(every: list[Case], among: set[Place]) -> dict[Place, set[int]]:
    """By file and line which cases, by their number, run a line of functions that begin at some lines."""
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
        assert not is_wrong(case), f"the case files must be right first: {case[1]['name']}"
    finally:
        sys.settrace(None)
    return ran


def forget() -> None:
    """What the code remembers between decisions would hide a fault, or outlive it."""
    for kept in _memories():
        (kept.clear if isinstance(kept, ByValue) else kept.cache_clear)()


@cache
def _memories() -> list[Any]:
    gc.unfreeze()  # what is frozen is not listed
    kept = [k for k in gc.get_objects() if type(k).__name__ in ("_lru_cache_wrapper", "ByValue")]
    gc.freeze()  # all of it stays: it need not be looked through again and again
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
    left_out = [m for m in mutants(DECISION) if not decides(m)]
    running = cases_by_line(every, {place for m in (*sample, *left_out) for place in _lines(m, m.first_line)})
    assert not any(_asked(m, running) for m in left_out), "a case runs what is left out as deciding nothing"
    for mutant in sample:
        if not is_found(mutant, [every[number] for number in _asked(mutant, running)]):
            yield mutant


def _asked(mutant: Mutant, running: Mapping[Place, set[int]]) -> list[int]:
    return sorted(set().union(*(running.get(place, ()) for place in _lines(mutant, mutant.statement[0]))))


def _lines(mutant: Mutant, first: int) -> list[Place]:
    """The lines from one to the end of the faulty statement: functions that its function makes begin there, too."""
    return [(str(ROOT / mutant.file), line) for line in range(first, mutant.statement[1] + 1)]


def main() -> None:
    """Print the faults that no case finds, and the share that is found."""
    parser = argparse.ArgumentParser(prog="python -m bench.mutants", description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--more", action="store_true", help="kinds of faults that are harder to find, too")
    parser.add_argument("--among", nargs="+", default=DECISION, metavar="FOLDER")
    parser.add_argument("--json", type=Path, help="file for the faults that were not found")
    options = parser.parse_args()
    every = list(filter(decides, mutants(tuple(options.among), options.more)))
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
