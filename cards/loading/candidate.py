"""What a site tries beside what is live: another file of the content, and how often it is expected to speak."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

from cards.loading.reading import Places, did_you_mean
from cards.loading.site_values import SiteValues
from cards.loading.trial import read_names

CANDIDATE = frozenset({"file", "live", "units"})
FORECAST = frozenset({"cards_per_1000_calls", "within_percent"})
_USUAL_PERCENT = 25.0
_FORMS = "candidate is a file, or a mapping of file, live (true or false) and units (a list of their names)"
_EVERYWHERE = "a live candidate decides in all units: take `units` out, or `live`"
_NOWHERE = "candidate.units names none: take it out for all units, or `candidate` to end it"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file beside the site file: a site file, a protocol, or a folder like cards/knowledge; "" for none.

    `live`: it decides in place of the file that names it. `units`: it answers calls about patients there; none: all.
    """

    file: str = ""
    live: bool = False
    units: frozenset[str] = frozenset()

    @property
    def sentence(self) -> str:
        """That it runs beside what is shown, to stand behind other sentences; "" when nothing does."""
        where = f", in: {', '.join(sorted(self.units))}" if self.units else ""
        return (
            f" On trial beside it, recorded and not shown{where}: {self.file}." if self.file and not self.live else ""
        )


@dataclass(frozen=True, slots=True)
class Forecast:
    """How many cards per 1,000 calls are expected of a trial (None: no word), and how many percent it may differ."""

    cards_per_1000_calls: float | None = None
    within_percent: float = _USUAL_PERCENT


def read_candidate(told: SiteValues) -> Candidate:
    """The key `candidate`: a file, or a mapping with file and more; KnowledgeError for another form."""
    value: Any = told.at("candidate")
    if value is None or isinstance(value, str):
        return Candidate(value or "")
    if not isinstance(value, dict):
        raise told.places.error(_FORMS, "candidate")
    for key in value:
        if key not in CANDIDATE:
            near = did_you_mean(str(key), CANDIDATE)
            raise told.places.error(f"candidate: unknown key {key!r}{near}", "candidate", str(key))
    return _of_mapping(value, told.places)


def _of_mapping(value: Mapping[str, Any], places: Places) -> Candidate:
    file, live = value.get("file"), value.get("live", False)
    if not isinstance(live, bool) or not isinstance(file, str) or not file:
        raise places.error(_FORMS, "candidate")
    if "units" not in value:
        return Candidate(file, live)
    units = frozenset(read_names(value["units"], places, _FORMS, "candidate", "units"))
    if live or not units:
        raise places.error(_EVERYWHERE if live else _NOWHERE, "candidate", "units")
    return Candidate(file, live, units)


def read_forecast(told: SiteValues) -> Forecast:
    """The key `forecast`; KnowledgeError for what is no number above 0."""
    given: Mapping[str, Any] = told.at("forecast") or {}
    if not given:
        return Forecast()
    numbers = {key: given.get(key, _USUAL_PERCENT) for key in FORECAST}
    for key, value in numbers.items():
        wrong = isinstance(value, bool) or not isinstance(value, int | float)
        if wrong or not isfinite(value) or value <= 0 or key not in {*given, "within_percent"}:
            raise told.places.error(f"forecast.{key}: needs a number above 0", "forecast", key)
    return Forecast(float(numbers["cards_per_1000_calls"]), float(numbers["within_percent"]))
