"""How results are read besides their codes and units: what is possible, words, equations of an eGFR."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import Any

from cards.loading.analytes import Analyte
from cards.loading.reading import read_csv, read_yaml
from cards.terms.letters import unaccented
from cards.terms.names import fold

# words of any script: what is written beside a name in another one may be another fluid
_WORD = re.compile(r"[^\W_]+")
CYSTATIN_AND_CREATININE, RACE_BASED = "creatinine + cystatin C", "race-based (black)"


@dataclass(frozen=True, slots=True, eq=False)
class RangeWords:
    """For whom a reference range is: patterns of words, the sex that a word or code names, days in a unit of age."""

    normal: re.Pattern[str]
    pregnant: re.Pattern[str]
    sexes: Mapping[str, str]
    days: Mapping[str, float]


@dataclass(frozen=True, slots=True, eq=False)
class PregnancyWords:
    """What a status of pregnancy or a test for it says: codes, and patterns of words."""

    yes_codes: frozenset[str]
    no_codes: frozenset[str]
    yes: re.Pattern[str]
    no: re.Pattern[str]


@dataclass(frozen=True, slots=True, eq=False)
class VentilationWords:
    """What a mode of a ventilator says, as patterns of words."""

    invasive: re.Pattern[str]
    by_mask: re.Pattern[str]


@dataclass(frozen=True, slots=True, eq=False)
class ResultTables:
    """The values of an analyte that are possible in a patient (canonical unit), and the words around results.

    `unsettled`: LOINC codes of which nobody can say what they measure. `equations` has the LOINC code of each eGFR;
    `names` has the words of a name, in any order, without the fillers. `fresh` has the threshold of the age up to which
    an analyte counts, where it is not that of electrolytes.
    """

    possible: Mapping[str, tuple[float, float]]
    fresh: Mapping[str, str]
    not_in_blood: frozenset[str]
    equations: Mapping[str, str]
    no_information: re.Pattern[str]
    other_specimen: re.Pattern[str]
    names: Mapping[frozenset[str], str]
    in_blood: re.Pattern[str]
    fillers: frozenset[str]
    ranges: RangeWords
    pregnancy: PregnancyWords
    ventilation: VentilationWords
    unsettled: frozenset[str] = frozenset()

    def is_possible(self, analyte: str, value: float) -> bool:
        """Whether a patient can have this value; an analyte without limits can have any."""
        limits = self.possible.get(analyte)
        return limits is None or limits[0] <= value <= limits[1]

    def analyte_named(self, name: str) -> str | None:
        """The analyte whose name this is, and nothing more."""
        return self.names.get(_words(self.in_blood.sub(" ", fold(name))) - self.fillers)


def _words(folded: str) -> frozenset[str]:
    return frozenset(_WORD.findall(folded))


def plain(text: str) -> str:
    """A text in lower case without accents."""
    return unaccented(text.lower())


def read_result_tables(folder: Traversable, analytes: Collection[Analyte]) -> ResultTables:
    """The tables below a folder, and what they say of analytes."""
    told = read_yaml(folder / "result_words.yaml")
    names = {_words(fold(name)): each.name for each in analytes for name in each.names}
    return ResultTables(
        possible={each.name: each.possible for each in analytes if each.possible},
        fresh={each.name: each.fresh for each in analytes if each.fresh},
        not_in_blood=frozenset(each.name for each in analytes if not each.in_blood),
        equations={row["code"]: row["equation"] for row in read_csv(folder / "egfr_equations.csv")},
        no_information=_any_word(told["no_information"]),
        other_specimen=_any_word(told["other_specimen"]),
        names=names | {frozenset((*key, short)): names[key] for short, key in _together(names)},
        in_blood=_any_word(told["in_blood"]),
        fillers=frozenset(fold(word) for word in told["fillers"]),
        ranges=_ranges(told["ranges"], told["days"]),
        pregnancy=_pregnancy(told["pregnancy"]),
        ventilation=VentilationWords(**{key: _any_word(listed) for key, listed in told["ventilation"].items()}),
        unsettled=frozenset(told["unsettled"]),
    )


def _pregnancy(told: Mapping[str, Any]) -> PregnancyWords:
    yes, no = frozenset(told["yes_codes"]), frozenset(told["no_codes"])
    return PregnancyWords(yes, no, _any_word(told["yes"]), _any_word(told["no"]))


def _ranges(told: Mapping[str, Any], days: Mapping[str, float]) -> RangeWords:
    sexes = {word: sex for sex, listed in told["sexes"].items() for word in listed}
    return RangeWords(_any_word(told["normal"]), _any_word(told["pregnant"]), sexes, days)


def _any_word(patterns: list[str]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(patterns)})\b")


def _together(names: Mapping[frozenset[str], str]) -> list[tuple[str, frozenset[str]]]:
    """Names told twice over: "Magnesium (Mg)"."""
    short = [next(iter(key)) for key in names if len(key) == 1]
    return [(word, key) for word in short for key in names if len(key) == 1 and names[key] == names[frozenset((word,))]]
