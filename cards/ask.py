"""Rules and how they are asked: each a question about a chart, answered with what to say or why there is nothing."""

import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace

from cards.chart import Because, Chart
from cards.model import ABOUT_DRAFTS, Finding, Indicator, Problem, Say, Silence, Stopped

_FRAMES = 12
_COMFORT = Silence("comfort care: only what serves the patient is said")
Question = Callable[[Chart], Say | Because]
Trigger = Callable[[Chart], object]


def always(_: Chart) -> bool:
    """Nothing need hold for the rule to be asked."""
    return True


def orders_are_drafted(chart: Chart) -> bool:
    """What any rule about drafted orders needs."""
    return bool(chart.snapshot.drafts)


@dataclass(frozen=True, slots=True)
class Rule:
    """A question about the chart and the card its answer belongs to.

    `adds`: it only adds lines to a card that another rule titles. `alone`: its card takes no lines of others. What a
    silent rule looked at and nobody could supply is left with the chart: it may hide advice. `in_comfort`: it speaks in
    comfort care too, where every other rule is silent. `starts`: what must hold for it to speak, and is quickly told.
    """

    question: Question
    problem: Problem
    adds: bool = False
    alone: bool = False
    in_comfort: bool = False
    starts: Trigger = always

    @property
    def name(self) -> str:
        """The sentence that the rule answers, as its module and its advice text are called."""
        return self.question.__name__

    def __call__(self, chart: Chart) -> Finding | Silence:
        """What the rule says of a chart; the numbers that decided are those of the comparisons it made."""
        comfort = chart.in_comfort_care  # asked of every rule, so what it looks at belongs to none
        if comfort and not self.in_comfort:
            return _COMFORT
        chart.listen()
        answer = self.question(chart)
        if isinstance(answer, Say):
            return self._found_in_comfort(answer, chart) if comfort else self._found(answer, chart)
        if not self.adds and chart.may_hide and (unsettled := chart.looked_at & chart.may_hide):
            chart.unsettled.append((self.problem, unsettled))
        return Silence(answer)

    def _found_in_comfort(self, said: Say, chart: Chart) -> Finding | Silence:
        """No test, and no mere advice on orders."""
        minor = self.problem in ABOUT_DRAFTS and said.indicator is Indicator.INFO
        return _COMFORT if minor else replace(self._found(said, chart), tests=())

    def _found(self, said: Say, chart: Chart) -> Finding:
        return Finding(
            rule=self.name,
            problem=self.problem if said.problem is None else said.problem,
            indicator=said.indicator,
            say=said.lines,
            values=said.values,
            suggestions=said.suggestions,
            tests=said.tests,
            title=said.title,
            leads=not (self.adds if said.adds is None else said.adds),
            alone=self.alone if said.alone is None else said.alone,
            decided=chart.deciding,
            about=said.about,
        )


def rule(
    problem: Problem,
    *,
    adds: bool = False,
    alone: bool = False,
    in_comfort: bool = False,
    starts: Trigger | None = None,
) -> Callable[[Question], Rule]:
    """Make a rule of a question."""
    started = starts or (orders_are_drafted if problem in ABOUT_DRAFTS else always)
    return lambda question: Rule(question, problem, adds, alone, in_comfort, started)


def may_speak(started: Trigger, chart: Chart) -> bool:
    """Whether the rules that a trigger starts may speak; where nobody can say they may."""
    try:
        return bool(started(chart))
    except Stopped:
        raise
    except Exception:  # a fault of ours: the rules are asked, and tell it
        return True


def ask(asked: Rule, chart: Chart) -> Finding | Silence:
    """The answer of a rule; of one that fails only that it did: the others still speak (clinical rule s.8)."""
    try:
        return asked(chart)
    except Stopped:
        raise
    except Exception as problem:  # a fault of ours may lie anywhere in a rule
        if not asked.adds:
            chart.broken.append(asked.problem)
        return failure("the rule", problem)


def failure(what: str, problem: Exception) -> Silence:
    """What failed, by which kind of fault and where; never its message, which may quote the patient's data."""
    frames = (frame.f_code for frame, _ in traceback.walk_tb(problem.__traceback__))
    lines = (line for _, line in traceback.walk_tb(problem.__traceback__))
    where = tuple(f"{code.co_filename}:{line} {code.co_name}" for code, line in zip(frames, lines, strict=True))
    return Silence(f"{what} failed: {type(problem).__name__}", failed=True, where=where[-_FRAMES:])
