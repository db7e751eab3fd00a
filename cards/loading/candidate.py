"""What a site tries beside what is live: another file of the content, and how often it is expected to speak."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

from cards.loading.site_values import SiteValues

CANDIDATE = frozenset({"file", "live"})
FORECAST = frozenset({"cards_per_1000_calls", "within_percent"})
_USUAL_PERCENT = 25.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file beside the site file: a site file, a protocol, or a folder like cards/knowledge; "" for none.

    `live`: it decides in place of the file that names it.
    """

    file: str = ""
    live: bool = False

    @property
    def sentence(self) -> str:
        """That it runs beside what is shown, to stand behind other sentences; "" when nothing does."""
        return f" On trial beside it, recorded and not shown: {self.file}." if self.file and not self.live else ""


@dataclass(frozen=True, slots=True)
class Forecast:
    """How many cards per 1,000 calls are expected of a trial (None: no word), and how many percent it may differ."""

    cards_per_1000_calls: float | None = None
    within_percent: float = _USUAL_PERCENT


def read_candidate(told: SiteValues) -> Candidate:
    """The key `candidate`: a file, or a mapping with file and live; KnowledgeError for another form."""
    value: Any = told.at("candidate")
    if isinstance(value, str):
        return Candidate(value)
    if value is None:
        return Candidate()
    live = value.get("live", False) if isinstance(value, dict) else None
    if not isinstance(live, bool) or not isinstance(value.get("file"), str) or not value["file"]:
        raise told.places.error("candidate is a file, or a mapping of file and live (true or false)", "candidate")
    return Candidate(value["file"], live)


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
