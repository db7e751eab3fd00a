"""Small faults in the decision code, one at a time: what `bench.mutants` lets the case files find.

A fault changes one node of one function: a comparison, a number, `and`, `not`, a branch, what is returned. It is put
into the running code of that function and taken out again, so nothing is written and nothing else is loaded anew.
"""

import ast
import copy
import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import CodeType, FunctionType

ROOT = Path(__file__).parents[1]
_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_SUMS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
}
Function = ast.FunctionDef | ast.AsyncFunctionDef
Change = Callable[[ast.AST], ast.AST]
Fault = tuple[str, Change]


@dataclass(frozen=True, slots=True)
class Mutant:
    """One fault: where it is, what is changed in words, and by which node and which fault of it it is made.

    `statement`: first and last line of the statement that it is in; where none of them is run, the fault is not either.
    """

    file: str
    function: str
    first_line: int
    line: int
    statement: tuple[int, int]
    what: str
    at: int
    nth: int
    harder: bool


def mutants(folders: tuple[str, ...], more: bool = False) -> Iterator[Mutant]:
    """Every fault in the functions below some folders; with `more` the kinds that are harder to find too."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            for function, name in _functions(_tree(path)):
                found = _of_function(str(path.relative_to(ROOT)), function, name)
                yield from (each for each in found if more or not each.harder)


def _functions(tree: ast.AST, within: str = "") -> Iterator[tuple[Function, str]]:
    """Functions of a module and its classes; what stands inside a function is part of it."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, Function):
            yield node, f"{within}{node.name}"
        elif isinstance(node, ast.ClassDef):
            yield from _functions(node, f"{within}{node.name}.")


def _of_function(file: str, function: Function, name: str) -> Iterator[Mutant]:
    first = _first(function)
    for at, (node, statement) in enumerate(_nodes(function)):
        lines = (statement.lineno, statement.end_lineno or statement.lineno)
        usual = len(_usual(node))
        for nth, (what, _) in enumerate(_faults(node)):
            yield Mutant(file, name, first, getattr(node, "lineno", first), lines, what, at, nth, nth >= usual)


def _nodes(function: Function) -> list[tuple[ast.AST, ast.stmt]]:
    """The nodes of the body that run, no documentation and no annotations; each with the statement that it is in."""
    return [node for statement in _body(function) for node in _running(statement, statement)]


def _body(function: Function) -> list[ast.stmt]:
    return function.body[1:] if ast.get_docstring(function) is not None else function.body


def _running(node: ast.AST, statement: ast.stmt) -> Iterator[tuple[ast.AST, ast.stmt]]:
    statement = node if isinstance(node, ast.stmt) else statement
    yield node, statement
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _running(child, statement)


def _faults(node: ast.AST) -> list[Fault]:
    """What can be wrong with a node: in words, and how it is made of a copy."""
    return [*_usual(node), *_harder(node)]


def _usual(node: ast.AST) -> list[Fault]:
    """A comparison, a number by one, `and` for `or`, a lost `not`, branches swapped, nothing returned."""
    if isinstance(node, ast.Compare):
        told = [(n, op, other) for n, op in enumerate(node.ops) for other in _COMPARISONS.get(type(op), ())]
        return [(f"{type(op).__name__} -> {other.__name__}", _with_operator(n, other)) for n, op, other in told]
    if isinstance(node, ast.BoolOp):
        other_word = ast.Or if isinstance(node.op, ast.And) else ast.And
        return [(f"{type(node.op).__name__} -> {other_word.__name__}", lambda n: _set(n, op=other_word()))]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return [("without not", lambda n: n.operand)]  # type: ignore[attr-defined]
    if isinstance(node, ast.IfExp | ast.If):
        return [("branches swapped", lambda n: _set(n, test=ast.UnaryOp(ast.Not(), n.test)))]  # type: ignore[attr-defined]
    if isinstance(node, ast.Return) and isinstance(node.value, ast.Constant) and node.value.value is False:
        return [("returns True", lambda n: _set(n, value=ast.Constant(True)))]  # None would be as false
    if isinstance(node, ast.Return) and node.value is not None and not _is_none(node.value):
        return [("returns None", lambda n: _set(n, value=ast.Constant(None)))]
    return [(f"{node.value} {by:+d}", _plus(by)) for by in (1, -1)] if _is_number(node) else []  # type: ignore[attr-defined]


def _harder(node: ast.AST) -> list[Fault]:
    """A lost operand of `and` and `or`, another sign of arithmetic, true for false."""
    if isinstance(node, ast.BoolOp):
        return [(f"without operand {i + 1}", _without_operand(i)) for i in range(len(node.values))]
    if isinstance(node, ast.BinOp) and type(node.op) in _SUMS and not _is_text(node):
        swapped = _SUMS[type(node.op)]
        return [(f"{type(node.op).__name__} -> {swapped.__name__}", lambda n: _set(n, op=swapped()))]
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        return [(f"{node.value} -> {not node.value}", lambda n: _set(n, value=not n.value))]  # type: ignore[attr-defined]
    return []


def _is_text(node: ast.BinOp) -> bool:
    return any(isinstance(n, ast.Constant | ast.JoinedStr) and not _is_number(n) for n in (node.left, node.right))


def _is_number(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) in (int, float)


def _is_none(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _set(node: ast.AST, **values: object) -> ast.AST:
    for name, value in values.items():
        setattr(node, name, value)
    return node


def _plus(by: int) -> Change:
    return lambda node: _set(node, value=node.value + by)  # type: ignore[attr-defined]


def _with_operator(n: int, other: type[ast.cmpop]) -> Change:
    return lambda node: _set(node, ops=[*node.ops[:n], other(), *node.ops[n + 1 :]])  # type: ignore[attr-defined]


def _without_operand(i: int) -> Change:
    return lambda node: _set(node, values=[*node.values[:i], *node.values[i + 1 :]])  # type: ignore[attr-defined]


class _Replace(ast.NodeTransformer):
    """One node in place of another."""

    def __init__(self, old: ast.AST, make: Change) -> None:
        self._old, self._make = old, make

    def visit(self, node: ast.AST) -> ast.AST:
        """The node, or what takes its place."""
        if node is self._old:
            made = self._make(node)
            return made.values[0] if isinstance(made, ast.BoolOp) and len(made.values) == 1 else made
        return self.generic_visit(node)


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def code_of(mutant: Mutant) -> CodeType:
    """The code of the function with the fault in it."""
    path = ROOT / mutant.file
    tree = copy.deepcopy(_tree(path))
    function = next(f for f, name in _functions(tree) if name == mutant.function and _first(f) == mutant.first_line)
    node, _ = _nodes(function)[mutant.at]
    _, make = _faults(node)[mutant.nth]
    changed = ast.fix_missing_locations(_Replace(node, make).visit(tree))
    name, module = mutant.function.rpartition(".")[2], compile(changed, str(path), "exec")
    return next(code for code in _codes_in(module) if (code.co_name, code.co_firstlineno) == (name, mutant.first_line))


def _first(function: Function) -> int:
    return min((d.lineno for d in function.decorator_list), default=function.lineno)


def _codes_in(outer: CodeType) -> list[CodeType]:
    """A code and all that stand inside it."""
    inside = [outer]
    for code in inside:
        inside += [c for c in code.co_consts if isinstance(c, CodeType)]
    return inside


@contextmanager
def in_place(mutant: Mutant) -> Iterator[None]:
    """The fault in the running function and in those that it has made; LookupError where the function is not loaded."""
    faulty = {_place(code): code for code in _codes_in(code_of(mutant))} if _is_loaded(mutant) else {}
    if not faulty:
        raise LookupError(mutant.function)
    before = [(f, f.__code__) for f in _loaded() if _place(f.__code__) in faulty]
    try:
        for function, code in before:
            function.__code__ = faulty[_place(code)]
        yield
    finally:
        for function, code in before:
            function.__code__ = code


def _is_loaded(mutant: Mutant) -> bool:
    places = {_place(f.__code__)[:2] for f in _loaded()}
    return (str(ROOT / mutant.file), mutant.first_line) in places


def _place(code: CodeType) -> tuple[str, int, str]:
    return code.co_filename, code.co_firstlineno, code.co_name


@cache
def _loaded() -> list[FunctionType]:
    """The functions of this project, as they are in memory."""
    gc.unfreeze()  # what is frozen is not listed
    found = [
        f for f in gc.get_objects() if isinstance(f, FunctionType) and f.__code__.co_filename.startswith(str(ROOT))
    ]
    gc.freeze()  # all of it stays: it need not be looked through again and again
    return found
