"""The categories of conditions: what a card calls them (words/), and the groups that rules ask for."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable

from cards.loading.drug_classes import check_known
from cards.loading.reading import read_yaml


@dataclass(frozen=True, slots=True)
class ConditionNames:
    """Category to name, and group to categories in the order in which a card names them."""

    names: Mapping[str, str]
    groups: Mapping[str, tuple[str, ...]]

    def categories(self, name: str) -> tuple[str, ...]:
        """The categories of a group, or the one category of that name."""
        return self.groups.get(name) or (name,)


def read_condition_names(folder: Traversable, words: Traversable) -> ConditionNames:
    """Names and groups; KnowledgeError when a group holds a category without a name."""
    path = folder / "condition_groups.yaml"
    names = read_yaml(words / "conditions.yaml")
    groups = {group: tuple(listed) for group, listed in read_yaml(path).items()}
    for group, listed in groups.items():
        check_known(f"{path.name}: {group}", "category", listed, names)
    return ConditionNames(names, groups)
