"""What stands above the fold of a card: as much as a clinician reads in ten seconds; the rest goes on below.

What was found gives way to what to do, of which as much stays as there is room for; what is emphasised always stays.
"""

import re
from collections.abc import Mapping, Sequence

MOST_WORDS = 60  # summary, found and do together
ABOVE, BELOW = ("found", "do"), "check"
# what stands in the summary anyway goes last
_PASSES = (("found", True), ("do", True), ("found", False))
_EMPHASIS = "**"
_MARKS = re.compile(r"\*\*")
_BETWEEN_SENTENCES = re.compile(r"(?:(?<=\.)|(?<=\.\*\*)) (?=[A-ZÄÖÜ])")
Lines = dict[str, list[str]]


def folded(lines: Mapping[str, Sequence[str]], summary: str) -> Lines:
    """Lines by section: what is too much above the fold stands first below it.

    What was found goes before what to do, and of each the last first.
    """
    found: Lines = {section: list(texts) for section, texts in lines.items()}
    too_many = words(summary, *(text for section in ABOVE for text in found[section])) - MOST_WORDS
    moved: list[str] = []
    for section, first_stays in _PASSES:
        mine: list[str] = []
        for place in reversed(range(len(found[section]))):
            if too_many <= 0:
                break
            kept, rest = _parted(found[section][place], place == 0 and first_stays)
            found[section][place] = kept
            mine[:0] = [rest] if rest else []
            too_many -= words(rest)
        found[section] = [text for text in found[section] if text]
        moved += mine
    return {**found, BELOW: [*moved, *found[BELOW]]}


def words(*texts: str) -> int:
    """How many words texts have; a number is one, marks of emphasis are none."""
    return sum(len(_MARKS.sub("", text).split()) for text in texts)


def _parted(text: str, is_first: bool) -> tuple[str, str]:
    """What of a line stays above, and what may go below: whole sentences after the last that is emphasised."""
    sentences = _BETWEEN_SENTENCES.split(text)
    stays = max((n for n, each in enumerate(sentences, 1) if _EMPHASIS in each), default=int(is_first))
    return " ".join(sentences[:stays]), " ".join(sentences[stays:])
