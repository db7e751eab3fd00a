"""The closed list of words of the protocol language (protocol_words.yaml)."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from itertools import chain
from typing import Any, NamedTuple, TypedDict

from cards.loading.protocol.spellings import together
from cards.loading.reading import read_yaml
from cards.loading.result_tables import ResultTables
from cards.model.protocol import INF
from cards.units import UnitTable

NUMBER = r"\d{1,9}(?:\.\d{1,9})?"
TO = r"\s{0,9}(?:-|\u2013|\.\.|to)\s{0,9}"
RANGE = rf"{NUMBER}(?:{TO}{NUMBER})?"
_WIDER = (("words", "is"), ("units", "within"))
_BETWEEN = re.compile(r"[\s_\-]{1,20}")
_BRACKET = re.compile(r"\([^)]{1,40}\)")
_MAGNESIUM = re.compile(r"^(?:mag|mg)_")


class Number(NamedTuple):
    """A number that may be compared: its unit, and the analyte whose other units are read too."""

    id: str
    unit: str
    analyte: str = ""


class Named(NamedTuple):
    """A product that sentences may name: its salt, the id of products.yaml that is ordered for it, if one is.

    `share`: how much of the salt is elemental magnesium; 0 where nobody says. `route`: the one by which it is given.
    """

    id: str
    salt: str
    orders: str = ""
    share: float = 0.0
    route: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """Every word by each of its spellings; how a word is known from a record: categories, groups of drug
    classes, drugs and drug classes `taken`, salts on the allergy list ("" for any), or judged by the service's own.
    `wider`: what holds with a word.

    `an_amount`: a range and a unit, `a_frequency` an abbreviation of `per_day`, `a_route` one before all else,
    `a_count` a number that is written out, `count_range` two of them.
    `per_day`: how often an abbreviation is; `counts`: numbers that are written out.
    `levels`: the service's own levels, in mmol/L from and below.
    `unit_codes`: units by (system, code). `grams` of magnesium sulfate and `elemental_mg` by unit of an amount.
    """

    words: Mapping[str, str]
    conditions: Mapping[str, tuple[str, ...]]
    drugs: Mapping[str, str]
    taken: Mapping[str, frozenset[str]]
    wider: Mapping[str, str]
    allergies: Mapping[str, str]
    judged: Mapping[str, str]
    units: Mapping[str, str]
    unit_settings: Mapping[str, str]
    unit_codes: Mapping[tuple[str, str], str]
    numbers: Mapping[str, Number]
    states: Mapping[str, tuple[str, ...]]
    levels: Mapping[str, tuple[float, float]]
    products: Mapping[str, Named]
    routes: Mapping[str, str]
    amounts: Mapping[str, str]
    minutes: Mapping[str, float]
    per_day: Mapping[str, float]
    counts: Mapping[str, int]
    possible: Mapping[str, tuple[float, float]]
    an_amount: re.Pattern[str]
    a_frequency: re.Pattern[str]
    a_route: re.Pattern[str]
    a_count: re.Pattern[str]
    count_range: re.Pattern[str]
    grams: Mapping[str, float]
    elemental_mg: Mapping[str, float]

    def word(self, text: str) -> str | None:
        """The id of a word in any of its spellings."""
        return self.words.get(plain(text))

    def all_of(self, names: Iterable[str]) -> frozenset[str]:
        """Words or units with the wider ones that hold with them."""
        listed = frozenset(names)
        return listed | {self.wider[name] for name in listed if name in self.wider}

    def without_unit(self, number: Number, value: float) -> float:
        """A number that is told without a unit; ValueError where no patient can have it in the unit of the language."""
        low, high = self.possible.get(number.analyte, (0.0, INF))
        if value and not low <= value <= high:
            raise ValueError(f"{number.id} {value:g} without a unit would be {number.unit}: write its unit")
        return value

    def product(self, text: str) -> Named | None:
        """The product that a text names, also as "Mg oxide"; what stands in brackets is the same in other words."""
        name = plain(_BRACKET.sub(" ", text))
        return self.products.get(plain(text)) or self.products.get(_MAGNESIUM.sub("magnesium_", name))

    @property
    def askable(self) -> frozenset[str]:
        """All that a condition may name, as it is told to who misspelled one."""
        return frozenset({*self.words.values(), *(n.id for n in self.numbers.values()), *self.states})


def plain(text: str) -> str:
    """A word without the differences that mean nothing: case, blanks, hyphens, underscores."""
    return _BETWEEN.sub("_", text.strip().lower())


class Reading(TypedDict):
    """What results are read with: their units, and what a patient can have."""

    units: UnitTable
    results: ResultTables


def read_vocabulary(path: Traversable, numbers: Mapping[str, float], reading: Reading) -> Vocabulary:
    """The words of a file; what a gram or mmol holds is what thresholds and units say."""
    told = read_yaml(path)
    amounts = {spelled: unit for unit, spellings in told["amounts"].items() for spelled in spellings}
    return Vocabulary(
        words=_spellings(told["words"]),
        conditions={word: tuple(listed) for word, listed in _of_words("condition", told)},
        taken={word: frozenset(listed) for word, listed in _of_words("taken", told)},
        wider={w: e[key] for part, key in _WIDER for w, e in told[part].items() if key in e},
        drugs=dict(_of_words("drug", told)),
        judged=dict(_of_words("judged", told)),
        allergies=dict(_of_words("allergy", told)),
        units=_spellings(told["units"]),
        unit_codes={(told["role_codes"], c): u for u, e in told["units"].items() for c in e.get("codes", ())},
        unit_settings={u: e["setting"] for u, e in told["units"].items() if "setting" in e},
        numbers=_numbers(told["numbers"]),
        states={name: tuple(values) for name, values in told["states"].items()},
        levels={n: (numbers.get(e.get("from"), 0.0), numbers[e["below"]]) for n, e in told["levels"].items()},
        products=_products(told["products"]),
        routes={spelled: route for route, spellings in told["routes"].items() for spelled in spellings},
        amounts=amounts,
        minutes={unit: float(minutes) for unit, minutes in told["minutes"].items()},
        per_day={spelled: float(n) for n, spellings in told["per_day"].items() for spelled in spellings},
        counts=told["counts"],
        possible=reading["results"].possible,
        an_amount=re.compile(rf"(?<![\w.])({RANGE})\s{{0,9}}({together(amounts)})(?![\w/])", re.IGNORECASE),
        a_frequency=_frequency(told["per_day"]),
        a_route=_leading(told["routes"]),
        a_count=re.compile(rf"(?<!\w)({together(told['counts'])})(?!\w| times)", re.IGNORECASE),
        count_range=_count_range(together(told["counts"])),
        **_contents(reading["units"], numbers["sulfate.mmol_per_gram"], numbers["sulfate.meq_per_gram"]),
    )


class _Contents(TypedDict):
    grams: Mapping[str, float]
    elemental_mg: Mapping[str, float]


def _contents(units: UnitTable, mmol: float, meq: float) -> _Contents:
    """What the unit of an amount holds, by the mmol and mEq of a gram of sulfate."""
    per_mmol = 1 / units.by_analyte["magnesium"]["mg/l"].factor
    return {
        "grams": {"g salt": 1.0, "mg salt": 0.001, "mmol": 1 / mmol, "meq": 1 / meq},
        "elemental_mg": {"mg elemental": 1.0, "mmol": per_mmol, "meq": per_mmol * (mmol / meq)},
    }


def _of_words(key: str, told: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    """The words that are known in one way, each with what it is known by."""
    return ((word, entry[key]) for word, entry in told["words"].items() if key in entry)


def _frequency(per_day: Mapping[str, list[str]]) -> re.Pattern[str]:
    """ "BID", also "repeated BID"."""
    return re.compile(rf"(?:repeat(?:ed)? )?({together(chain(*per_day.values()))})(?!\w)", re.IGNORECASE)


def _leading(routes: Mapping[str, list[str]]) -> re.Pattern[str]:
    """A route before a product."""
    return re.compile(rf"({together(chain(*routes.values()))}) (?=[a-z])", re.IGNORECASE)


def _count_range(count: str) -> re.Pattern[str]:
    """ "two to three times"."""
    return re.compile(rf"(?<!\w)({count}) (?:to|or) ({count}) times(?!\w)", re.IGNORECASE)


def _each(told: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    return ((plain(s), name) for name, entry in told.items() for s in (name, *entry.get("same", ())))


def _spellings(told: Mapping[str, Any]) -> dict[str, str]:
    return dict(_each(told))


def _numbers(told: Mapping[str, Any]) -> dict[str, Number]:
    return {s: Number(name, told[name]["unit"], told[name].get("analyte", "")) for s, name in _each(told)}


def _products(told: Mapping[str, Any]) -> dict[str, Named]:
    made = {
        n: Named(n, e["salt"], e.get("orders", ""), float(e.get("share", 0)), e.get("route", ""))
        for n, e in told.items()
    }
    return {spelled: made[name] for spelled, name in _each(told)}
