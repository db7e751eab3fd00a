"""How papers write what the language says in one way: an order, a recheck and a condition are put into it first."""

import re
from collections.abc import Iterable

Spellings = tuple[tuple[re.Pattern[str], str], ...]

_NUMBER = r"\d{1,9}(?:\.\d{1,9})?"
_GIVEN = (
    r"(?:infused?|infusing|infusion to run|to infuse|(?:to )?run(?:ning)?|to be (?:given|infused)|(?:to )?give|given|"
    r"(?:to )?administer(?:ed)?)"
)
_FLUID = r"(?:dextrose|water|glucose|sodium chloride|saline|d5w|ns)(?: for injection)?(?: \d{1,2}(?:\.\d)? ?%)?"
_VOLUME, _GRAMS = r"\d{1,4} ?ml", rf"{_NUMBER} ?g(?:ram)?s?"
_AMOUNT = rf"{_NUMBER} ?(?:g|mg|mmol|meq)"
_AFTER_COUNT = r"(?= (?:over|in|iv|ivpb|po|q ?\d|every|at|via|for|then|by)\b)"
_OF_DOSE = r"(?:infusion|infusing|infused|running|replacement|administration|dose|iv magnesium)"
_PIECE = r"(tablet|capsule|sachet|tab|cap)s?"


def _table(*told: tuple[str, str]) -> Spellings:
    return tuple((re.compile(pattern, re.IGNORECASE), written) for pattern, written in told)


def alike(text: str, table: Spellings) -> str:
    """A text in the wording of the language."""
    for pattern, written in table:
        text = pattern.sub(written, text)
    return text


def together(spellings: Iterable[str]) -> str:
    """A pattern of any of them, the longest first."""
    return "|".join(re.escape(spelled) for spelled in sorted(spellings, key=len, reverse=True))


# "0,5" is a decimal, "day 1,2 and 3" a list; before three digits only of mg and mL, where it can be but a thousand
DECIMALS: Spellings = _table(
    (r"(?<=\d)(?<!,\d)(?<!day \d)(?<!days \d),(?=\d{1,2}(?![\d,]| and \d))", "."),
    (r"(?<=\d),(?=\d{3} ?m[gl]\b)", ""),
)

ORDER: Spellings = (
    *DECIMALS,
    *_table(
        (rf"^(\D{{3,60}}?) in ({_FLUID}) ({_GRAMS}) ?/ ?({_VOLUME})", r"\1 \3 in \4 \2"),
        (rf"^(\D{{3,60}}?) in ({_FLUID}),? ({_GRAMS})(?! ?/)", r"\1 \3 in \2"),
        (rf"^(\D{{3,60}}?) \(({_AMOUNT})\) ({_NUMBER}) {_PIECE}\b", r"\1 \3 x \2 \4s"),
        (rf"^(\D{{3,60}}?) \(({_AMOUNT})\)", r"\1 \2"),
        (rf"^(\D{{3,60}}?) {_NUMBER} ?% (?={_AMOUNT}\b)", r"\1 "),
        (rf"({_AMOUNT}) {_PIECE} (\d{{1,2}})(?= [a-z])(?! (?:tab|cap|sachet))", r"\3 x \1 \2s"),
        (r"\b(?:chewable|effervescent|dispersible) (?=tab)", ""),
        (r"(?<=tablets|apsules|sachets):", ","),
        (rf"({_VOLUME}) (\([^)]{{1,40}}\)) (of {_NUMBER} ?%)", r"\1 \3 \2"),
        (rf"\(({_AMOUNT}),? ?(?:or |= ?)?{_NUMBER} ?ml\)", r"(\1)"),
        (rf"\b{_GIVEN} (?=over|at|every|as|in|once|twice|daily)", ""),
        (r"\b(?:x|\u00d7) ?(\d{1,2}) bags?\b", r"x \1"),
        (rf"\b(?:x|\u00d7) ?(\d{{1,2}}){_AFTER_COUNT}", r"x \1,"),
        (r"\b(\d{1,2}) ?x ?/ ?d\b", r"\1 a day"),
        (r"\b1-0-0(?:-0)?\b|\b0-0-1(?:-0)?\b|\b0-1-0(?:-0)?\b|\b0-0-0-1\b", "once a day"),
        (r"\b1-0-1(?:-0)?\b|\b1-1-0(?:-0)?\b|\b0-1-1(?:-0)?\b|\b1-0-0-1\b", "twice a day"),
        (r"\b1-1-1(?:-0)?\b", "3 a day"),
        (r"\b1-1-1-1\b", "4 a day"),
        (r"\bqam and q(?:hs|pm)\b|\b(?:in the )?morning and (?:at )?(?:evening|night)\b", "twice a day"),
        (r"\b(?:daily|od|qd) ?(?:-|to|or) ?(?:bid|bd)\b", "1-2 a day"),
        (r"\b(?:bid|bd) ?(?:-|to|or) ?(?:tid|tds)\b", "2-3 a day"),
        (r"\b(?:tid|tds) ?(?:-|to|or) ?(?:qid|qds)\b", "3-4 a day"),
        (r"\bseparated by\b", "every"),
        (r"\bat a rate of\b", "at"),
        (rf"(?<=[a-z]) \({_NUMBER} ?ml(?: of)? {_NUMBER} ?%\)", ""),
    ),
)
"""How papers write orders."""

RECHECK: Spellings = _table(
    (r"\b(?:in the )?mane\b|\b(?:tomorrow|following) morning\b|\bat 6 ?am\b|\b6 ?am(?: labs?)?\b", "next morning"),
    (rf"(?:the )?morning (?:after|following) (?:(?:the|completion|end|of) ){{0,4}}{_OF_DOSE}$", "next morning"),
    (r"\b0?(\d{1,2})(\d{2}) (?:the )?next (day|morning)", r"next \3 \1:\2"),
    (r"\bnext (day|morning) (?:at )?(\d{2})(\d{2})\b", r"next \1 \2:\3"),
    (rf"\bq ?({_NUMBER}) ?h(?:rs?|ours?)?\b", r"every \1 h"),
    (r"\bminutes?\b|\bmins\b", "min"),
    (r"\b(?:at least|about|approximately|no sooner than|not before|not earlier than) (?=\d)", ""),
    (r"\bwithin (\d.{1,20}?) (?:of|after) (?=(?:the )?(?:completion|completing|end)\b)", r"\1 after "),
    (r"\b(\d.{1,20}?) into (?:the )?infusion\b", r"\1 after start of infusion"),
    (rf" (?:while|during) (?:(?:the|on|is|iv|magnesium) ){{0,4}}{_OF_DOSE}$", " until the infusion ends"),
    (r"\b(twice|three times) weekly\b", r"\1 a week"),
    (r"\bonce (?:a week|weekly|per week)\b", "weekly"),
    (r"\b(?:every other|alternate|every second|on alternate) days?\b", "every 48 h"),
    (r"\bsame day\b|\blater today\b", "today"),
    (r"\bnot routinely\b", "none"),
    (r"\bdaily x (\d{1,2})(?: days?)?$", r"daily for \1 days"),
    (r"\bweekly x (\d{1,2})(?: weeks?)?$", r"weekly for \1 weeks"),
)
"""How papers write when to measure again, in small letters."""

CONDITION: Spellings = (
    *DECIMALS,
    *_table(
        (rf"\b(?:is )?(?:less than|below|under|lower than) (?={_NUMBER})", "< "),
        (rf"\b(?:is )?(?:greater than|more than|above|higher than) (?={_NUMBER})", "> "),
        (rf"\b(?:is )?at least (?={_NUMBER})", ">= "),
        (rf"\b(?:is )?at most (?={_NUMBER})", "<= "),
        (rf"({_NUMBER})((?: [a-z/0-9.]{{1,20}})?) (?:or|and) (?:less|below|lower)\b", r"<= \1\2"),
        (rf"({_NUMBER})((?: [a-z/0-9.]{{1,20}})?) (?:or|and) (?:more|above|higher|greater)\b", r">= \1\2"),
        (r"\bk\+", "potassium"),
        (r"^(?:if|when|where) ", ""),
        (r"\bnbm\b", "nil by mouth"),
        (r"\bnot (?:npo|nil by mouth)\b", "oral possible"),
        (r"\b(first|1st) dose\b", "dose 1"),
        (r"\b(second|2nd) dose\b", "dose 2"),
        (r"\b(third|3rd) dose\b", "dose 3"),
        (r"\b(?:2nd or 3rd|second or third)[ -]degree (?=heart block|av block)", ""),
        (r"\bable to swallow\b", "oral possible"),
        (r"\bunable to swallow\b", "nil by mouth"),
    ),
)
"""How papers write conditions, in small letters."""
