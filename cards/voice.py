"""How a language writes what the code puts together: names and phrases of tables, decimal sign, dates."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

DATE_FORMS: Mapping[str, str] = {
    "d mon yyyy": "{d} {mon} {y}",
    "dd.mm.yyyy": "{d:02}.{m:02}.{y}",
    "dd/mm/yyyy": "{d:02}/{m:02}/{y}",
    "mm/dd/yyyy": "{m:02}/{d:02}/{y}",
    "yyyy-mm-dd": "{y}-{m:02}-{d:02}",
}
AS_WRITTEN = next(iter(DATE_FORMS))
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DATE = re.compile(rf"\b(\d{{1,2}}) ({'|'.join(_MONTHS)}) (\d{{4}})\b")
# a decimal point, and none of a date or version (three numbers)
_POINT = re.compile(r"(?<![\d.])(\d+)\.(\d+)(?!\.?\d)")


@dataclass(frozen=True, slots=True, eq=False)
class Voice:
    """What is filled in is searched for words (`terms`, found by `named`) and sentences (`patterns`) of our tables."""

    terms: Mapping[str, str] = field(default_factory=dict)
    named: re.Pattern[str] | None = None
    patterns: Sequence[tuple[re.Pattern[str], str]] = ()
    decimal: str = "."
    date: str = AS_WRITTEN

    def value(self, text: str) -> str:
        """What is filled in, in this language."""
        for pattern, told in self.patterns:
            text = pattern.sub(told, text)
        return self.named.sub(self._term, text) if self.named else text

    def _term(self, found: re.Match[str]) -> str:
        english = found.group()
        return self.terms[_as_key(english)]

    def values(self, told: Mapping[str, object]) -> dict[str, object]:
        """Values of a text; only what is words changes."""
        if not self.named and not self.patterns:
            return dict(told)
        return {key: self.value(value) if isinstance(value, str) else value for key, value in told.items()}

    def finished(self, text: str) -> str:
        """A finished text with the dates and decimal sign of the language."""
        if self.date != AS_WRITTEN:
            text = _DATE.sub(self._dated, text)
        return text if self.decimal == "." else _POINT.sub(rf"\1{self.decimal}\2", text)

    def _dated(self, found: re.Match[str]) -> str:
        day, month, year = found.groups()
        return DATE_FORMS[self.date].format(d=int(day), mon=month, m=_MONTHS.index(month) + 1, y=year)

    def text(self, told: str) -> str:
        """A text that is filled in and finished at once."""
        return self.finished(self.value(told))


def voice(terms: Mapping[str, str], patterns: Sequence[tuple[re.Pattern[str], str]], decimal: str, date: str) -> Voice:
    """A voice; its terms are found by one pass over a text, by their first letter and the longest first."""
    by_letter: dict[str, list[str]] = {}
    for term in sorted(terms, key=len, reverse=True):
        by_letter.setdefault(term[0].lower(), []).append(re.escape(term[1:]))
    each = (f"[{re.escape(a)}{re.escape(a.upper())}](?:{'|'.join(rest)})" for a, rest in by_letter.items())
    named = re.compile(rf"(?<!\w)(?:{'|'.join(each)})(?!\w)") if terms else None
    return Voice({_as_key(term): told for term, told in terms.items()}, named, patterns, decimal, date)


def _as_key(term: str) -> str:
    """A term may begin a sentence."""
    return term[:1].lower() + term[1:]


ENGLISH = Voice()
