"""When a protocol measures again: "4 h after end", "next morning", "every 24 h", "before dose 3", "after 14 d"."""

import re

_TIME = r"\d+(?:\.\d+)?(?:\s*(?:-|to|\.\.)\s*\d+(?:\.\d+)?)?\s*(?:min|h|d|days?|hours?|weeks?|w)"
_DOSE = r"(?:each |every |the )?(?:last )?(?:dose|infusion)(?: \d+)?"
_FORMS = re.compile(
    "|".join(
        (
            r"(?:at )?(?:the )?(?:next|each|every) (?:morning|day)",
            r"daily|twice daily|weekly|now|today|tomorrow|none|at once",
            rf"every {_TIME}(?: (?:until|for) .+)?",
            rf"(?:after|in|at|within) {_TIME}",
            rf"{_TIME}(?: (?:after|before) (?:the )?(?:end|start|{_DOSE})(?: of .+)?)?",
            rf"(?:before|after|with) {_DOSE}",
            r"(?:daily|weekly) (?:until|for) .+",
            r"(?:at )?(?:the )?end|until .+",
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
    (re.compile(r"\bafter end of .+"), "after end"),
    (re.compile(r"\s*(?:-|to|\.\.)\s*(?=\d)"), "-"),
    (re.compile(r"(\d) ?(min|h|d|w)\b"), r"\1 \2"),
)


def a_recheck(text: str) -> str:
    """The words of a recheck in one form; ValueError for what names no time. Several are joined by "and"."""
    told = " ".join(text.lower().split())
    for part in re.split(r" and |, then |; |, ", told):
        if not _FORMS.fullmatch(part.strip()):
            raise ValueError(
                f"recheck {part.strip()!r} is not read; write it like 4 h after end, next morning, every 24 h, "
                "before dose 3, 6 h after dose 2, after 14 d"
            )
    for pattern, written in _SAME:
        told = pattern.sub(written, told)
    return told
