"""The results of a chart by analyte, and a guard for rules that want one that no input asks for."""

from collections.abc import Callable, Iterator, Mapping

from cards.chart.inputs import ANALYTES, BY_KEY
from cards.model import Result


class NeverAsked(LookupError):
    """A result that no input asks for: the rule that wants it would never speak."""

    def __init__(self, analyte: str) -> None:
        super().__init__(f"no input of cards/chart/inputs.py asks for {analyte!r}")


class Results(Mapping[str, Result]):
    """The latest result of each analyte; NeverAsked for one that no input asks for."""

    def __init__(self, found: Mapping[str, Result], look_at: Callable[[str], None]) -> None:
        self._found, self._look_at = found, look_at

    def __getitem__(self, analyte: str) -> Result:
        if analyte not in ANALYTES:
            raise NeverAsked(analyte)
        if ANALYTES[analyte].key in BY_KEY:  # what nobody was asked for cannot be missed
            self._look_at(ANALYTES[analyte].key)
        return self._found[analyte]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)
