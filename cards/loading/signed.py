"""What of the clinical content a site's signatures cover: each piece by its name, such as `number:band.severe`."""

from collections.abc import Iterable
from dataclasses import dataclass

DRAFT = "draft, not clinically approved"
_NAMED = 12


@dataclass(frozen=True, slots=True)
class Signed:
    """Who signed, and which pieces of the content in force they did not.

    `rules`: those whose cards rest on something unsigned; `shared`: whether something is that every card rests on.
    """

    by: tuple[str, ...] = ()
    unsigned: frozenset[str] = frozenset()
    rules: frozenset[str] = frozenset()
    shared: bool = False

    @property
    def is_complete(self) -> bool:
        """Whether everything in force is signed."""
        return not self.unsigned

    def covers(self, rules: Iterable[str], pieces: Iterable[str]) -> bool:
        """Whether all that a card rests on is signed: its rules, and the pieces that it uses beside them."""
        return not (self.shared or self.rules.intersection(rules) or self.unsigned.intersection(pieces))

    @property
    def sentence(self) -> str:
        """Who signed, and what is draft."""
        if not self.by:
            return f"Status: {DRAFT}."
        return f"Approved by {'; '.join(self.by)}{self._but_for}."

    @property
    def _but_for(self) -> str:
        if not self.unsigned:
            return ""
        names = sorted(name.replace(":", " ", 1) for name in self.unsigned)
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        return f"; {DRAFT}: {', '.join(names[:_NAMED])}{more}"


def piece_of_protocol(file: str, row: str = "") -> str:
    """The name of a row of a hospital's protocol; without one that of all that holds for every row."""
    return f"protocol:{file}/{row}" if row else f"protocol:{file}"
