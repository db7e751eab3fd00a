"""Names in a sentence."""

from collections.abc import Iterable


def listed(names: Iterable[str]) -> str:
    """Each name once: "a", "a and b", "a, b and c"."""
    *others, last = dict.fromkeys(names) or ("",)
    return f"{', '.join(others)} and {last}" if others else last


def verb(names: Iterable[str], one: str, several: str) -> str:
    """The verb that fits one name or several."""
    return several if len(set(names)) > 1 else one
