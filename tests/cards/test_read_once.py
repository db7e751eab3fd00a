"""What is read once by its value is what reading it anew tells, whatever stands in it; little of it is kept."""

from hypothesis import given, settings
from hypothesis import strategies as st

from cards.by_value import ByValue
from cards.chart import fhir, result_names
from tests.cards.chart import knowledge

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
