"""The rules of a folder: every rule that a module of it makes, without anybody listing it."""

from collections.abc import Iterable
from importlib import import_module
from pkgutil import iter_modules

from cards.ask import Rule


def rules_in(folder: str, path: Iterable[str], order: tuple[str, ...]) -> tuple[Rule, ...]:
    """The rules of the modules of a folder: those that `order` names, and after them the others by name.

    LookupError for a name of `order` that no rule has.
    """
    modules = [import_module(f"{folder}.{found.name}") for found in iter_modules(path)]
    found = {rule.name: rule for module in modules for rule in vars(module).values() if isinstance(rule, Rule)}
    if unknown := [name for name in order if name not in found]:
        raise LookupError(f"{folder} has no rule {', '.join(unknown)}")
    return tuple(found[name] for name in dict.fromkeys((*order, *sorted(found))))
