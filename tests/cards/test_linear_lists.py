"""No list of a request keeps the service busy: many orders, results or codings cost as many times as much, not more.

Every list of a chart with a resource of every type is made long: its entries, and whatever stands in a resource.
"""

import copy
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from cds_service.errors import RequestError
from tests.cards.every_kind import requests
from tests.cards.test_linear_text import answer, cost, grows_too_fast, strings, with_more

FEW, MANY = 200, 3200
MOST_GROWTH = 2 * MANY / FEW
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
    listed, told = at(made, path[:-1]), json.dumps(at(call, path))
    for n in range(number):
        item = json.loads(told)
        if isinstance(item, dict) and "resource" in item:
            item["resource"]["id"] = f"x{n}"
            item["fullUrl"] = f"urn:uuid:x{n}"
        listed.append(item)
    return made


@pytest.mark.parametrize("name", PLACES)
def test_a_long_list_costs_no_more_than_its_length(name: str) -> None:
    hook, path = PLACES[name]
    few, many = (with_copies(CALLS[hook], path, number) for number in (FEW, MANY))
    assert not always_grows_too_fast(lambda: answer(hook, few), lambda: answer(hook, many))


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
        few, more = many(FEW), many(MANY)
        assert not grows_too_fast(lambda b=few: answer("order-sign", b), lambda b=more: answer("order-sign", b), 32)


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
