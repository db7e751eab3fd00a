"""The results of a chart by analyte, and a guard for rules that want one that no input asks for."""

from collections.abc import Callable, Iterator, Mapping
from typing import Generic, TypeVar

from cards.chart.inputs import BY_KEY
from cards.model import Result

_Listed = TypeVar("_Listed")
_Read = TypeVar("_Read")


class OnDemand(Mapping[str, _Read], Generic[_Listed, _Read]):
    """What is read of the list of each analyte, when it is first asked for; where that is None there is none."""

    def __init__(self, listed: Mapping[str, _Listed], read: Callable[[str, _Listed], _Read | None]) -> None:
        self._listed, self._read_one = listed, read
        self._read: dict[str, _Read | None] = {}

    def __getitem__(self, analyte: str) -> _Read:
        if analyte not in self._read:
            self._read[analyte] = self._read_one(analyte, self._listed[analyte])
        found = self._read[analyte]
        if found is None:
            raise KeyError(analyte)
        return found

    def __iter__(self) -> Iterator[str]:
        return (analyte for analyte in self._listed if analyte in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class NeverAsked(LookupError):
    """A result that no input asks for: the rule that wants it would never speak."""

    def __init__(self, analyte: str) -> None:
        super().__init__(f"nobody asks for {analyte!r}: its file in knowledge/codes/analytes names the input that does")


class Results(Mapping[str, Result]):
    """The latest result of each analyte; NeverAsked for one that no input asks for."""

    def __init__(self, found: Mapping[str, Result], asked: Mapping[str, str], look_at: Callable[[str], None]) -> None:
        self._found, self._asked, self._look_at = found, asked, look_at

    def __getitem__(self, analyte: str) -> Result:
        if analyte not in self._asked:
            raise NeverAsked(analyte)
        if self._asked[analyte] in BY_KEY:  # what nobody was asked for cannot be missed
            self._look_at(self._asked[analyte])
        return self._found[analyte]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)
