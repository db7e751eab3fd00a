"""The table of inputs: what rules ask for is asked of the client, and what is asked for is read."""

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from fhir.resources.R4B import get_fhir_model_class

import cards
from cards import INPUTS, prefetch_templates
from cards.ask import Rule, ask
from cards.chart import Chart, inputs, kinds
from cards.chart.asked_results import NeverAsked
from cards.chart.inputs import BY_KEY, IF_SENT, KINDS, REQUIRED, Input
from cards.chart.sorting import Sorted
from cards.model import Indicator, JsonObject, Problem, Say
from cds_service.call.fhir_access import request_of
from cds_service.demo.fhir_parameters import PARAMETERS
from tests.cards.chart import ICD10, LOINC, NOW, Json, cases, decide, knowledge, snapshot, written

ASKED = knowledge().terminology.asked
MOST_KEYS = 10  # each is a search of the client before every call
UNSAID = {"ordered_tests"}  # where nobody could say, the test is offered: no silence comes of it
_NOT_SEARCHED_BY = {"_sort", "_count", "_include"}
PACKAGE = Path(cards.__file__).parent
RECIPES = PACKAGE / "README.md"
ROWS = (*INPUTS, *IF_SENT)
KEYS = {asked.key for asked in ROWS}
NOBODY_KNOWS = {"coding": [{"system": "urn:oid:1.2.3.4.5", "code": "77120"}]}
# what cannot be named in a type that more than one element tells of
UNNAMED: dict[str, Json] = {
    **{kind: {"code": NOBODY_KNOWS} for kind in ("Observation", "Condition", "AllergyIntolerance")},
    **{kind: {"medicationCodeableConcept": NOBODY_KNOWS} for kind in ("MedicationRequest", "MedicationStatement")},
    "MedicationAdministration": {"medicationCodeableConcept": NOBODY_KNOWS, "effectiveDateTime": NOW.isoformat()},
    "Encounter": {"class": {"code": "nobody knows"}},
    "NutritionOrder": {"oralDiet": {"type": [NOBODY_KNOWS]}},
    "Device": {"type": NOBODY_KNOWS},
}
UNCOUNTED = {"Patient", "ServiceRequest"}  # of whom all is told; an order of another test is none of ours
# keys that are words for other things, too: an analyte and a test, what FHIR calls a patient
_OTHER_THINGS = {"magnesium", "patient"}
# what only looks like a key: names in the output of explain, lines and values of texts, kinds of care.yaml,
# what the context of a renewal calls its orders
_NO_KEYS = {
    *(("answer/explain.py", name) for name in ("allergies", "conditions", "medications", "results")),
    *(("judgements/unread.py", "allergies"), ("rules/beside_low/part_is_unread.py", "allergies")),
    *(("chart/care.py", "devices"), ("chart/care.py", "procedures"), ("services.py", "medications")),
}


def glucose_is_low_too(chart: Chart) -> Say | bool:
    """A rule about a result that no input asks for."""
    found = chart.results.get("glucose")
    return Say(Indicator.INFO, ("found",)) if found and found.value < 1 else False


def test_a_rule_about_a_result_that_nobody_asks_for_fails() -> None:
    chart = Chart(snapshot({"magnesium": 1.2}), knowledge(), NOW)
    for asked in (lambda: chart.results["glucose"], lambda: "glucose" in chart.results):
        with pytest.raises(NeverAsked, match="glucose"):
            asked()
    answer = ask(Rule(glucose_is_low_too, Problem.LOW_MAGNESIUM), chart)
    assert getattr(answer, "failed", False)


@pytest.mark.parametrize("analyte", sorted({name for _, case in cases() for name in case["chart"].get("labs", {})}))
def test_every_result_of_a_case_is_asked_for(analyte: str) -> None:
    code = written(analyte)[0]
    if knowledge().terminology.analyte_of([(LOINC, code)]) == "magnesium_ignored":
        assert not any(f"|{code}" in query for query in prefetch_templates(knowledge()).values())
    else:
        asked_for = {**ASKED, **knowledge().terminology.told}
        assert analyte in asked_for, f"nobody asks for {analyte}: add `asked` to its file in codes/analytes"
        templates = prefetch_templates(knowledge()) | {asked.key: asked.query(knowledge()) for asked in IF_SENT}
        assert f"|{code}" in templates[asked_for[analyte]]


@pytest.mark.parametrize("analyte", ASKED)
def test_every_analyte_asked_for_has_codes_units_and_an_input(analyte: str) -> None:
    assert knowledge().terminology.codes_of([analyte])
    assert knowledge().units.by_analyte[analyte]
    asking = {asked.key: asked for asked in ROWS}
    assert ASKED[analyte] in asking, f"no input of cards/chart/inputs.py is called {ASKED[analyte]}"
    assert asking[ASKED[analyte]].kind.name == "Observation"


@pytest.mark.parametrize("analyte", ASKED)
def test_every_analyte_asked_for_is_read(analyte: str) -> None:
    unit = written(analyte)[1]
    factor = next(told.factor for told in knowledge().units.by_analyte[analyte].values())
    low, high = knowledge().results.possible.get(analyte, (1.0, 1.0))
    value = {"value": (low + high) / 2 / factor, "unit": unit}
    assert analyte in chart_with(analyte, value).results


def chart_with(analyte: str, told: Json) -> Chart:
    """A chart of one result."""
    labs = {"magnesium": told} if analyte == "magnesium" else {"labs": {analyte: told}}
    return Chart(snapshot(labs), knowledge(), NOW)


@pytest.mark.parametrize("asked", ROWS, ids=lambda asked: asked.key)
def test_every_input_can_be_asked_of_the_demo(asked: Input) -> None:
    request = request_of(asked.query(knowledge()), "p1")
    assert request is not None and request.kind == asked.kind.name
    names = {name for name, _ in request.pairs} - _NOT_SEARCHED_BY
    sorts = {value.removeprefix("-") for name, value in request.pairs if name == "_sort"}
    assert names | sorts <= PARAMETERS[asked.kind.name].keys()


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The types that are read when every rule is asked about a patient with low magnesium, on each hook."""
    types_read: set[str] = set()
    given = Sorted.of

    def noted(self: Sorted, *types: str) -> Sequence[JsonObject]:
        types_read.update(types)
        return given(self, *types)

    monkeypatch.setattr(Sorted, "of", noted)
    ask_all()
    return types_read


def ask_all() -> None:
    """Every rule, about a patient with low magnesium to whom it is given, on each hook."""
    told: Json = {"setting": "inpatient", "magnesium": 1.2, "medications": ["omeprazole"]}
    for hook in ("patient-view", "order-sign", "encounter-discharge", "medication-refill"):
        assert decide(snapshot({**told, "hook": hook, "drafts": ["magnesium sulfate 2 g IV"]})).trace.rules


def test_every_type_that_is_asked_for_is_read(read: set[str]) -> None:
    unread = {asked.kind.name for asked in ROWS} - read
    assert not unread, "no reader of cards/chart asks for it: chart.sent.of(...), in what a rule asks"


def test_every_type_that_is_read_is_asked_for(read: set[str]) -> None:
    come_along = {asked.kind.include.capitalize() for asked in ROWS}
    unasked = read - {kind for asked in ROWS for kind in asked.types} - come_along
    assert not unasked, "cards/chart/inputs.py: no row of INPUTS or IF_SENT asks for it, so it would never come"


def test_every_declared_input_is_said_to_be_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: set[str] = set()
    monkeypatch.setattr(Chart, "look_at", lambda self, *keys: looked_at.update(keys))
    ask_all()
    assert not BY_KEY.keys() - looked_at - UNSAID, "the fact of cards/chart that reads it must look_at it"


def test_every_key_and_every_kind_has_a_row() -> None:
    named = {told for name, told in vars(inputs).items() if isinstance(told, str) and name.isupper()}
    assert named - {inputs.PATIENT} == KEYS, "cards/chart/inputs.py: a key needs a row in INPUTS or IF_SENT"
    made = {told.name for told in vars(kinds).values() if isinstance(told, kinds.Kind)}
    assert {asked.kind.name for asked in ROWS} == made, "cards/chart/inputs.py: no row is of this kind of kinds.py"


@pytest.mark.parametrize("kind", {asked.kind.name: asked.kind for asked in ROWS}.values(), ids=lambda kind: kind.name)
def test_what_nobody_can_name_is_counted(kind: kinds.Kind) -> None:
    told_in = UNNAMED.get(kind.name, {kind.told_by: NOBODY_KNOWS})
    for status in ("active", "completed", "final", "in-progress"):
        resource = {"resourceType": kind.name, "id": "x", "status": status, **told_in}
        shot = snapshot({"resources": {"sent": [resource]}})
        if Chart(shot, knowledge(), NOW).not_understood:
            return
    assert kind.name in UNCOUNTED, "cards/chart/kinds.py: say in `told_by` which element tells what it is"


@pytest.mark.parametrize("asked", ROWS, ids=lambda asked: asked.key)
def test_a_row_asks_for_what_its_type_can_have(asked: Input) -> None:
    """Else it would be asked for, and never come."""
    name, fields = asked.kind.name, get_fhir_model_class(asked.kind.name).model_fields
    assert asked.count or asked.kind is kinds.PATIENT, f"chart/inputs.py: the row {asked.key} says not how many: count"
    if asked.statuses:
        can_be = set(fields["status"].json_schema_extra["enum_values"])
        assert asked.statuses <= can_be, f"chart/inputs.py: a {name} is never {asked.statuses - can_be}"
    if told_by := asked.kind.told_by:
        told = str(fields[told_by].annotation) if told_by in fields else ""
        assert "CodeableConceptType" in told, (
            f"chart/kinds.py: told_by of {name} is no CodeableConcept of its own: leave it out and "
            "tell in chart/care.py, unread_care, what cannot be named"
        )


def test_the_reader_of_the_recipe_reads() -> None:
    (reader,) = re.findall(r"```python\n(\"\"\"What flags.*?)```", RECIPES.read_text(encoding="utf-8"), re.DOTALL)
    flags: dict[str, Any] = {"__name__": "cards.chart.flags"}
    exec(compile(reader, "flags.py", "exec"), flags)  # of our own page
    coded, denied = {"coding": [{"system": ICD10, "code": "R11.2"}]}, {"text": "No vomiting"}
    for concept in ({"text": "Vomiting"}, coded, denied):
        flag = {"resourceType": "Flag", "status": "active", "code": concept}
        chart = Chart(snapshot({"resources": {"flags": [flag]}}), knowledge(), NOW)
        assert flags["tells_of_vomiting"](chart) is (concept != denied)


def test_no_service_asks_for_more_than_ten() -> None:
    assert len(prefetch_templates(knowledge())) <= MOST_KEYS, "chart/inputs.py: drop or merge an input"


def test_keys_are_distinct_and_every_search_for_results_asks_for_some() -> None:
    assert len(BY_KEY) == len(INPUTS)
    asked_for = {*ASKED.values(), *knowledge().terminology.told.values()}
    assert asked_for == {asked.key for asked in ROWS if asked.kind.name == "Observation"}
    assert BY_KEY.keys().isdisjoint(asked.key for asked in IF_SENT)
    assert {asked.kind.name for asked in INPUTS} == KINDS.keys()
    assert set(knowledge().terminology.opening) <= ASKED.keys()


def typed_keys(path: Path) -> Iterator[str]:
    """Prefetch keys that are typed in a module: by themselves, or what else is asked of `not_known` and its like."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and node.value in KEYS - _OTHER_THINGS:
            yield str(node.value)
        if isinstance(node, ast.Compare | ast.BinOp | ast.Call) and _asks_what_is_known(node):
            yield from (n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and n.value in _OTHER_THINGS)


def _asks_what_is_known(node: ast.AST) -> bool:
    lists = {"not_known", "failed", "cut", "missing", "_missing", "looked_at", "may_hide", "look_at"}
    return any(isinstance(n, ast.Attribute) and n.attr in lists for n in ast.walk(node))


def test_a_key_is_written_in_the_table_of_inputs_alone() -> None:
    """But in `loading`, whose keys are those of files."""
    told = [(str(path.relative_to(PACKAGE)), path) for path in PACKAGE.rglob("*.py") if path.name != "inputs.py"]
    typed = {(name, key) for name, path in told if not name.startswith("loading/") for key in typed_keys(path)}
    assert typed == _NO_KEYS


@pytest.mark.parametrize(
    "line", ['chart.look_at("encounters")', '"magnesium" in chart.not_known', '{"patient"} & c.cut']
)
def test_a_typed_key_would_be_noticed(line: str, tmp_path: Path) -> None:
    (tmp_path / "rule.py").write_text(line, encoding="utf-8")
    assert set(typed_keys(tmp_path / "rule.py"))


def test_magnesium_is_what_a_call_cannot_do_without() -> None:
    assert REQUIRED == ("magnesium",)
