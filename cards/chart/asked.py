"""What was asked of a chart: comparisons with the thresholds, and values that are worked out once."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import wraps
from typing import Concatenate, Generic, ParamSpec, Self, TypeVar, cast

from cards.chart.because import Because
from cards.loading import Knowledge

_ROUNDING = 1.02
_Value = TypeVar("_Value")
_Chart = TypeVar("_Chart", bound="Asked")
_Asked = ParamSpec("_Asked")


class Asked:
    """Remembers answers, the comparisons made for them and the inputs looked at: so it can be told what decided."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self.numbers: Mapping[str, float] = knowledge.numbers
        self._known: dict[object, tuple[object, tuple[Because, ...], tuple[str, ...]]] = {}
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

    def clearly_above(self, value: float, number: str) -> Because:
        """Whether a drafted dose is above a ceiling by more than rounding explains."""
        return self._compare(value, number, "clearly above", value > self.numbers[number] * _ROUNDING)

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
        known = self._known.get(question)
        if known is None:
            return self._work_out(question, read)
        value, held, looked_at = known
        self._held += held
        self._looked_at += looked_at
        return cast(_Value, value)

    def _work_out(self, question: object, read: Callable[[Self], _Value]) -> _Value:
        held, looked_at = len(self._held), len(self._looked_at)
        value = read(self)
        self._known[question] = (value, tuple(self._held[held:]), tuple(set(self._looked_at[looked_at:])))
        return value

    def is_plain(self, question: object) -> bool:
        """Whether a question that was answered rests on no comparison and on no input that may be missing."""
        return self._known[question][1:] == ((), ())


class fact(Generic[_Chart, _Value]):
    """A value that is read when it is first asked for; one that is plain is an attribute from then on."""

    def __init__(self, read: Callable[[_Chart], _Value]) -> None:
        self._read = read
        self.__doc__ = read.__doc__

    def __get__(self, chart: _Chart, _: object = None) -> _Value:
        value = chart.remember(self._read, self._read)
        if chart.is_plain(self._read):
            chart.__dict__[self._read.__name__] = value
        return value


def once(
    judge: Callable[Concatenate[_Chart, _Asked], _Value],
) -> Callable[Concatenate[_Chart, _Asked], _Value]:
    """Keep a judgement with the chart that it is about: many rules ask the same of one patient.

    Only for what is asked with the same further arguments each time.
    """

    @wraps(judge)
    def answer(chart: _Chart, /, *asked: _Asked.args, **named: _Asked.kwargs) -> _Value:
        return chart.remember(judge, lambda c: judge(c, *asked, **named))

    return answer
