"""By which route a medicine is given: as ordered, as its name has it, as the dosage says."""

import re
from collections.abc import Sequence

from cards.by_value import kept_by_value
from cards.chart.fhir import child, codings, text, words_of
from cards.model import JsonObject, Route
from cards.terms.names import fold

# of SNOMED CT, of the EDQM standard terms, and of the NCI thesaurus, as product labels of the FDA have them
_ROUTE_CODES = {
    **dict.fromkeys(("26643006", "20053000", "C38288"), Route.ORAL),
    **dict.fromkeys(("47625008", "20045000", "C38276"), Route.INTRAVENOUS),
}
_ROUTE_WORDS: tuple[tuple[Route, re.Pattern[str]], ...] = (
    (
        # said outright, and not "IV or PO": whatever part of the body is named beside it
        Route.ORAL,
        re.compile(
            r"^(?!.*\b(iv|i\.v|intraven\w*|ivpb)\b).*\b(po|p\.o|per os|by mouth|(?<!not )swallow\w*"
            r"|(feeding|gastric|nasogastric|n\W?g|peg|enteral)\W+tube|nasogastric\w*|gastrostom\w*)\b",
            re.IGNORECASE,
        ),
    ),
    (
        Route.NOT_SYSTEMIC,
        re.compile(
            r"\b(oph?th\w*|eye(lid|drop)?s?|ocular|(sub)?conjunctival|topical\w*|cutaneous|skin|otic|ear(drop)?s?|auricular"
            r"|intranasal|nasal\w*|nose|vagin\w*|oint(ment)?s?|creams?|creme|crema|lotion"
            r"|(?<!soft )gel(?!\W?(caps?|tab))|shampoo|irrigation|inhal\w*|neb(uli\w*|s)?"
            r"|paste|bath|soaks?|compress(es)?|wet dressings?|salbe|pommade|pomada"
            r"|zalf|salva|augen\w*|ohren\w*|nasen\w*|collyre|colirio|collirio|oog\w*|ogon\w*|ojendr\w*|mouthwash|intravitreal"
            r"|bone cement|knochenzement|intracameral|dropperettes?|affected (area|eye|ear|skin)s?)\b"
            r"(?!\W+((and|or)\W+)?(soft\W+tissue\W+)?infection)",  # what it is for, not where it goes
            re.IGNORECASE,
        ),
    ),
    (Route.INTRAVENOUS, re.compile(r"\b(iv|i\.v|intraven\w*|endoven\w*|infus\w*|perfus\w*|ivpb)\b", re.IGNORECASE)),
    (
        Route.ORAL,
        re.compile(
            r"\b(oral\w*|oraal|peroral\w*|enteral\w*|po|p\.o|per os|by mouth|tab(s|l\.?|let\w*)?|tbl|filmtabl\w*"
            r"|caps?|capsul\w*|kapsel\w*"
            r"|soft\W?gels?|gelules?|comprim\w*|compress[ae]|chewables?"
            r"|magensonde|sonde (naso)?gastrique|sonda (naso)?gastrica|(per|via|par|por) (peg|sonde|sonda))\b",
            re.IGNORECASE,
        ),
    ),
    (Route.OTHER, re.compile(r"\b(injection|injectable|intramuscular\w*|subcutaneous\w*|rectal|transdermal)\b", re.I)),
    (
        # drops may be for the mouth, and a gtt an infusion: only with a strength in percent, or an eye or ear named
        Route.NOT_SYSTEMIC,
        re.compile(
            r"%[^;]{0,20}\bdrops?\b|\b(drops?|gtts?) ((in(to)?|to) )?((each|both|affected) )?"
            r"(os|ou|ad|au|od(?= ([tbq]id|q\d|every|once|daily|twice)))\b",
            re.IGNORECASE,
        ),
    ),
)
# what it is for: a part of the body with its illness, after "for"; not a place to put it ("for the left ear")
_PURPOSE = re.compile(
    r"\b(?:for|against|due to|because of)\b[^;.]{0,60}?\b(?:eye(?:lid)?s?|ears?|skin|nose|nasal|vaginal|otic|ocular)\W+"
    r"(?!once|twice|daily|every|q\d|[bt]id|qid|as needed|prn|\d|use|only|drops?)[a-z][^;.]*"
)
_RINSE = re.compile(
    r"\b(?:mouth-? ?(?:wash|rinse)|swish|gargl\w*|spit|oral rinse|mundspul\w*|enjuague|collutori\w*)", re.I
)
# a part of a solution that stops the heart, and not what is given before or after it
_CARDIOPLEGIA = re.compile(
    r"(?<!not )(?<!prior )\b(?:in|into|to|via|for) (?:the )?(?:(?:blood|cold|warm|del nido|bag of) )?"
    r"cardiopleg(?:ia|ic)\b"
    r"(?!\W+(?:induced|related|associated|arrest|failure))",
    re.IGNORECASE,
)
_SWALLOWED = re.compile(r"\bswallow(?!\w* not)|\bdo not spit\b", re.I)


def route_of(dosages: Sequence[JsonObject], told: str, by_name: Route) -> Route:
    """The ordered route; else that of the product; else what its name says; else what the dosage says."""
    sig = " ; ".join(filter(None, (text(d, "text") for d in dosages)))
    if (sig and (_is_rinse(sig) or _is_cardioplegia(sig))) or (told and _is_rinse(told)):
        return Route.NOT_SYSTEMIC
    for dosage in dosages:
        ordered = _ordered_route(child(dosage, "route"))
        if ordered is not Route.UNKNOWN:
            return ordered
    return by_name if by_name is not Route.UNKNOWN else worded_route(sig)


def _ordered_route(route: JsonObject) -> Route:
    """The route of a dosage by its code, its words, or a code that is a word: PO, IVPB."""
    codes = [code for _, code in codings(route)]
    known = next((_ROUTE_CODES[code] for code in codes if code in _ROUTE_CODES), None)
    return known or worded_route(" ; ".join(filter(None, (words_of(route), *codes))))


@kept_by_value(4096)
def worded_route(told: str) -> Route:
    """What a text says of giving; what a medicine is for is no way to give it: "by mouth for ear pain"."""
    given = _PURPOSE.sub(" ", fold(told))
    return next((route for route, words in _ROUTE_WORDS if words.search(given)), Route.UNKNOWN)


@kept_by_value(4096)
def _is_rinse(told: str) -> bool:
    """Kept in the mouth and not swallowed."""
    return bool(_RINSE.search(told)) and not _SWALLOWED.search(told)


def _is_cardioplegia(told: str) -> bool:
    """Into the solution that stops the heart: no order for the body."""
    return bool(_CARDIOPLEGIA.search(told))
