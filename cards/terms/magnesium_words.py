"""The word magnesium in an order: whether it is one, and of which salt, whatever the language or shorthand."""

import re
from collections.abc import Sequence

from cards.terms.letters import composed
from cards.terms.names import Match

# the first letters of a salt in the languages we read; longer ones first where one begins another
_SALTS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (salt, re.compile(pattern))
    for salt, pattern in (
        ("glycerophosphate", r"gl[iyz]+c?ero"),
        ("sulfate", r"s[uo]l(?:f|ph)|siarcz|硫酸|황산"),
        ("hydroxide", r"(?:h?[iy]dro?ss?[iy]d|h[iy]drox|h[iy]droks|idross|wodorotl)"),
        ("peroxide", r"perox"),
        ("oxide", r"(?:ox[iy]d|oks[iy]d|ossid|oxyde|tlenek|酸化|氧化|산화)"),
        ("citrate", r"[cz]it(?:r|ynian)|sitra|cytryn"),
        ("chloride", r"c?k?h?lor(?:[iu]|ek)|clor[iu]|klor[iu]"),
        ("lactate", r"la[ck]?t+at|mlecz"),
        ("gluconate", r"glu[ck]on"),
        ("glycinate", r"(?:bis|di)?gl[iy]c+in"),
        ("aspartate", r"aspar"),
        ("malate", r"malat"),
        ("taurate", r"taur"),
        ("threonate", r"th?reon"),
        ("orotate", r"orot"),
        ("pidolate", r"pidol|p[iy]rrolidon"),
        ("carbonate", r"[ck]arbon"),
        ("trisilicate", r"trisili"),
        ("salicylate", r"salic"),
        ("levulinate", r"l[ea]evulin"),
        ("ascorbate", r"as[ck]orb"),
        ("phosphate", r"(?:ph|f)os(?:ph|f)at"),
        ("amino acid chelate", r"chelat|amino"),
    )
)
# beside "mag" or "Mg" only these whole words, for "mg" is a unit: "500 mg oxcarbazepine"
_SHORT = {
    **dict.fromkeys(("sul", "sulf", "sulph", "sulfate", "sulphate", "sulfat", "sulfato", "solfato"), "sulfate"),
    **dict.fromkeys(("ox", "oxide", "oxid"), "oxide"),
    **dict.fromkeys(("cit", "citrate", "citrat"), "citrate"),
    **dict.fromkeys(("chlor", "chloride", "chlorid"), "chloride"),
    **dict.fromkeys(("lact", "lactate"), "lactate"),
    **dict.fromkeys(("gluc", "gluconate"), "gluconate"),
    **dict.fromkeys(("glyc", "glycinate", "bisglycinate"), "glycinate"),
    **dict.fromkeys(("asp", "aspartate", "aspartat"), "aspartate"),
    **dict.fromkeys(("hydrox", "hydroxide"), "hydroxide"),
    **dict.fromkeys(("carb", "carbonate"), "carbonate"),
    **{word: word for word in ("malate", "taurate", "threonate", "orotate", "pidolate", "glycerophosphate")},
}
_MAGNESIUM = re.compile(r"magne[sz]i(?:um|a|o)?|magnez\w?")
_OTHER_SCRIPTS = ("マグネシウム", "マグミット", "酸化マグ", "镁", "鎂", "마그네슘")
_LINKS = frozenset({"as", "als", "como", "som", "di", "de", "d", "of", "del", "do", "da", "l", "van", "von", "comme"})
_DENIED = frozenset(
    {"no", "non", "without", "w", "ohne", "sans", "sin", "senza", "zonder", "sem", "uten", "utan", "uden"}
)
_FREE = frozenset({"free", "frei", "fri", "fritt", "vrij", "level", "levels", "spiegel"})
_EXCIPIENT = re.compile(r"^(?:stear|trih[iy]dr|dih[iy]dr)")
# a salt of another medicine: esomeprazole magnesium
_CARRIER = re.compile(r"(?:pra[sz]ol|pratsol|statin|valproat)\w{0,2}$")
_DOSED = re.compile(r"^\d+(?:g|gm|gms|mg|meq|mmol)?$")
_GIVEN = frozenset({"iv", "ivpb", "drip", "infusion", "bolus", "rider", "premix", "bag", "in", "d5w", "ns", "water"})
_UNITS = frozenset({"g", "gm", "gms", "gram", "grams", "mg", "meq", "mmol"})
_IN_GRAMS = re.compile(r"(?<!\d)\d++ ?(?:g|gms?|grams?)\b")
NOT_TOLD = ""


def magnesium_salt(words: Sequence[str], told: str, named: Sequence[Match]) -> str | None:
    """The salt of the magnesium that a text names outside of the names found in it; "" when not told, None for none."""
    taken = {place for match in named for place in range(match.start, match.end)}
    found = [_salt_at(words, place) for place in range(len(words)) if place not in taken]
    salts = [salt for salt in found if salt is not None]
    if not salts and not told.isascii():
        return _in_other_script(composed(told))
    return next((salt for salt in salts if salt), salts[0] if salts else None)


def _salt_at(words: Sequence[str], place: int) -> str | None:
    word = words[place]
    if _MAGNESIUM.match(word):
        return _salt_of_word(words, place)
    return _salt_of_shorthand(words, place) if word in ("mag", "mg") else None


def _salt_of_word(words: Sequence[str], place: int) -> str | None:
    before, after = words[place - 1] if place else "", words[place + 1] if place + 1 < len(words) else ""
    joined = _MAGNESIUM.sub("", words[place], count=1)
    if before in _DENIED or after in _FREE or _EXCIPIENT.match(after) or "stear" in joined + before:
        return None
    salt = _salt(joined) or _next_salt(words, place, 1) or _next_salt(words, place, -1)
    if not salt and any(_CARRIER.search(word) for word in words):
        return None
    return salt


def _next_salt(words: Sequence[str], place: int, step: int) -> str:
    """The salt beside the word, over "as", "de" and their like."""
    place += step
    while 0 <= place < len(words) and words[place] in _LINKS:
        place += step
    return _salt(words[place]) if 0 <= place < len(words) else NOT_TOLD


def _salt(word: str) -> str:
    return next((salt for salt, pattern in _SALTS if pattern.match(word)), NOT_TOLD) if word else NOT_TOLD


def _salt_of_shorthand(words: Sequence[str], place: int) -> str | None:
    """`mag` or `Mg` beside a salt or a dose; after a number `mg` is a unit."""
    if words[place] == "mg" and place and words[place - 1][:1].isdigit():
        return None
    after = [*words[place + 1 : place + 3], "", ""]
    if after[0] in _SHORT:
        return _SHORT[after[0]]
    if words[place] == "mg" and place:
        return None
    if _DOSED.match(after[0]) and (after[1] in _UNITS or not after[0].isdigit()):
        return "sulfate" if _IN_GRAMS.match(f"{after[0]} {after[1]}") else NOT_TOLD
    rest = {word for word in words if word != words[place]}
    return "sulfate" if rest and rest <= _GIVEN else NOT_TOLD if not rest and words[place] == "mag" else None


def _in_other_script(told: str) -> str | None:
    if not any(word in told for word in _OTHER_SCRIPTS):
        return None
    return next((salt for salt, pattern in _SALTS if pattern.search(told)), NOT_TOLD)
