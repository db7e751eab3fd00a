"""What the rules of a moment say of a chart: some are asked at once, the others when somebody wants to know."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

from cards.model.findings import Finding, Silence

Answer = Finding | Silence


class Answers(Mapping[str, Answer]):
    """The answer of each rule by its name, in the order of the rules; one that was not asked is asked on demand."""

    def __init__(self, names: Collection[str], ask: Callable[[str], Answer]) -> None:
        self._names, self._ask = names, ask
        self._asked: dict[str, Answer] = {}

    def ask(self, names: Iterable[str]) -> None:
        """Ask some rules now."""
        for name in names:
            self._asked[name] = self._ask(name)

    @property
    def asked(self) -> Mapping[str, Answer]:
        """The answers of the rules that were asked so far, in the order in which they were."""
        return self._asked

    @property
    def not_asked(self) -> list[str]:
        """The rules that were not asked so far."""
        return [name for name in self._names if name not in self._asked]

    @property
    def findings(self) -> list[Finding]:
        """What there is to say, of the rules that were asked so far, in the order of the rules."""
        return [answer for name in self._names if isinstance(answer := self._asked.get(name), Finding)]

    def __getitem__(self, name: str) -> Answer:
        if name not in self._asked:
            if name not in self._names:
                raise KeyError(name)
            self.ask([name])
        return self._asked[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)
