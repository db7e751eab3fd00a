"""A class, role or category of a table that is not known stops the start, and rules ask only for names that exist."""

import ast
from pathlib import Path

import pytest

import cards
from cards import KnowledgeError, load_knowledge
from tests.cards.chart import knowledge
from tests.knowledge.test_check import change, copy_of_knowledge

PACKAGE = Path(cards.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))
FAULTS = [
    (
        "codes/drugs.csv",
        ",loop diuretic,",
        ",loop diuretik,",
        "unknown drug class 'loop diuretik'; did you mean",
    ),
    ("codes/drugs.csv", ",raises_mg,", ",raises_mag,", "unknown role 'raises_mag'; did you mean raises_mg"),
    ("codes/conditions.csv", ",burn,", ",burns,", "unknown category 'burns'; did you mean burn"),
    ("codes/condition_words.csv", "\ndialysis,", "\ndialisis,", "unknown category 'dialisis'; did you mean dialysis"),
    ("condition_groups.yaml", "no_oral: [vomiting", "no_oral: [vomit", "no_oral: unknown category 'vomit'"),
    ("drugs/classes.yaml", "advice: oncology", "advise: oncology", "unknown key 'advise'; did you mean advice"),
    ("drugs/classes.yaml", "inpatient: next_morning", "inpatient: next_mornin", "did you mean next_morning"),
    ("drugs/classes.yaml", "[denosumab]", "[denosumap]", "unknown ingredient 'denosumap'; did you mean denosumab"),
    ("drugs/classes.yaml", "instead: famotidine", "instead: famotidin", "unknown alternative 'famotidin'"),
    ("drugs/classes.yaml", "cause.stopped_long_days", "cause.stoped_long_days", "unknown threshold"),
    (
        "hard_stops.yaml",
        "condition: myasthenia",
        "condition: myastenia",
        "unknown condition 'myastenia'; did you mean my",
    ),
    (
        "hard_stops.yaml",
        "yields_in: [torsades]",
        "yields_in: [torsade]",
        "unknown emergency 'torsade'; did you mean tors",
    ),
    ("hard_stops.yaml", "group: neuromuscular_blocker", "group: relaxant", "unknown group of drugs 'relaxant'"),
    ("ceilings.yaml", "ceiling.iv_rate.r2", "ceiling.iv_rate.r3", "unknown threshold ceiling.iv_rate.r3"),
]


@pytest.mark.parametrize(("file", "old", "new", "reason"), FAULTS, ids=[fault[3] for fault in FAULTS])
def test_an_unknown_name_is_an_error_with_the_nearest(tmp_path, file, old, new, reason):
    folder = copy_of_knowledge(tmp_path)
    change(folder / file, old, new)
    with pytest.raises(KnowledgeError) as raised:
        load_knowledge(folder)
    assert reason in str(raised.value)


def asked(*methods):
    """Every text that code of the core hands to one of these methods, and where."""
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in methods:
                texts = (a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str))
                yield from ((path.name, text) for text in texts)


def test_rules_ask_for_known_conditions():
    known = knowledge().conditions.names.keys() | knowledge().conditions.groups.keys()
    used = {(module, name) for module, name in asked("has", "among")}
    assert len(used) > 20
    assert {(module, name) for module, name in used if name not in known} == set()


def test_rules_ask_for_known_roles_and_groups():
    roles = set(asked("taking", "has_role", "ingredients"))
    assert len(roles) > 5
    assert {used for used in roles if used[1] not in knowledge().drugs.roles} == set()
    groups = {each.group for each in knowledge().drugs.classes.values()}
    assert {used for used in asked("is_in") if used[1] not in groups} == set()


# a class and a kind of emergency, analytes, keys of texts and doses that have the name of a drug
ALSO_OTHER_THINGS = {"antidote", "digoxin", "magnesium", "phosphate", "famotidine", "spironolactone"}
# keys of advice and kinds of emergency that are called by their condition; the reader of orders types its salts
KEYS_AND_SALTS: list[tuple[str, ...]] = [
    ("illness_causes_low_magnesium.py", "alcohol", "refeeding"),
    ("magnesium_orders.py", "magnesium acetate"),
    ("magnesium_orders.py", "magnesium citrate"),
    ("magnesium_orders.py", "magnesium hydroxide"),
    ("magnesium_orders.py", "magnesium salicylate"),
    ("magnesium_orders.py", "magnesium trisilicate"),
    ("scales.py", "torsades", "seizure"),
]
# what reads the tables and their names
READERS = ("loading", "terms")


def test_no_class_ingredient_or_list_of_conditions_is_typed_in_the_core():
    tables = knowledge()
    drugs = {role.ingredient for listed in tables.terminology.roles.values() for role in listed}
    drugs = {name.lower() for name in drugs | tables.drugs.classes.keys()}
    found = []
    for path in (path for path in MODULES if path.relative_to(PACKAGE).parts[0] not in READERS):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            told = [e.value for e in ast.iter_child_nodes(node) if isinstance(e, ast.Constant)]
            texts = [text.strip().lower() for text in told if isinstance(text, str)]
            found += [(path.name, text) for text in texts if text in drugs - ALSO_OTHER_THINGS]
            conditions = [text for text in texts if text in tables.conditions.names]
            found += [(path.name, *conditions)] if len(conditions) > 1 else []
    assert sorted(set(found)) == KEYS_AND_SALTS
