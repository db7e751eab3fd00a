"""How much an order sentence says: "2 g (8 mmol)", "10 mL of 50 %", "1 g/h", "2 tablets (400 mg)", "3 x 2 g"."""

import re
from typing import NamedTuple

from cards.loading.protocol.order_parts import RATE, per_hour
from cards.loading.protocol.quantities import a_range, an_amount
from cards.loading.protocol.vocabulary import RANGE, Vocabulary
from cards.model.protocol import Amount, Range

_NEAR = 0.05  # two ways of telling one dose are rounded
_PIECES = frozenset({"tablet", "capsule", "sachet", "ampoule", "ml"})
_PERCENT = r"\d{1,2}(?:\.\d{1,2})?"
_OF_STRENGTH = re.compile(
    rf"(?:(?<![\d.])({_PERCENT}) ?%,? )?(?<![\d.])(\d{{1,4}}(?:\.\d{{1,3}})?) ?ml"
    rf"(?:,? (?:of )?(?:a )?({_PERCENT}) ?%)?",
    re.IGNORECASE,
)
_PIECE = r"tablet|tab|capsule|cap|sachet"
_IN_PIECES = re.compile(
    rf"(\d{{1,4}}(?:\.\d{{1,3}})?) ?(mg|mmol|g)(?: elemental)?(?: (?:{_PIECE})s?)?,? ({RANGE}) "
    rf"({_PIECE})s?\b",
    re.IGNORECASE,
)
# "2 x 4 mmol tablets"; in brackets after the dose that it makes up, too
_TIMES_PIECES = re.compile(
    rf"({RANGE}) ?(?:x|\u00d7) ?(\d{{1,4}}(?:\.\d{{1,3}})?) ?(mg|mmol|g)(?: elemental)? ({_PIECE})s?\b", re.IGNORECASE
)
_TIMES = re.compile(r"(.{1,80}) (\d{1,2}) ?[x\u00d7]", re.IGNORECASE)
BRACKET = re.compile(r"\(([^)]{1,80})\)")


class Told(NamedTuple):
    """What stands before the amount (the product), the amount, what follows it.

    `pieces`: the tablets that make it up. `an_hour`: the amount is that of an hour. `doses`: how many, where that
    stands before it.
    """

    product: str
    amount: Amount
    rest: str
    pieces: Amount | None = None
    an_hour: bool = False
    doses: Range | None = None


def a_dose(text: str, words: Vocabulary) -> Told:
    """The first amount of a sentence; ValueError when there is none, or two that contradict each other."""
    told = _first(text, words)
    if found := _TIMES.fullmatch(told.product):
        told = told._replace(product=found[1], doses=a_range(found[2]))
    return _with_bracket(told, words)


def _first(text: str, words: Vocabulary) -> Told:
    amount = words.an_amount.search(text)
    before = amount.start() if amount else len(text)
    for read in (_rate, _of_strength, _in_pieces, _times_pieces):
        told = read(text, before, words)
        if told is not None:
            return told
    if amount is None:
        raise ValueError(f'"{text}" names no amount; write it like "sulfate 2 g IV over 2 h"')
    return _told(text, amount, an_amount(amount[0], words))


def _told(text: str, found: re.Match[str], amount: Amount) -> Told:
    return Told(text[: found.start()].strip(" ,"), amount, text[found.end() :].lstrip(" ,"))


def _rate(text: str, before: int, words: Vocabulary) -> Told | None:
    found = RATE.search(text)
    if found is None or found.start() > before:
        return None
    return _told(text, found, Amount(*per_hour(found, words)))._replace(an_hour=True)


def _of_strength(text: str, before: int, _: Vocabulary) -> Told | None:
    """So many mL of a strength, in grams."""
    found = next((each for each in _OF_STRENGTH.finditer(text) if each[1] or each[3]), None)
    if found is None or found.start() > before:
        return None
    grams = float(found[2]) * float(found[1] or found[3]) / 100
    told = _told(text, found, Amount(Range(grams, grams), "g salt"))
    return told._replace(pieces=Amount(a_range(found[2]), "ml"))


def _in_pieces(text: str, before: int, words: Vocabulary) -> Told | None:
    """So many tablets of a strength."""
    found = _IN_PIECES.search(text)
    if found is None or found.start() > before:
        return None
    pieces, one = a_range(found[3]), float(found[1])
    amount = Amount(pieces.times(one), words.amounts[found[2].lower()])
    if "elemental" in found[0].lower():
        amount = Amount(amount.range, "mg elemental")
    return _told(text, found, amount)._replace(pieces=Amount(pieces, words.amounts[found[4].lower()]))


def _times_pieces(text: str, before: int, words: Vocabulary) -> Told | None:
    """The same with the number first."""
    found = _TIMES_PIECES.search(text)
    if found is None or found.start() > before:
        return None
    pieces = _counted(found, words)
    amount = Amount(pieces.range.times(float(found[2])), words.amounts[found[3].lower()])
    return _told(text, found, amount)._replace(pieces=pieces)


def _counted(found: re.Match[str], words: Vocabulary) -> Amount:
    return Amount(a_range(found[1]), words.amounts[found[4].lower()])


def _with_bracket(told: Told, words: Vocabulary) -> Told:
    """With the same dose in another unit, which is left out; of tablets and volumes it says how much they hold."""
    found = BRACKET.match(told.rest)
    if found and (pieces := _TIMES_PIECES.fullmatch(found[1].strip())):
        whole = a_range(pieces[1]).times(float(pieces[2]))
        if words.amounts[pieces[3].lower()] == told.amount.unit and not whole.holds(told.amount.range, _NEAR):
            raise ValueError(f"{found[1]} in brackets is another dose than the one before it")
        return told._replace(pieces=_counted(pieces, words), rest=told.rest[found.end() :].lstrip(" ,"))
    if found is None or not words.an_amount.fullmatch(found[1].strip()):
        return told
    other, rest = an_amount(found[1], words), told.rest[found.end() :].lstrip(" ,")
    for factors in (words.grams, words.elemental_mg):
        if told.amount.unit in factors and other.unit in factors:
            one, two = (each.range.high * factors[each.unit] for each in (told.amount, other))
            if min(abs(one - two) / one, abs(one - two) / two) > _NEAR and factors is words.grams:
                raise ValueError(f"{found[1]} in brackets is another dose than the one before it")
    if told.amount.unit in _PIECES:
        return told._replace(amount=other, rest=rest, pieces=told.amount)
    return told._replace(amount=other if told.pieces else told.amount, rest=rest)
