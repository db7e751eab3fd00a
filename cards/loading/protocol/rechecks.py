"""When a protocol measures again: "4 h after end", "next morning", "every 24 h", "before dose 3", "after 14 d"."""

import re
from collections.abc import Iterable, Iterator
from datetime import time

from cards.loading.windows import Window
from cards.model.protocol import Protocol

_NUMBER = r"\d{1,9}(?:\.\d{1,9})?"
_TIME = rf"{_NUMBER}(?:\s{{0,9}}(?:-|to|\.\.)\s{{0,9}}{_NUMBER})?\s{{0,9}}(?:min|h|d|days?|hours?|weeks?|w)"
_DOSE = r"(?:each |every |the )?(?:last )?(?:dose|infusion)(?: \d{1,4})?"
_BETWEEN = re.compile(r" and |, then |; |, ")
_NEXT_DAY = re.compile(r"(?:next|each|every) (?:morning|day)|tomorrow")
_FORMS = re.compile(
    "|".join(
        (
            r"(?:at )?(?:the )?(?:next|each|every) (?:morning|day)",
            r"daily|twice daily|weekly|now|today|tomorrow|none|at once",
            rf"every {_TIME}(?: (?:until|for) .{{1,200}})?",
            rf"(?:after|in|at|within) {_TIME}",
            rf"{_TIME}(?: (?:after|before) (?:the )?(?:end|start|{_DOSE})(?: of .{{1,200}})?)?",
            rf"(?:before|after|with) {_DOSE}",
            r"(?:daily|weekly) (?:until|for) .{1,200}",
            r"(?:at )?(?:the )?end|until .{1,200}",
        )
    )
)
_SAME = (
    (re.compile(r"\b(?:daily|every day|each day|every 1 d(?:ay)?)\b"), "every 24 h"),
    (re.compile(r"\bweekly\b"), "every 7 d"),
    (re.compile(r"\bhours?\b"), "h"),
    (re.compile(r"\bdays?\b"), "d"),
    (re.compile(r"\b(?:infusion)\b"), "dose"),
    (re.compile(r"\b(?:the|at) "), ""),
    (re.compile(r"\bafter end of .{1,200}"), "after end"),
    (re.compile(r"\s{0,9}(?:-|to|\.\.)\s{0,9}(?=\d)"), "-"),
    (re.compile(r"(\d) ?(min|h|d|w)\b"), r"\1 \2"),
)


def a_recheck(text: str) -> str:
    """The words of a recheck in one form; ValueError for what names no time. Several are joined by "and"."""
    told = " ".join(text.lower().split())
    for part in _BETWEEN.split(told):
        if not _FORMS.fullmatch(part.strip()):
            raise ValueError(
                f"recheck {part.strip()!r} is not read; write it like 4 h after end, next morning, every 24 h, "
                "before dose 3, 6 h after dose 2, after 14 d"
            )
    for pattern, written in _SAME:
        told = pattern.sub(written, told)
    return told


_MORNING, _SOONEST = time(6), 4.0  # as monitoring.yaml has it: a level within 4 h of a dose reads too high
_HOURS = {"min": 1 / 60, "h": 1.0, "d": 24.0, "w": 168.0, "week": 168.0, "weeks": 168.0}
_SPAN = r"(\d{1,9}(?:\.\d{1,9})?)(?:-(\d{1,9}(?:\.\d{1,9})?))? (min|h|d|w|weeks?)"
_READ: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(rf"{_SPAN} after dose (\d{{1,4}})"), "dose {0}"),
    (re.compile(r"()()()(?:after|with) dose (\d{1,4})"), "dose {0}"),
    (re.compile(r"()()()before dose (\d{1,4})"), "before {0}"),
    (re.compile(rf"{_SPAN} after (?:end|(?:each |every |last )?dose)"), "infusion"),
    (re.compile(rf"(?:every |after |in |at |within )?{_SPAN}(?: after start)?(?: (?:until|for) .{{1,200}})?"), ""),
)


def recheck_id(text: str) -> str:
    """The id in the table of windows of a protocol's recheck."""
    return f"protocol: {text}"


def windows_of(protocols: Iterable[Protocol]) -> tuple[dict[str, Window], dict[str, str]]:
    """The windows and the words of every recheck of some protocols, by id; those that are no time are left out."""
    told = {text for protocol in protocols for text in _all(protocol)}
    windows = {recheck_id(text): window for text in sorted(told) if (window := _window(text))}
    return windows, {name: name.removeprefix("protocol: ") for name in windows}


def _all(protocol: Protocol) -> Iterator[str]:
    for row in protocol.rows:
        yield from row.recheck.values()
    yield from (row.recheck for row in protocol.kidneys if row.recheck)


def _window(text: str) -> Window | None:
    """When the first draw is due."""
    first = _BETWEEN.split(text)[0].strip()
    if _NEXT_DAY.fullmatch(first):
        return Window(24, 24, clock=_MORNING, not_before=_SOONEST)
    if first in ("now", "once", "today"):
        return Window(0, None) if first == "today" else Window(0, 0)
    for pattern, after in _READ:
        if found := pattern.fullmatch(first):
            low, high, unit, *dose = found.groups()
            hours = [float(value) * _HOURS[unit] if value else 0.0 for value in (low, high or low)]
            return Window(hours[0], hours[1], after.format(*dose))
    return None
