"""What the classes and words of an encounter say about where the patient is."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable

from cards.loading.reading import read_csv
from cards.loading.site import Site
from cards.model import Setting

_SCHEME = re.compile(r"(?:https?://|urn:oid:)")


@dataclass(frozen=True, slots=True)
class SettingWords:
    """Words that name a setting, as a pattern, and those that deny it."""

    setting: Setting
    pattern: re.Pattern[str]
    unless: re.Pattern[str] | None


@dataclass(frozen=True, slots=True, eq=False)
class EncounterTables:
    """Settings by (system, code), where words may say more than a code, and by words, in the order they are tried."""

    codes: Mapping[tuple[str, str], Setting]
    refined: Mapping[tuple[str, str], Setting]
    systems: Mapping[str, str]
    words: tuple[SettingWords, ...]
    site: Mapping[tuple[str, str], Setting]

    def of_code(self, system: str, code: str, words: str) -> Setting | None:
        """The setting of a class; None when neither the site nor HL7's two tables have its code."""
        if mapped := self.site.get((system, code)):
            return mapped
        key = (self.systems.get(_spelling(system), system), code.upper())
        more = self.refined.get(key)
        return more if more and self.of_words(words) is more else self.codes.get(key)

    def of_words(self, words: str) -> Setting | None:
        """The setting that words name; None when they name none."""
        found = (w.setting for w in self.words if w.pattern.search(words) and not (w.unless and w.unless.search(words)))
        return next(found, None)


def read_encounter_tables(folder: Traversable, site: Site) -> EncounterTables:
    """The tables below a folder, with the site's own classes."""
    rows = list(read_csv(folder / "encounter_classes.csv"))
    return EncounterTables(
        codes={(row["system"], row["code"]): Setting(row["setting"]) for row in rows},
        refined={(r["system"], r["code"]): Setting(r["words_may_say"]) for r in rows if r["words_may_say"]},
        systems={row["spelling"]: row["system"] for row in read_csv(folder / "encounter_systems.csv")},
        words=tuple(_setting_words(row) for row in read_csv(folder / "encounter_words.csv")),
        site={(system, code): Setting(setting) for system, code, setting in site.encounter_classes},
    )


def _setting_words(row: Mapping[str, str]) -> SettingWords:
    unless = _whole_words(row["unless"]) if row["unless"] else None
    return SettingWords(Setting(row["setting"]), _whole_words(row["pattern"]), unless)


def _whole_words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.IGNORECASE)


def _spelling(system: str) -> str:
    """A system without what is written differently: scheme, case, last slash."""
    return _SCHEME.sub("", system.strip().lower(), count=1).rstrip("/")
