"""When a protocol measures again: "4 h after end", "next morning", "every 24 h", "before dose 3", "after 14 d"."""

import re
from collections.abc import Iterable, Iterator
from datetime import time

from cards.loading.protocol.spellings import RECHECK, alike
from cards.loading.windows import Window
from cards.model.protocol import Protocol

_NUMBER = r"\d{1,9}(?:\.\d{1,9})?"
_UNIT = r"(?:min|h|d|days?|hours?|weeks?|w|months?)"
_TIME = rf"{_NUMBER}(?:\s{{0,9}}(?:-|to|\.\.)\s{{0,9}}{_NUMBER})?\s{{0,9}}{_UNIT}"
_DOSE = r"(?:each |every |the )?(?:last |next )?(?:dose|infusion)(?: \d{1,4})?"
_CLOCK = r"\d{1,2}:\d{2}"
_CYCLE = r"(?:each|every|the next|next) [a-z ]{1,40}"
_BETWEEN = re.compile(r",? and (?:then )?|,? then |; |, ")
_GOES_ON = r"(?: (?:until|for) .{1,200})?"
_NEXT_DAY = re.compile(rf"(?:(?:next|each|every) (?:morning|day)|tomorrow)(?: ({_CLOCK}))?{_GOES_ON}")
_MORNING_LABS = r"(?:with |in |at )?(?:the )?(?:next |following )?(?:am|morning)(?: (?:labs?|bloods?|draw))?"
_ENDS = r"(?:infusion|dose) (?:ends?|is finished|finishes|has ended|(?:is )?completed?)"
_END = r"(?:completion|completing|the end|end)(?: of .{1,60}?)?(?=$|,| and | then |;)"
_FORMS = re.compile(
    "|".join(
        (
            _NEXT_DAY.pattern,
            r"daily|twice daily|weekly|monthly|now|today|tomorrow|none|at once",
            rf"(?:twice|three times|{_NUMBER}(?:-{_NUMBER})? times) (?:a|per|each) (?:week|day)",
            rf"every {_TIME}(?: (?:until|for|x) .{{1,200}})?",
            rf"(?:after|in|at|within) {_TIME}",
            rf"{_TIME}(?: (?:after|before) (?:the )?(?:end|start|stopping|{_DOSE})(?: of .{{1,200}})?)?",
            rf"(?:before|after|with) (?:{_DOSE}|{_CYCLE})",
            r"(?:daily|weekly|monthly) (?:until|for) .{1,200}",
            r"(?:at )?(?:the )?end|until .{1,200}",
            r"(?:on )?day \d{1,3}",
        )
    )
)
_ORDINALS = {"first|1st": 1, "second|2nd": 2, "third|3rd": 3, "fourth|4th": 4, "fifth|5th": 5, "sixth|6th": 6}
# other ways to say a form, put into it before it is read
_ALIKE: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\b(?:not (?:needed|required|routine)|no recheck)\b"), "none"),
    (re.compile(r"\b(?:immediately|stat|straight away)\b"), "now"),
    (re.compile(rf"(?:at )?({_CLOCK}) (?:the )?(next (?:morning|day)|tomorrow)"), r"\2 \1"),
    (re.compile(rf"(morning|day|tomorrow) at ({_CLOCK})"), r"\1 \2"),
    (re.compile(rf"(?<!\w){_MORNING_LABS}(?!\w)"), "next morning"),
    (re.compile(r"\b(each|every) next morning"), r"\1 morning"),
    (re.compile(r"\bpost[- ]"), "after "),
    (re.compile(r"\bprior to\b"), "before"),
    (re.compile(rf"({_NUMBER}(?:\s?(?:-|to)\s?{_NUMBER})?)[ -]?hourly"), r"every \1 h"),
    (re.compile(r"\b(?:hrs?|hours?)\b"), "h"),
    (re.compile(rf"\bafter (?:the )?(?:last )?{_ENDS}\b"), "after end"),
    (re.compile(rf"\bafter (?:the )?{_END}"), "after end"),
    (re.compile(r"\b(before|after) (?:the )?(\d{1,2}) doses\b"), r"\1 dose \2"),
    *(
        (re.compile(rf"\b(before|after) (?:the )?(?:{word}) (?:dose|infusion)\b"), rf"\1 dose {number}")
        for word, number in _ORDINALS.items()
    ),
)  # fmt: skip
_SAME = (
    (re.compile(r"(?<!twice )\b(?:daily|every day|each day|every 1 d(?:ay)?)\b"), "every 24 h"),
    (re.compile(r"\bweekly\b"), "every 7 d"),
    (re.compile(r"\bmonthly\b"), "every 1 month"),
    (re.compile(r"\bhours?\b"), "h"),
    (re.compile(r"(?<=\d )days?\b|(?<=\d)days?\b"), "d"),
    (re.compile(r"\b(?:infusion)\b"), "dose"),
    (re.compile(r"\b(?:the|at|on) "), ""),
    (re.compile(r"\bafter end of .{1,200}"), "after end"),
    (re.compile(r"\s{0,9}(?:-|to|\.\.)\s{0,9}(?=\d)"), "-"),
    (re.compile(r"(\d) ?(min|h|d|w)\b"), r"\1 \2"),
)


def a_recheck(text: str) -> str:
    """The words of a recheck in one form; ValueError for what names no time. Several are joined by "and"."""
    told = alike(alike(" ".join(text.lower().split()), RECHECK), _ALIKE)
    for part in _BETWEEN.split(told):
        if not _FORMS.fullmatch(part.strip()):
            raise ValueError(
                f"recheck {part.strip()!r} is not read; write it like 4 h after end, next morning, every 24 h, "
                "before dose 3, 6 h after dose 2, after 14 d"
            )
    return alike(told, _SAME)


def recheck_parts(told: str) -> list[str]:
    """Each of the times that a recheck names, without its time of day and how long it goes on, in one wording."""
    return [_LEFT_OUT.sub("", _AFTER_ALL.sub("after end", part.strip())) for part in _BETWEEN.split(told)]


_LEFT_OUT = re.compile(rf"^(?:after|in|at|within) (?=\d)| {_CLOCK}| (?:until|for|x) .*")
_AFTER_ALL = re.compile(r"after (?:last )?dose$")
_MORNING, _SOONEST = time(6), 4.0  # as monitoring.yaml has it: a level within 4 h of a dose reads too high
_DAY, _WEEK = 24.0, 168.0
_HOURS = {"min": 1 / 60, "h": 1.0, "d": _DAY, "w": _WEEK, "week": _WEEK, "month": 30 * _DAY}
_TIMES = {"twice": 2.0, "three times": 3.0}
_SPAN = r"(\d{1,9}(?:\.\d{1,9})?)(?:-(\d{1,9}(?:\.\d{1,9})?))? (min|h|d|w|week|month)s?"
_READ: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(rf"{_SPAN} after dose (\d{{1,4}})"), "dose {0}"),
    (re.compile(r"()()()(?:after|with) dose (\d{1,4})"), "dose {0}"),
    (re.compile(r"()()()before dose (\d{1,4})"), "before {0}"),
    (re.compile(r"()()()before (?:next|each|every) dose"), "before 2"),
    (re.compile(r"()()()after (?:each |every |last )?dose"), "infusion"),
    (re.compile(rf"{_SPAN} after (?:end|(?:each |every |last )?dose)"), "infusion"),
    (re.compile(rf"(?:every |after |in |at |within )?{_SPAN}(?: after start)?(?: (?:until|for|x) .{{1,200}})?"), ""),
)
_CYCLE_ONLY = re.compile(rf"(?:before|with) {_CYCLE}")
_DAY_OF = re.compile(r"day (\d{1,3})")
_OFTEN = re.compile(r"(twice|three times|(\d)(?:-(\d))? times) (?:a|per|each) (week|day)")


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
    if found := _NEXT_DAY.fullmatch(first):
        hour, _, minute = (found[1] or "").partition(":")
        return Window(24, 24, clock=time(int(hour), int(minute)) if hour else _MORNING, not_before=_SOONEST)
    if first in ("now", "once", "today"):
        return Window(0, None) if first == "today" else Window(0, 0)
    if found := _DAY_OF.fullmatch(first):
        return Window((float(found[1]) - 1) * _DAY, (float(found[1]) - 1) * _DAY)
    if found := _OFTEN.fullmatch(first):
        often = float(found[3] or found[2] or _TIMES.get(found[1], 1))
        hours = (_WEEK if found[4] == "week" else _DAY) / often
        return Window(hours, hours)
    for pattern, after in _READ:
        if found := pattern.fullmatch(first):
            low, high, unit, *dose = found.groups()
            span = [float(value) * _HOURS[unit] if value else 0.0 for value in (low, high or low)]
            return Window(span[0], span[1], after.format(*dose))
    return Window(0, 0, undated=True) if _CYCLE_ONLY.fullmatch(first) else None
