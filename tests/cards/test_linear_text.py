"""No text of a chart keeps the service busy: every pattern, and every reader of an order, works in linear time.

Patterns are found by walking the modules and the tables they read, and the texts against each are made from the
pattern itself, so that a new one is covered. Work is counted in processor time of the thread: eight times the text
may cost about eight times the time, and never the sixty-four times of a pattern that tries each run from each place.
"""

import ast
import copy
import importlib
import json
import pkgutil
import re
import time
import unicodedata
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser
from types import ModuleType
from typing import Any
from uuid import uuid4

import pytest

import cards
import cds_service
from cards.loading.result_tables import plain
from cards.terms.later import Later, compiled
from cards.terms.letters import composed, unaccented
from cards.terms.names import fold
from cds_service.answer_call import Means, answer_call
from cds_service.run.settings import MissingData
from tests.calls import request_for
from tests.cards.chart import knowledge
from tests.cards.test_german import german

ROOT = Path(__file__).parents[2]
# loaders whose patterns are part of the knowledge, and so among those that are tried
TABLES_READ_AT_START = {
    *(
        "care.py",
        "codes.py",
        "condition_words.py",
        "dose_language.py",
        "dose_tables.py",
        "encounter_tables.py",
        "indications.py",
        "language.py",
        "result_tables.py",
    ),
    *("spellings.py", "vocabulary.py", "sentences.py"),  # of a protocol
    "allergies.py",
    "later.py",
    "voice.py",
}
PARTS = 4  # in which the patterns are tried: they are found when the first is, not where tests are only collected
GROWTH = 8
MOST_GROWTH = 3 * GROWTH
# of the shorter texts, which may be no longer than what a bound like {1,80} lets a pattern try from each place
BEYOND_THE_SQUARE = 2 * GROWTH**2
# from short to long, so that what grows faster than the square is found before it takes for ever
LENGTHS = (3, 30, 500)
# seconds that are not worth a second look: a quadratic pattern takes many times as long for the longer text
NOTHING = 0.001
BEYOND_DOUBT = 0.5
PATTERN_BEYOND_DOUBT = 0.05  # a pattern makes no garbage, whose collection is what else takes long
RUNS = ("7", " ", "a", "x ", "1 ", "7.", "1.7 ", "-", "/", ".", "\t", "no ", "4 g", "over 4 ", "(", "{n[", "s.7", ", ")
_PLAIN_OF_CATEGORY = {
    op.CATEGORY_DIGIT: "7",
    op.CATEGORY_SPACE: " ",
    op.CATEGORY_WORD: "a",
    op.CATEGORY_NOT_WORD: "-",
    op.CATEGORY_NOT_SPACE: "a",
    op.CATEGORY_NOT_DIGIT: "a",
}


# -- finding the patterns ---------------------------------------------------------------------------------------------
def modules() -> Iterator[ModuleType]:
    """Every module of the two packages."""
    for package in (cards, cds_service):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not found.name.endswith("__main__"):
                yield importlib.import_module(found.name)


def patterns_in(value: object, seen: set[int]) -> Iterator[re.Pattern[str]]:
    """The patterns that a value holds, in containers and dataclasses too."""
    if isinstance(value, re.Pattern):
        yield value
    if isinstance(value, Later):
        yield compiled(value.pattern)
    if id(value) in seen or isinstance(value, type | str | bytes):
        return
    seen.add(id(value))
    inside: Iterable[object] = ()
    if isinstance(value, Mapping):
        inside = value.values()
    elif isinstance(value, tuple | list | set | frozenset):
        inside = value
    elif is_dataclass(value):
        inside = [getattr(value, f.name, None) for f in fields(value)]
    for item in inside:
        yield from patterns_in(item, seen)


@cache
def every_pattern() -> dict[str, re.Pattern[str]]:
    """Name to pattern: of module globals, and of the tables read from files. One of bytes as if it were of letters."""
    held = {module.__name__: list(vars(module).values()) for module in modules()}
    held["knowledge"] = [knowledge(), german()]
    found = {p.pattern: (name, p) for name, values in held.items() for v in values for p in patterns_in(v, set())}
    return {f"{name}:{number}": _of_letters(p) for number, (name, p) in enumerate(found.values())}


def _of_letters(pattern: re.Pattern[Any]) -> re.Pattern[str]:
    told = pattern.pattern
    return re.compile(told.decode("ascii"), pattern.flags) if isinstance(told, bytes) else pattern


# -- making texts against a pattern -----------------------------------------------------------------------------------
def least(items: Iterable[Any], fewest: int = 0) -> str:
    """A short text that a parsed pattern matches, as far as one can be made without looking around.

    `fewest`: how often a part is there at least that may be left out.
    """
    return "".join(_least(*item, fewest) for item in items)


def _least(kind: object, told: Any, fewest: int = 0) -> str:
    made: dict[object, Callable[[], str]] = {
        op.LITERAL: lambda: chr(told),
        op.NOT_LITERAL: lambda: "a" if chr(told) != "a" else "b",
        op.ANY: lambda: "a",
        op.IN: lambda: _one_of(told),
        op.CATEGORY: lambda: _PLAIN_OF_CATEGORY.get(told, "a"),
        op.BRANCH: lambda: min((least(b, fewest) for b in told[1]), key=len),
        op.SUBPATTERN: lambda: least(told[-1], fewest),
        op.ATOMIC_GROUP: lambda: least(told, fewest),
    }
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
        return least(told[2], fewest) * max(told[0], fewest)
    return made[kind]() if kind in made else ""


def _one_of(told: Any) -> str:
    if told[0][0] is op.NEGATE:
        refused = {chr(n) for kind, n in told[1:] if kind is op.LITERAL}
        return next(c for c in "a7 -" if c not in refused)
    kind, first = told[0]
    return chr(first[0]) if kind is op.RANGE else _least(kind, first)


def repeats(items: Iterable[Any], fewest: int, before: str = "") -> Iterator[tuple[str, str]]:
    """(what leads to it, what is repeated) of every repetition without an end, however deep; `fewest` as above."""
    for kind, told in items:
        inner: list[Any] = []
        if kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
            inner = [told[2]]
            if told[1] is op.MAXREPEAT:
                yield before, least(told[2])
        elif kind is op.BRANCH:
            inner = list(told[1])
        elif kind in (op.SUBPATTERN, op.ASSERT, op.ASSERT_NOT):
            inner = [told[-1]]
        elif kind is op.ATOMIC_GROUP:
            inner = [told]
        for part in inner:
            yield from repeats(part, fewest, before)
        before += _least(kind, told, fewest)


def parts_of(pattern: re.Pattern[str]) -> list[tuple[str, str]]:
    """(what stands before, what is repeated) of near misses: runs after what leads to them and alone, matches whole."""
    parsed = _parser.parse(pattern.pattern, pattern.flags & ~re.UNICODE)
    led = list(dict.fromkeys((*repeats(parsed, 0), *repeats(parsed, 1))))
    units = dict.fromkeys(RUNS) | dict.fromkeys(filter(None, (least(parsed), least(parsed)[:-1])))
    for before, again in led:
        units |= dict.fromkeys(filter(None, (again, before + again, before)))
    return [*((before, again) for before, again in led if again), *(("", unit) for unit in units)]


def texts_against(parts: Iterable[tuple[str, str]], length: int) -> Iterator[str]:
    """Near misses of about that length: each part again and again."""
    for before, again in parts:
        yield before + again * (length // len(again)) + "\0"


# -- measuring --------------------------------------------------------------------------------------------------------
def cost(work: Callable[[], object], times: int) -> float:
    """The least processor time of some tries, in seconds."""
    found = []
    for _ in range(times):
        began = time.thread_time()
        work()
        found.append(time.thread_time() - began)
    return min(found)


def grows_too_fast(
    short: Callable[[], object],
    long: Callable[[], object],
    most: float = MOST_GROWTH,
    beyond_doubt: float = BEYOND_DOUBT,
) -> bool:
    """Whether the longer work costs more than `most` times the other; measured again before it is believed."""
    for tries in (1, 3, 7):
        spent = cost(long, tries)
        if spent <= NOTHING or spent <= most * cost(short, 3 * tries):
            return False
        if spent > beyond_doubt:
            return True
    return True


def slow_text(pattern: re.Pattern[str]) -> str | None:
    """The beginning of the first text that a pattern is too slow on."""
    parts = parts_of(pattern)
    for length in LENGTHS:
        most = MOST_GROWTH if length == LENGTHS[-1] else BEYOND_THE_SQUARE
        both = zip(texts_against(parts, length), texts_against(parts, GROWTH * length), strict=True)
        found = next((long[:40] for short, long in both if _slow_on(pattern, short, long, most)), None)
        if found is not None:
            return found
    return None


def _slow_on(pattern: re.Pattern[str], short: str, long: str, most: float) -> bool:
    both = (lambda: _find_all(pattern, short)), (lambda: _find_all(pattern, long))
    return grows_too_fast(*both, most, PATTERN_BEYOND_DOUBT)


def _find_all(pattern: re.Pattern[str], text: str) -> None:
    """Matches are not kept: thousands at once would have the collector of garbage run, whose time is not theirs."""
    deque(pattern.finditer(text), maxlen=0)


@pytest.mark.parametrize("part", range(PARTS))
def test_a_pattern_is_linear(part: int) -> None:
    own = list(every_pattern().items())[part::PARTS]
    slow = ((name, pattern.pattern, slow_text(pattern)) for name, pattern in own)
    assert [told for told in slow if told[-1] is not None] == []


@pytest.mark.parametrize(
    "pattern",
    [
        r"(\d+(?:\.\d+)?)\s*(g|mg)\b",
        r"(\d+)\s*(mg)\s*(?:/|in|per)\s*(\d+)?\s*(ml|l)\b",
        r"\s*([<>]?=?)\s*(\d{1,3})\b",
        r"[a-z]+ing\b",
        r"\{n\[([^\]]+)\]\}",
        r"\bno\b.*\bpush\b",
        r"(?:[a-z]+)+\d",
        r"^(length|coding):[ \t]*(.*?)[ \t]*$",
    ],
)
def test_patterns_that_try_again_from_each_place_are_found(pattern: str) -> None:
    assert slow_text(re.compile(pattern))


def test_no_pattern_hides_from_the_walk() -> None:
    """Patterns are compiled, not given as text to `re`; those of functions are of tables read at the start."""
    used = {(path, call) for p in ("cards", "cds_service") for path in (ROOT / p).rglob("*.py") for call in _used(path)}
    assert len(every_pattern()) > 50
    assert {call for _, call in used} <= {"compile", "escape"}
    lazy = {path.name for path, _ in used if any(_compiled_in_functions(path))}
    assert lazy <= TABLES_READ_AT_START, "hold it in a module or in the knowledge"


def _used(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = (n.func for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute))
    return {c.attr for c in calls if isinstance(c.value, ast.Name) and c.value.id == "re"}


def _compiled_in_functions(path: Path) -> Iterator[bool]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for function in (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)):
        yield "re.compile" in ast.unparse(function)


# -- letters ----------------------------------------------------------------------------------------------------------
MARKS = ("\u0301\u0327", "e\u0301\u0327", "\u0f73", "\u3099\u0301")


@pytest.mark.parametrize("marks", MARKS)
@pytest.mark.parametrize("reader", [unaccented, composed, fold, plain])
def test_marks_after_a_letter_are_sorted_in_no_time(reader: Callable[[str], str], marks: str) -> None:
    short, long = (marks * (number // len(marks)) for number in (4_000, 4_000 * GROWTH))
    assert not grows_too_fast(lambda: reader(short), lambda: reader(long))


def test_letters_come_out_as_when_a_text_is_taken_as_a_whole() -> None:
    for text in ("Crème brûlée, Ångström ½ ﬁ", "마그네슘 황산", "ガバペンチン", "e\u0301\u0327 x", "\u0f73a\u0301"):
        bare = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
        assert unaccented(text) == bare
        assert composed(unicodedata.normalize("NFD", text)) == unicodedata.normalize("NFC", text)


def test_no_text_of_others_is_normalized_as_a_whole() -> None:
    """`normalize` takes the square of marks in a row: whoever needs it asks the module that knows."""
    readers = {path.name for p in ("cards", "cds_service") for path in (ROOT / p).rglob("*.py") if _normalizes(path)}
    assert readers == {"letters.py", "queries.py"}  # the second sign by sign, of an address


def _normalizes(path: Path) -> bool:
    told = path.read_text(encoding="utf-8")
    return "unicodedata" in told and "normalize" in told


# -- whole orders -----------------------------------------------------------------------------------------------------
ORDER: dict[str, Any] = {
    "resourceType": "MedicationRequest",
    "id": "d1",
    "status": "draft",
    "intent": "order",
    "authoredOn": (datetime.now(UTC) - timedelta(days=3)).date().isoformat(),
    "medicationCodeableConcept": {
        "coding": [{"system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": "0", "display": "magnesium"}],
        "text": "magnesium sulfate 4 g/100 mL",
    },
    "medicationReference": {"reference": "Medication/m1", "display": "magnesium sulfate"},
    "subject": {"reference": "Patient/demo-heart"},
    "reasonCode": [{"text": "low magnesium"}],
    "note": [{"text": "as discussed"}],
    "dosageInstruction": [
        {
            "text": "4 g IV over 4 h, lot ",
            "patientInstruction": "none",
            "route": {"coding": [{"system": "http://snomed.info/sct", "code": "0", "display": "drip"}], "text": "drip"},
            "method": {"text": "infusion"},
            "timing": {"code": {"text": "once"}, "repeat": {"periodUnit": "h", "durationUnit": "h"}},
            "doseAndRate": [{"doseQuantity": {"value": 4, "unit": "bag", "code": "bag"}}],
        }
    ],
}
KINDS = ("7", " ", "7 ", "1.", "4 g ", "4 g/ ", "over 4 - ", "eye ", "é")


def strings(node: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Where the strings of a JSON value stand."""
    if isinstance(node, str):
        yield path
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        yield from strings(value, (*path, key))


def with_more(node: Any, path: tuple[str | int, ...], more: str) -> Any:
    """A copy with something after one of its strings; what holds no part of that string is shared."""
    if not path:
        return node + more
    key, *inside = path
    made = copy.copy(node)
    made[key] = with_more(node[key], tuple(inside), more)
    return made


@cache
def base() -> tuple[dict[str, Any], dict[str, Any]]:
    """The calls that the order is put into; not to be changed."""
    made: list[Any] = [request_for(hook) for hook in ("order-sign", "patient-view")]
    return made[0], made[1]


@cache
def keys() -> tuple[str, ...]:
    """The prefetch keys of the services."""
    return tuple(cards.prefetch_templates(knowledge()))


def calls(order: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """The order drafted and signed, and the same order stored and seen at the opening of the chart."""
    sign, view = copy.deepcopy(base())
    sign["context"]["draftOrders"] = {"resourceType": "Bundle", "entry": [{"resource": order}]}
    stored = {"resource": order | {"status": "active"}}
    view["prefetch"]["medications"] = {"resourceType": "Bundle", "type": "searchset", "entry": [stored]}
    return [("order-sign", sign), ("patient-view", view)]


def answer(hook: str, body: object) -> str:
    """The answer of the seam, as text."""
    service = next(s for s in cards.SERVICES if s.hook == hook)
    means = Means(knowledge(), datetime.now(UTC), lambda: str(uuid4()), keys(), MissingData.CARD)
    given = answer_call(body, service, means)
    return json.dumps(given.payload)


@pytest.mark.parametrize("path", list(strings(ORDER)), ids=lambda p: ".".join(map(str, p)))
def test_no_text_of_an_order_keeps_a_reader_busy(path: tuple[str | int, ...]) -> None:
    for kind in KINDS:
        size = 50_000 // len(kind)
        short, long = (calls(with_more(ORDER, path, kind * n)) for n in (size // GROWTH, size))
        for (hook, little), (_, much) in zip(short, long, strict=True):
            assert not keeps_busy(hook, little, much), kind


def keeps_busy(hook: str, little: object, much: object) -> bool:
    """Whether much costs too many times as much as little; as no text at all costs no more, that is asked first."""
    if cost(lambda: answer(hook, much), 1) <= MOST_GROWTH * usual()[hook]:
        return False
    return grows_too_fast(lambda: answer(hook, little), lambda: answer(hook, much))


@cache
def usual() -> dict[str, float]:
    """What the answers to the calls with the order as it is cost, by hook."""
    return {hook: cost(lambda h=hook, b=body: answer(h, b), 7) for hook, body in calls(ORDER)}


def test_what_stands_before_a_very_long_run_is_read() -> None:
    path = ("dosageInstruction", 0, "text")
    told, long = (dict(calls(with_more(ORDER, path, run)))["order-sign"] for run in ("7", "7" * 50_000))
    assert _without_ids(answer("order-sign", told)) == _without_ids(answer("order-sign", long))


def _without_ids(told: str) -> str:
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "", told)
