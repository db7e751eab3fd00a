"""What is read once by its value is what reading it anew tells, whatever stands in it; little of it is kept."""

import ast
import gc
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from cards.by_value import ByValue, kept_by_value
from cards.chart import fhir, result_names
from tests.cards.chart import knowledge
from tests.cards.every_kind import requests
from tests.cards.test_linear_text import answer

_ODD = st.sampled_from([None, "", " ", 0, 1, True, 1.5, [], {}, ["a"], {"code": "2601-3"}, "x" * 5000])
_TOLD = st.sampled_from(["http://loinc.org", "LOINC", "19123-9", "2601-3", "Magnesium", " magnesium urine ", "2823-3"])
_CODING = st.dictionaries(st.sampled_from(["system", "code", "display", "userSelected"]), st.one_of(_TOLD, _ODD))
_LISTED = st.one_of(st.lists(st.one_of(_CODING, _ODD), max_size=3), _CODING, _ODD)
CONCEPTS = st.fixed_dictionaries({}, optional={"coding": _LISTED, "text": st.one_of(_TOLD, _ODD)})


@settings(max_examples=400)
@given(CONCEPTS)
def test_a_concept_says_the_same_each_time(concept: dict[str, object]) -> None:
    anew = fhir._read(concept) if concept else fhir.Concept((), "")
    assert fhir.said_by(concept) == fhir.said_by(concept) == anew


@settings(max_examples=400)
@given(CONCEPTS)
def test_a_result_has_the_same_name_each_time(concept: dict[str, object]) -> None:
    anew = result_names._read(concept, knowledge())
    assert result_names.name_of({"code": concept}, knowledge()) == anew
    assert result_names.name_of({"code": concept}, knowledge()) == anew


def test_at_most_so_many_are_kept() -> None:
    asked: list[int] = []

    def square(number: int) -> int:
        asked.append(number)
        return number * number

    squares: ByValue[int] = ByValue(square, most=3)
    assert [squares[n,] for n in (1, 2, 3, 1, 2, 3, 4, 4)] == [1, 4, 9, 1, 4, 9, 16, 16]
    assert asked == [1, 2, 3, 4]
    assert len(squares) == 1


def test_no_long_text_is_kept() -> None:
    lengths: ByValue[int] = ByValue(lambda told, more: len(told) + len(more[0]))
    assert lengths["x" * 400, ("y" * 400,)] == 800
    assert lengths["x" * 400, ("y",)] == 401
    assert len(lengths) == 1


def test_a_function_keeps_so_many_and_works_out_long_texts_anew() -> None:
    asked: list[object] = []

    @kept_by_value(2)
    def length(told: str, codes: tuple[tuple[str, str], ...]) -> int:
        asked.append(told)
        return len(told) + len(codes)

    for told in ("a", "b", "a", "b", "x" * 513, "x" * 513):
        assert length(told, ()) == len(told)
    assert [length("c", (("y" * 300, "z" * 300),) * 2) for _ in range(2)] == [3, 3]
    assert asked == ["a", "b", "x" * 513, "x" * 513, "c", "c"]


def test_nothing_of_long_texts_outlives_a_decision() -> None:
    """Kept by their value, 4,096 of them filled gigabytes: each of these requests left four times its size."""
    for hook, call in requests().items():
        answer(hook, with_long_texts(call, 0))
        tracemalloc.start()
        try:
            answer(hook, with_long_texts(call, 1))
            gc.collect()
            kept, _ = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert kept < MOST_KEPT, hook


def test_texts_are_kept_in_no_other_way() -> None:
    """Other memories are of what is ours: knowledge, its names and numbers; and of single letters."""
    kept = {f"{path.stem}.{name}" for path in Path("cards").rglob("*.py") for name in _remembering(path)}
    assert kept == {
        *("build._override_reasons", "build._references", "conditions._lifting", "doses._iv_order", "later.compiled"),
        *("doses.alternative", "letters._is_mark", "letters._unaccented", "shipped._rows", "values._both_units"),
    }


def _remembering(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        for told in node.decorator_list if isinstance(node, ast.FunctionDef) else ():
            if ast.unparse(told).split("(")[0] in ("lru_cache", "cache"):
                yield node.name


MOST_KEPT = 100_000  # bytes: of odds and ends; with the texts it were three times as much
LONG = 1_000  # characters that each text is longer


def with_long_texts(node: Any, mark: int) -> Any:
    """The request with every name that a person reads made long, as no request before had it."""
    if isinstance(node, list):
        return [with_long_texts(item, mark) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: f"{told} {' '.join(f'{key}{mark}x{n}' for n in range(LONG // 10))}"
        if key in ("text", "display") and isinstance(told, str)
        else with_long_texts(told, mark)
        for key, told in node.items()
    }
