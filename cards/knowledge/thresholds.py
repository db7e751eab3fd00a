"""Dated, sourced numbers (thresholds.yaml), and a site's own values in their place."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from importlib.resources.abc import Traversable
from itertools import pairwise

from cards.knowledge.reading import KnowledgeError, read_yaml
from cards.knowledge.site import Site

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
)


@dataclass(frozen=True, slots=True)
class Threshold:
    """One number that decides: value, unit, source ids, the days it is valid from, was and will be reviewed."""

    id: str
    value: float
    unit: str
    source: str
    valid_from: date
    reviewed: date
    next_review: date


def read_thresholds(path: Traversable) -> dict[str, Threshold]:
    """All thresholds by id; KnowledgeError when one lacks value, unit or source."""
    told = read_yaml(path)
    found = {}
    for name, entry in told["thresholds"].items():
        missing = [key for key in ("value", "unit", "source") if key not in entry]
        if missing:
            raise KnowledgeError(f"{path.name}: {name} lacks {', '.join(missing)}")
        dates = {key: entry.get(key, told["defaults"][key]) for key in ("valid_from", "reviewed", "next_review")}
        found[name] = Threshold(name, float(entry["value"]), str(entry["unit"]), str(entry["source"]), **dates)
    _check_order(found, path.name)
    return found


def with_site_values(shipped: Mapping[str, Threshold], site: Site, site_name: str) -> dict[str, Threshold]:
    """The shipped thresholds with the site's values; KnowledgeError for an unknown id, unit or order."""
    changed = dict(shipped)
    for name, (value, unit, line) in site.thresholds.items():
        if name not in shipped:
            raise KnowledgeError(f"{site_name}:{line}: unknown threshold {name}")
        if unit != shipped[name].unit:
            raise KnowledgeError(f"{site_name}:{line}: {name} is in {shipped[name].unit}, not {unit}")
        changed[name] = replace(shipped[name], value=value, source="site")
    first_line = min((line for _, _, line in site.thresholds.values()), default=1)
    _check_order(changed, f"{site_name}:{first_line}")
    return changed


def _check_order(thresholds: Mapping[str, Threshold], name: str) -> None:
    for chain in _ASCENDING:
        for low, high in pairwise(chain):
            if not thresholds[low].value < thresholds[high].value:
                told = f"{low} ({thresholds[low].value:g}) must be below {high} ({thresholds[high].value:g})"
                raise KnowledgeError(f"{name}: {told}")
