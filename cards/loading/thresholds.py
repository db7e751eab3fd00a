"""Dated, sourced numbers (thresholds.yaml, and beside the words of a rule), and a site's own values in their place."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from importlib.resources.abc import Traversable
from itertools import pairwise
from typing import Any

from cards.loading.advice import Advice
from cards.loading.reading import KnowledgeError, did_you_mean, read_yaml
from cards.loading.site import Site

# A site may move limits, but not past each other.
_ASCENDING = (
    ("plausible.min", "band.critical_low", "band.severe", "band.moderate", "limit.lower.default", "band.normal"),
    ("band.normal", "limit.upper.default", "band.high_is_mild_below", "band.critical_high", "obstetric.caution"),
    ("obstetric.caution", "obstetric.stop", "plausible.max"),
    ("egfr.r2", "egfr.r1", "egfr.r0"),
    ("potassium.very_low", "potassium.low", "potassium.sparing_max", "contamination.potassium"),
    ("target.stable", "target.high_risk", "target.optimal"),
    ("fresh.inpatient.actionable", "fresh.inpatient.repeat"),
    ("fresh.ambulatory.actionable", "fresh.ambulatory.repeat"),
    ("fresh.unknown.actionable", "fresh.unknown.repeat"),
)


@dataclass(frozen=True, slots=True)
class Threshold:
    """One number that decides: value, unit, source ids, its three dates, and what it is a limit of."""

    id: str
    value: float
    unit: str
    source: str
    valid_from: date
    reviewed: date
    next_review: date
    of: str = ""


def read_thresholds(path: Traversable, advice: Iterable[Advice] = ()) -> dict[str, Threshold]:
    """All thresholds by id; KnowledgeError when one lacks value, unit or source, or is there twice."""
    told = read_yaml(path)
    found = {name: _threshold(path.name, name, entry, told["defaults"]) for name, entry in told["thresholds"].items()}
    for rule in advice:
        own = {name: _threshold(f"{rule.rule}.yaml", name, e, told["defaults"]) for name, e in rule.thresholds.items()}
        if twice := found.keys() & own.keys():
            raise KnowledgeError(f"{rule.rule}.yaml: thresholds: {min(twice)} is there already")
        found |= own
    for _, _, reason in _out_of_order(found):
        raise KnowledgeError(f"{path.name}: {reason}")
    return found


def _threshold(file: str, name: str, entry: Mapping[str, Any], defaults: Mapping[str, Any]) -> Threshold:
    missing = [key for key in ("value", "unit", "source") if key not in entry]
    if missing:
        raise KnowledgeError(f"{file}: {name} lacks {', '.join(missing)}")
    dates = {key: entry.get(key, defaults[key]) for key in ("valid_from", "reviewed", "next_review")}
    value, unit, source = float(entry["value"]), str(entry["unit"]), str(entry["source"])
    return Threshold(name, value, unit, source, **dates, of=_limited(name, entry))


def _limited(name: str, entry: Mapping[str, object]) -> str:
    """What a threshold is a limit of, in words: as told, else by the first part of its id."""
    return str(entry.get("of") or name.partition(".")[0].replace("_", " "))


def with_site_values(shipped: Mapping[str, Threshold], site: Site) -> dict[str, Threshold]:
    """The shipped thresholds with the site's values; KnowledgeError for an unknown id, unit or order."""
    changed = dict(shipped)
    for name, (value, unit) in site.thresholds.items():
        if name not in shipped:
            raise site.error(f"unknown threshold {name}{did_you_mean(name, shipped)}", "thresholds", name)
        if unit != shipped[name].unit:
            raise site.error(f"{name} is in {shipped[name].unit}, not {unit}", "thresholds", name, "unit")
        if value <= 0 < shipped[name].value:
            raise site.error(f"{name}: {value:g} is not above 0", "thresholds", name, "value")
        changed[name] = replace(shipped[name], value=value, source="site")
    for low, high, reason in _out_of_order(changed):
        raise site.error(reason, "thresholds", low if low in site.thresholds else high)
    return changed


def _out_of_order(thresholds: Mapping[str, Threshold]) -> Iterator[tuple[str, str, str]]:
    """(low, high, reason) of neighbours that do not ascend."""
    for low, high in (pair for chain in _ASCENDING for pair in pairwise(chain)):
        below, above = thresholds[low].value, thresholds[high].value
        if not below < above:
            yield low, high, f"{low} ({below:g}) must be below {high} ({above:g})"
