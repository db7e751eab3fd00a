"""No list of a request keeps the service busy: many orders, results or codings cost as many times as much, not more.

Every list of a chart with a resource of every type is made long: its entries, and whatever stands in a resource.
"""

import copy
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from typing import Any

import orjson
import pytest

from cds_service.errors import RequestError
from tests.cards.every_kind import requests
from tests.cards.test_linear_text import answer, cost, grows_too_fast, strings, with_more

FEW, MANY = 200, 3200
MOST_GROWTH = 2 * MANY / FEW
# many cost seconds where each is dear; there a quarter tells as much: work whose square makes the whole cost 32 times
# as much costs 20 times as much in the quarter, what does not grow left aside
QUARTER_GROWTH = 1.25 * MANY / FEW
QUARTER_IS_DEAR_S = 0.003  # of the few, beside the usual
CALLS = requests()
Path = tuple[str | int, ...]
# short and long runs of what readers take apart: numbers, units, words that deny
RUNS = ("no 4 g/ 7 over 1. mg x, ", "7")
SIZES = (6_000, 48_000)
DEAR = 4  # times the usual: worth a second look


def always_grows_too_fast(few: Callable[[], object], many: Callable[[], object]) -> bool:
    """Whether the cost grows faster than the length each time it is measured: a busy machine may disturb one."""
    return all(grows_too_fast(few, many, MOST_GROWTH) for _ in range(4))


def lists(node: object, path: Path = ()) -> Iterator[Path]:
    """Where the lists of a JSON value stand."""
    if isinstance(node, list) and node:
        yield path
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        yield from lists(value, (*path, key))


def at(node: Any, path: Path) -> Any:
    """What stands at a path."""
    for key in path:
        node = node[key]
    return node


def places() -> dict[str, tuple[str, Path]]:
    """Name to hook and path: of each entry (the list it stands in, and it), and of each list in a resource."""
    found: dict[str, tuple[str, Path]] = {}
    for hook, call in CALLS.items():
        for path in lists(call):
            own = "draftOrders" in path or hook == "patient-view"
            if path[-1] == "entry":
                found |= {f"{hook} {named(call, (*path, n))}": (hook, (*path, n)) for n in range(len(at(call, path)))}
            elif own and "resource" in path:
                found.setdefault(f"{hook} {named(call, path)}", (hook, (*path, 0)))
    return found


def named(call: Any, path: Path) -> str:
    """A path without numbers, beginning at its resource."""
    entry = next(n for n, key in enumerate(path) if key == "entry") + 2
    resource = at(call, path[:entry])["resource"]
    kind = resource["resourceType"] if len(path) > entry else resource["id"]
    return ".".join((str(path[entry - 3]), kind, *(str(k) for k in path[entry + 1 :] if isinstance(k, str))))


PLACES = places()


def with_copies(call: Any, path: Path, number: int) -> Any:
    """The call with so many more of an item of a list, each under an id of its own."""
    made = copy.deepcopy(call)
    listed, told = at(made, path[:-1]), orjson.dumps(at(call, path))
    for n in range(number):
        item = orjson.loads(told)
        if isinstance(item, dict) and "resource" in item:
            item["resource"]["id"] = f"x{n}"
            item["fullUrl"] = f"urn:uuid:x{n}"
        listed.append(item)
    return made


def costs_its_length(hook: str, made: Callable[[int], Any]) -> bool:
    """Whether the answer to the call with so many of something costs as many times as much."""
    if _a_quarter_costs_its_length(hook, made):
        return True
    many = made(MANY)
    if cost(lambda: answer(hook, many), 1) <= MOST_GROWTH * _usual(hook):
        return True  # few cost no less than none
    few = made(FEW)
    return not always_grows_too_fast(lambda: answer(hook, few), lambda: answer(hook, many))


def _a_quarter_costs_its_length(hook: str, made: Callable[[int], Any]) -> bool:
    """Whether it is dear and grows no faster than surely linear work: else the whole is measured."""
    little, usual = made(FEW // 4), _usual(hook)
    if cost(lambda: answer(hook, little), 1) - usual < QUARTER_IS_DEAR_S:
        return False
    much = made(MANY // 4)
    most = usual + QUARTER_GROWTH * (cost(lambda: answer(hook, little), 3) - usual)
    return any(cost(lambda: answer(hook, much), tries) <= most for tries in (1, 2))


@cache
def _usual(hook: str) -> float:
    """What the answer to the call as it is costs."""
    return cost(lambda: answer(hook, CALLS[hook]), 5)


@pytest.mark.parametrize("name", PLACES)
def test_a_long_list_costs_no_more_than_its_length(name: str) -> None:
    hook, path = PLACES[name]
    assert costs_its_length(hook, lambda number: with_copies(CALLS[hook], path, number))


def test_work_that_grows_with_the_square_is_found_by_a_quarter_and_by_the_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """So little of the square that the whole costs only just more than it may."""
    unit, square = 4e-4, 4e-4 / 2600
    clock = [0.0]

    def work(_: str, number: int) -> str:
        clock[0] += number * unit + number**2 * square
        return ""

    monkeypatch.setitem(globals(), "answer", work)
    monkeypatch.setitem(CALLS, "made up", 0)
    monkeypatch.setattr("time.thread_time", lambda: clock[0])
    assert not _a_quarter_costs_its_length("made up", lambda number: number)
    assert not costs_its_length("made up", lambda number: number)
    square = 0
    assert _a_quarter_costs_its_length("made up", lambda number: number)


def test_selections_and_reasons_are_looked_up() -> None:
    """Many names of many drafts, and many references to many problems."""
    sign = CALLS["order-sign"]

    def made(number: int) -> Any:
        call = with_copies(sign, ("context", "draftOrders", "entry", 0), number)
        call["context"]["selections"] = [f"MedicationRequest/x{n}" for n in range(number)]
        return with_copies(call, ("prefetch", "conditions", "entry", 0), number)

    def reasons(number: int) -> Any:
        call = made(0)
        told = [{"reference": f"Condition/x{n}"} for n in range(number)]
        at(call, ("context", "draftOrders", "entry", 0))["resource"]["reasonReference"] = told
        return with_copies(call, ("prefetch", "conditions", "entry", 0), number)

    for many in (made, reasons):
        assert costs_its_length("order-sign", many)


@pytest.mark.parametrize("hook", CALLS)
def test_no_text_of_any_resource_keeps_a_reader_busy(hook: str) -> None:
    usual = cost(lambda: answer(hook, CALLS[hook]), 5)
    busy = []
    for number, path in enumerate(texts(CALLS[hook]).values()):
        run = RUNS[number % len(RUNS)]
        much = with_more(CALLS[hook], path, run * (SIZES[1] // len(run)))
        if cost(lambda b=much: told(hook, b), 1) > DEAR * usual:
            little = with_more(CALLS[hook], path, run * (SIZES[0] // len(run)))
            busy += [path] if grows_too_fast(lambda b=little: told(hook, b), lambda b=much: told(hook, b)) else []
    assert busy == []


def texts(call: Any) -> dict[str, Path]:
    """Where the texts of a call stand, of each type of resource once."""
    found: dict[str, Path] = {}
    for path in strings(call):
        found.setdefault(named(call, path) if "entry" in path and "resource" in path else str(path), path)
    return found


def told(hook: str, body: Any) -> None:
    """Answer, or refuse what no id may be."""
    with suppress(RequestError):
        answer(hook, body)
