"""What was asked of a chart: comparisons with the thresholds, and values that are worked out once."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import wraps
from typing import Concatenate, Generic, NamedTuple, ParamSpec, Self, TypeVar

from cards.chart.because import Because
from cards.loading import Knowledge

_Value = TypeVar("_Value")
_Chart = TypeVar("_Chart", bound="Asked")
_Asked = ParamSpec("_Asked")


class Asked:
    """Remembers answers, the comparisons made for them and the inputs looked at: so it can be told what decided."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self.numbers: Mapping[str, float] = knowledge.numbers
        self.known: dict[object, Known] = {}
        self._held: list[Because] = []
        self._looked_at: list[str] = []

    def below(self, value: float | None, number: str, own: float | None = None) -> Because:
        """Whether a value is below a threshold (knowledge/thresholds.yaml), or the `own` limit that stands for it.

        As with every comparison, it is not so when the value is not known.
        """
        limit = self.numbers[number] if own is None else own
        return self._compare(value, number, "below", value is not None and value < limit, own)

    def at_most(self, value: float | None, number: str) -> Because:
        """Whether a value is at or below a threshold."""
        return self._compare(value, number, "at most", value is not None and value <= self.numbers[number])

    def at_least(self, value: float | None, number: str) -> Because:
        """Whether a value is at or above a threshold."""
        return self._compare(value, number, "at least", value is not None and value >= self.numbers[number])

    def above(self, value: float | None, number: str, own: float | None = None) -> Because:
        """Whether a value is above a threshold, or the `own` limit that stands for it."""
        limit = self.numbers[number] if own is None else own
        return self._compare(value, number, "above", value is not None and value > limit, own)

    def _compare(
        self, value: float | None, number: str, relation: str, holds: bool, own: float | None = None
    ) -> Because:
        threshold = self.knowledge.thresholds[number]
        if own is not None and own != threshold.value:
            threshold = replace(threshold, value=own, source="laboratory")
        reason = Because(holds, "", threshold, value, relation)
        if holds:
            self._held.append(reason)
        return reason

    def of_parts(self, answer: Because, *parts: Because) -> Because:
        """The answer to a question of several parts: where it is no, the parts of it that held decided nothing."""
        if not answer:
            for part in parts:
                self._take_back(part)
        return answer

    def _take_back(self, part: Because) -> None:
        """Its last comparison alone: it may have decided another question before."""
        places = reversed(range(len(self._held)))
        place = next((place for place in places if self._held[place] is part), None)
        if place is not None:
            del self._held[place]

    def listen(self) -> None:
        """Forget the comparisons made so far: what is compared from now on belongs to the next question."""
        self._held.clear()
        self._looked_at.clear()

    @property
    def deciding(self) -> tuple[Because, ...]:
        """The comparisons that held since the chart was last told to listen, each once."""
        return tuple(dict.fromkeys(self._held))

    def look_at(self, *keys: str) -> None:
        """Remember that a question looked at some inputs."""
        self._looked_at += keys

    @property
    def looked_at(self) -> frozenset[str]:
        """The inputs that were looked at since the chart was last told to listen."""
        return frozenset(self._looked_at)

    def remember(self, question: object, read: Callable[[Self], _Value]) -> _Value:
        """The answer to a question about this chart, worked out once; its comparisons count each time it is asked."""
        known = self.known.get(question)
        return self.work_out(question, read).value if known is None else self.recall(known)  # type: ignore[return-value]

    def work_out(self, question: object, read: Callable[[Self], object]) -> "Known":
        """The answer to a question that is asked for the first time, kept with what it rests on."""
        held, looked_at = len(self._held), len(self._looked_at)
        value = read(self)
        held_for_it = tuple(self._held[held:]) if len(self._held) > held else ()
        looked_at_for_it = tuple(set(self._looked_at[looked_at:])) if len(self._looked_at) > looked_at else ()
        self.known[question] = known = Known(value, held_for_it, looked_at_for_it)
        return known

    def recall(self, known: "Known") -> object:
        """An answer again: what it rests on counts for who asks now, too."""
        self._held += known.held
        self._looked_at += known.looked_at
        return known.value


class Known(NamedTuple):
    """An answer, the comparisons that held for it, and the inputs that were looked at."""

    value: object
    held: tuple[Because, ...]
    looked_at: tuple[str, ...]


class fact(Generic[_Chart, _Value]):
    """A value that is read when it is first asked for; one that rests on nothing is an attribute from then on."""

    def __init__(self, read: Callable[[_Chart], _Value]) -> None:
        self._read = read
        self.__doc__ = read.__doc__

    def __get__(self, chart: _Chart, _: object = None) -> _Value:
        known = chart.known.get(self._read)
        if known is not None:  # as in `recall`, which so many facts need not be another call
            chart._held += known.held
            chart._looked_at += known.looked_at
            return known.value  # type: ignore[return-value]
        known = chart.work_out(self._read, self._read)
        if not (known.held or known.looked_at):
            chart.__dict__[self._read.__name__] = known.value
        return known.value  # type: ignore[return-value]


def once(
    judge: Callable[Concatenate[_Chart, _Asked], _Value],
) -> Callable[Concatenate[_Chart, _Asked], _Value]:
    """Keep a judgement with the chart that it is about: many rules ask the same of one patient.

    Only for what is asked with the same further arguments each time.
    """

    @wraps(judge)
    def answer(chart: _Chart, /, *asked: _Asked.args, **named: _Asked.kwargs) -> _Value:
        known = chart.known.get(judge)
        if known is not None:
            chart._held += known.held
            chart._looked_at += known.looked_at
            return known.value  # type: ignore[return-value]
        return chart.work_out(judge, lambda c: judge(c, *asked, **named)).value  # type: ignore[return-value]

    return answer
