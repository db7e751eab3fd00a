"""Reads the keys of a site file; wrong keys, units or values fail with file and line."""

from collections.abc import Mapping
from datetime import UTC, tzinfo
from math import isfinite
from typing import Any
from zoneinfo import ZoneInfo

from cards.loading.candidate import CANDIDATE, FORECAST
from cards.loading.reading import Places
from cards.loading.site_signatures import SIGNATURES
from cards.loading.site_units import OTHER_ANALYTES
from cards.loading.site_values import SiteValues
from cards.loading.switches import MOST_CARDS
from cards.model import ORAL_GATES, Setting
from cards.voice import AS_WRITTEN, DATE_FORMS

_KEYS: Mapping[str, frozenset[str]] = {
    "site": frozenset({"name"}),
    "approval": frozenset({"approved_by", "date", *SIGNATURES}),
    "thresholds": frozenset(),
    "formulary": frozenset({"preferred", "products", "salts"}),
    "units": frozenset({"first", "alone", *OTHER_ANALYTES}),
    "orders": frozenset({"intent", "stop"}),
    "orderables": frozenset({"tests", "products"}),
    "rules": frozenset({"off"}),
    "cards": frozenset({"maximum"}),
    "codes": frozenset({"labs", "drugs", "conditions", "units"}),
    "encounter_classes": frozenset(),
    "time_zone": frozenset(),
    "override_reasons": frozenset(),
    "links": frozenset(),
    "protocol": frozenset(),
    "trial": frozenset({"rules", "units"}),
    "candidate": CANDIDATE,
    "forecast": FORECAST,
    "switches": frozenset(),
    "language": frozenset(),
    "words": frozenset(),
    "dates": frozenset(),
}
_LISTS = frozenset({"override_reasons", "links", "encounter_classes", "switches"})
_TEXTS = frozenset({"time_zone", "language", "dates"})
_OF_TWO_FORMS = frozenset({"protocol", "trial", "candidate", "words"})
_SETTINGS = tuple(setting.value for setting in Setting)
INTENTS = ("proposal", "order")
STOPS = ("update", "delete")
_ROUTES = ("oral", "intravenous")
_PRODUCT = frozenset({"display", "coding", "route", "salt", "grams"})
_SALT = frozenset({"unit", "elemental_per_unit", "max_gate", "gentle", "daily"})
_STEP = frozenset({"quantity", "per_day"})
_CODING = frozenset({"system", "code", "display"})


class SiteReader(SiteValues):
    """Reads one site file; an empty value is as good as none."""

    def __init__(self, told: Any, places: Places) -> None:
        super().__init__({} if told is None else told, places)
        if not isinstance(self.told, dict):
            raise places.error(f"a site file is a mapping of {', '.join(sorted(_KEYS))}")
        for key, value in self.told.items():
            self._check(key, value)

    def _check(self, key: Any, value: Any) -> None:
        self.known(key, frozenset(_KEYS), str(key))
        if key in _OF_TWO_FORMS:
            return
        wanted = str if key in _TEXTS else list if key in _LISTS else dict
        if value is not None and not isinstance(value, wanted):
            named = {str: "text", list: "list"}
            kind = named.get(wanted) or f"mapping of {', '.join(sorted(_KEYS[key])) or 'names'}"
            raise self.places.error(f"{key} needs a {kind}", key)
        for inner in (value or ()) if _KEYS[key] else ():
            self.known(inner, _KEYS[key], key, str(inner))

    def approval(self) -> dict[str, Any]:
        who, when = self.text("approval", "approved_by"), self.text("approval", "date")
        if bool(who) != bool(when):
            raise self.places.error("an approval needs approved_by and date", "approval")
        return {"approved_by": who, "approved_on": when}

    def thresholds(self) -> dict[str, tuple[float, str]]:
        return {str(name): self._threshold(str(name), entry) for name, entry in (self.at("thresholds") or {}).items()}

    def _threshold(self, name: str, entry: Any) -> tuple[float, str]:
        if not isinstance(entry, dict) or set(entry) != {"value", "unit"}:
            raise self.places.error(f"{name} needs exactly value and unit", "thresholds", name)
        value = entry["value"]
        if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
            raise self.places.error(f"{name}: value is not a number", "thresholds", name, "value")
        return float(value), str(entry["unit"])

    def names(self, key: str) -> list[str]:
        """The ids below formulary.<key>, each with a mapping."""
        told = self.at("formulary", key) or {}
        if not isinstance(told, dict):
            raise self.places.error(f"formulary.{key} needs a mapping of ids", "formulary", key)
        for name, entry in told.items():
            if not isinstance(name, str) or not isinstance(entry, dict):
                raise self.places.error(f"formulary.{key}: {name} needs a mapping", "formulary", key, str(name))
        return list(told)

    def product(self, name: str) -> dict[str, Any]:
        path = ("formulary", "products", name)
        entry = self.at(*path)
        for key in entry:
            self.known(key, _PRODUCT, *path, str(key))
        if entry.get("route", "oral") not in _ROUTES:
            raise self.places.error(f"{name}: route is one of {', '.join(_ROUTES)}", *path, "route")
        if "grams" in entry:
            self.positive(entry["grams"], *path, "grams")
        coding = [self.entry(item, _CODING, *path, "coding", str(n)) for n, item in self.numbered(*path, "coding")]
        texts = {key: self.text(*path, key) for key in ("display", "salt") if key in entry}
        return {**entry, **texts, **({"coding": coding} if "coding" in entry else {})}

    def salt(self, name: str) -> dict[str, Any]:
        path = ("formulary", "salts", name)
        entry = self.at(*path)
        for key in entry:
            self.known(key, _SALT, *path, str(key))
        if "elemental_per_unit" in entry:
            self.positive(entry["elemental_per_unit"], *path, "elemental_per_unit")
        if entry.get("max_gate", "R0") not in ORAL_GATES:
            raise self.places.error(f"{name}: max_gate is one of {', '.join(ORAL_GATES)}", *path, "max_gate")
        if not isinstance(entry.get("gentle", True), bool):
            raise self.places.error(f"{name}: gentle is true or false", *path, "gentle")
        daily = entry.get("daily", {})
        if not isinstance(daily, dict):
            raise self.places.error(f"{name}: daily needs a mapping of mg a day", *path, "daily")
        for mg in daily:
            self._steps(mg, *path, "daily")
        return {**entry, **({"unit": self.text(*path, "unit")} if "unit" in entry else {})}

    def _steps(self, mg: Any, *path: str) -> None:
        place = (*path, str(mg))
        self.positive(mg, *place)
        steps = self.at(*path)[mg]
        if not isinstance(steps, list) or not steps or any(not isinstance(s, dict) or set(s) != _STEP for s in steps):
            raise self.places.error(f"{mg} mg a day needs a list of quantity and per_day", *place)
        for step in steps:
            self.positive(step["quantity"], *place)
            if self.positive(step["per_day"], *place) != int(step["per_day"]):
                raise self.places.error("per_day is a whole number", *place)

    def files(self, key: str) -> tuple[str, ...]:
        """Files beside the site file: one name, or a list of them."""
        told = self.at(key)
        return (told,) if isinstance(told, str) else self.texts(key)

    def date_form(self) -> str:
        """How cards write dates."""
        told = self.text("dates", default=AS_WRITTEN)
        if told not in DATE_FORMS:
            raise self.places.error(f"dates is {told!r}; allowed: {', '.join(DATE_FORMS)}", "dates")
        return told

    def maximum_cards(self) -> int:
        value = self.at("cards", "maximum")
        value = MOST_CARDS if value is None else value
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MOST_CARDS:
            raise self.places.error(f"cards.maximum is {value!r}; allowed: 1 to {MOST_CARDS}", "cards", "maximum")
        return value

    def codes(self, section: str, meaning: str) -> tuple[tuple[str, str, str], ...]:
        keys = frozenset({"system", "code", meaning})
        told = [self.entry(item, keys, "codes", section, str(n)) for n, item in self.numbered("codes", section)]
        return tuple((c["system"], c["code"], c[meaning]) for c in told)

    def orderables(self, kind: str) -> dict[str, tuple[str, str, str]]:
        told = self.at("orderables", kind) or {}
        if not isinstance(told, dict):
            raise self.places.error(f"orderables.{kind} needs a mapping of ids", "orderables", kind)
        read = {str(name): self.entry(item, _CODING, "orderables", kind, str(name)) for name, item in told.items()}
        return {name: (code["system"], code["code"], code["display"]) for name, code in read.items()}

    def maps(self) -> dict[str, Any]:
        """The site's own codes and words: what each stands for."""
        return {
            "lab_codes": self.codes("labs", "analyte"),
            "drug_codes": self.codes("drugs", "ingredient"),
            "condition_codes": self.codes("conditions", "category"),
            "unit_codes": self.codes("units", "unit"),
            "encounter_classes": self.encounter_classes(),
        }

    def encounter_classes(self) -> tuple[tuple[str, str, str], ...]:
        keys = frozenset({"system", "code", "setting"})
        told = [self.entry(item, keys, "encounter_classes", str(n)) for n, item in self.numbered("encounter_classes")]
        for number, row in enumerate(told):
            if row["setting"] not in _SETTINGS:
                reason = f"setting is {row['setting']!r}; allowed: {', '.join(_SETTINGS)}"
                raise self.places.error(f"encounter_classes: {reason}", "encounter_classes", str(number), "setting")
        return tuple((row["system"], row["code"], row["setting"]) for row in told)

    def zone(self) -> tzinfo:
        """The zone in which times without one are meant; UTC when the site names none."""
        name = self.text("time_zone")
        try:
            return ZoneInfo(name) if name else UTC
        except (ValueError, OSError, LookupError):
            reason = f"time_zone is {name!r}; a name of the IANA time zones is needed, like Europe/London"
            raise self.places.error(reason, "time_zone") from None
