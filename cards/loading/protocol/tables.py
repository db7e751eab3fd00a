"""What stands beside the rows: needs, kidneys, limits and own products."""

import re

from cards.loading.protocol.conditions import ConditionReader
from cards.loading.protocol.fields import Fields
from cards.loading.protocol.quantities import a_range, a_time, an_amount
from cards.loading.protocol.rechecks import a_recheck
from cards.loading.protocol.vocabulary import Vocabulary, plain
from cards.loading.reading import did_you_mean
from cards.model.protocol import Amount, KidneyRow, Limits, Need, OwnProduct, Range

_NEED = frozenset({"within", "else"})
_KIDNEY = frozenset(
    {"when", "route", "dose", "over", "every", "doses", "per_day", "recheck", "tell", "act", "note", "because"}
)
_LIMITS = frozenset({"iv_rate", "iv_24h", "iv_order", "oral_24h", "concentration", "because", "when", "note"})
_PRODUCT = frozenset({"salt", "route", "unit", "elemental_mg", "display"})
_SILENT = frozenset({"silent", "silence", "nothing", "none"})
_FACTOR = re.compile(r"(?:x ?|times )?(\d{1,9}(?:\.\d{1,9})?)(?: ?(?:x|times))?")
_PERCENT = re.compile(r"(\d{1,9}(?:\.\d{1,9})?) ?%")
_PART = r"(half|none|quarter|double|\d{1,3}(?:\.\d{1,3})? ?%)"
_OF_DOSE = re.compile(rf"(?:give |use )?(?:an? )?{_PART} (?:of )?(?:the )?(?:usual |recommended |normal )?(?:doses?)?")
_LESS_BY = re.compile(
    r"(?:reduce|decrease|lower)(?: the)?(?: doses?)? by (half|\d{1,3}(?:\.\d{1,3})? ?%)|(\d{1,3} ?%) (?:reduction|less)"
)
_WORDED = {
    "halve": 0.5,
    "halved": 0.5,
    "halve the dose": 0.5,
    "avoid": 0.0,
    "do not give": 0.0,
    "contraindicated": 0.0,
    "quarter": 0.25,
    "half": 0.5,
    "none": 0.0,
    "not at all": 0.0,
    "no": 0.0,
    "double": 2.0,
    "twice": 2.0,
}
_LIMIT_UNITS = {"iv_rate": "g/h", "iv_24h": "g", "iv_order": "g", "oral_24h": "mg"}
_LIMIT = re.compile(r"(\d{1,9}(?:\.\d{1,9})?) ?([a-z]{1,20}(?:/(?:hr|hour|h|min))?)(?: .{0,200})?", re.IGNORECASE)
_MASSES = {"g": "g salt", "mg": "mg salt", "mmol": "mmol", "meq": "meq"}


def read_needs(fields: Fields, words: Vocabulary) -> tuple[Need, ...]:
    """What must be known, and how new it must be; of a list of names only that each is known."""
    return tuple(_need(str(name), fields, words) for name in fields.mapping("needs"))


def _need(name: str, fields: Fields, words: Vocabulary) -> Need:
    number = words.numbers.get(plain(name))
    if number is None and plain(name) not in words.states:
        known = {*words.states, *(n.id for n in words.numbers.values())}
        fields.fail(f"needs: unknown value {name!r}{did_you_mean(plain(name), known)}", "needs", name)
    of = number.id if number else plain(name)
    if not isinstance(fields.at("needs"), dict) or fields.at("needs", name) is None:
        return Need(of)
    if isinstance(fields.at("needs", name), str):
        return Need(of, None, _else(fields.text("needs", name)))
    fields.only(_NEED, "needs", name)
    within = fields.text("needs", name, "within")
    time = fields.read(lambda t: a_time(t, words), within, "needs", name, "within") if within else None
    return Need(of, time.high / 60 if time else None, _else(fields.text("needs", name, "else")))


def _else(text: str) -> str:
    return "" if text.lower() in _SILENT else text.removeprefix("order ").strip()


def read_kidneys(fields: Fields, words: Vocabulary, ask: ConditionReader) -> tuple[KidneyRow, ...]:
    """What poor kidneys change; the first row that holds for an order's route counts."""
    told = fields.at("kidneys")
    if told is not None and not isinstance(told, list):
        fields.fail("kidneys needs a list", "kidneys")
    return tuple(_kidney(number, fields, words, ask) for number in range(len(told or ())))


def _kidney(number: int, f: Fields, words: Vocabulary, ask: ConditionReader) -> KidneyRow:
    at = ("kidneys", number)
    f.only(_KIDNEY, *at)
    if f.at(*at, "when") is None:
        f.fail("a row of kidneys needs a when, like egfr < 30", *at)
    route = f.text(*at, "route").lower()
    if route and route not in words.routes:
        f.fail(f"{route!r} is no route{did_you_mean(route, words.routes)}", *at, "route")
    factor, dose = _dose(f, words, *at, "dose")
    over, longer = _longer(f, words, *at, "over")
    return KidneyRow(
        when=f.read(
            lambda t: ask.read(t, f.line(*at)), " and ".join(t for t, _ in f.several(*at, "when")), *at, "when"
        ),
        route=words.routes.get(route, ""),
        factor=factor,
        dose=dose,
        over=over,
        over_factor=longer,
        every=_time(f, words, *at, "every"),
        doses=_count(f, *at, "doses"),
        per_day=_count(f, *at, "per_day"),
        recheck=f.read(a_recheck, text, *at, "recheck") if (text := f.text(*at, "recheck")) else "",
        tell=tuple(text for text, _ in f.several(*at, "tell")),
        act=f.text(*at, "act"),
        line=f.line(*at),
    )


def _factor(text: str) -> float | None:
    """ "0.5", "50 %", "half", "reduce by 50 %", "none", "2 times"; None when it is an amount or a time."""
    text = " ".join(text.lower().split())
    if less := _LESS_BY.fullmatch(text):
        left = _factor(less[1] or less[2])
        return None if left is None else 1 - left
    if part := _OF_DOSE.fullmatch(text):
        text = part[1]
    if text in _WORDED:
        return _WORDED[text]
    if percent := _PERCENT.fullmatch(text):
        return float(percent[1]) / 100
    found = _FACTOR.fullmatch(text.lower())
    return float(found[1]) if found else None


def _dose(f: Fields, words: Vocabulary, *at: object) -> tuple[float, Amount | None]:
    text = f.text(*at)
    factor = _factor(text) if text else 1.0
    if factor is not None:
        return factor, None
    return 1.0, f.read(lambda t: an_amount(t, words), text, *at)


def _longer(f: Fields, words: Vocabulary, *at: object) -> tuple[Range | None, float]:
    text = f.text(*at)
    factor = _factor(text) if text else 1.0
    return (None, factor) if factor is not None else (_time(f, words, *at), 1.0)


def _time(f: Fields, words: Vocabulary, *at: object) -> Range | None:
    text = f.text(*at)
    return f.read(lambda t: a_time(t, words), text, *at) if text else None


def _count(f: Fields, *at: object) -> Range | None:
    text = f.text(*at)
    return f.read(a_range, text, *at) if text else None


def read_limits(f: Fields, words: Vocabulary, ask: ConditionReader) -> tuple[Limits, ...]:
    """The protocol's own limits: one for all, or a list with conditions."""
    told = f.at("limits")
    if told is None:
        return ()
    paths = [("limits", n) for n in range(len(told))] if isinstance(told, list) else [("limits",)]
    return tuple(_limits(f, words, ask, *path) for path in paths)


def _limits(f: Fields, words: Vocabulary, ask: ConditionReader, *at: object) -> Limits:
    f.only(_LIMITS, *at)
    numbers = {key: _limit(key, f, words, *at, key) for key in _LIMIT_UNITS if f.at(*at, key) is not None}
    return Limits(
        **numbers,
        concentration=f.text(*at, "concentration"),
        because=f.text(*at, "because"),
        when=f.conditions(ask, *at, "when"),
        line=f.line(*at),
    )


def _limit(key: str, f: Fields, words: Vocabulary, *at: object) -> float:
    """In the unit of the limit: grams of magnesium sulfate may be told in mmol, a rate by the minute."""
    unit, text = _LIMIT_UNITS[key], f.text(*at)
    found = _LIMIT.fullmatch(text)
    mass, _, per = found[2].lower().partition("/") if found else ("", "", "")
    if found is None or (per != "") != (key == "iv_rate") or mass not in _MASSES:
        f.fail(f"{key} is {text!r}; write it in {unit}", *at)
    if key == "oral_24h":
        return float(found[1]) * (words.elemental_mg.get(_MASSES[mass]) or {"mg": 1.0, "g": 1000.0}[mass])
    return float(found[1]) * words.grams[_MASSES[mass]] * (60 if per == "min" else 1)


def read_products(f: Fields, words: Vocabulary) -> dict[str, OwnProduct]:
    """The products that only this file names."""
    return {plain(str(name)): _product(str(name), f, words) for name in f.mapping("products")}


def _product(name: str, f: Fields, words: Vocabulary) -> OwnProduct:
    at = ("products", name)
    f.only(_PRODUCT, *at)
    route = f.text(*at, "route").lower() or "oral"
    if route not in words.routes:
        f.fail(f"{route!r} is no route{did_you_mean(route, words.routes)}", *at, "route")
    elemental = f.at(*at, "elemental_mg")
    if elemental is not None and (
        isinstance(elemental, bool) or not isinstance(elemental, int | float) or elemental <= 0
    ):
        f.fail("elemental_mg needs a number above 0", *at, "elemental_mg")
    salt = f.text(*at, "salt")
    known = words.product(salt) if salt else None
    return OwnProduct(
        id=plain(name),
        salt=known.salt if known else plain(salt or name),
        route=words.routes[route],
        unit=f.text(*at, "unit") or "tablet",
        elemental_mg=float(elemental) if elemental is not None else None,
        display=f.text(*at, "display"),
    )
